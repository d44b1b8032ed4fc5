"""The manifest of news: one kind of act, the registration to an event that the town wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from civic.consultation import Consultation
from civic.declaration import DeclarationError
from civic.groups import Told
from civic.happenings import Announced
from civic.module import Declared, Document, Entered, Entry, Offered, Option
from civic.modules.news.articles import MOST_SEATS, Article, articles_of, find, slot_id
from civic.modules.news.line import asked_of, states
from civic.modules.news.shelf import NewsShelf
from civic.modules.news.telling import announced, titles
from civic.queues import Place, Queue
from civic.refusals import Code, Refused
from civic.settings import no_settings
from civic.slots import Counted
from civic.text import check_text, normalise

KIND = "registration"
_MEMBERS = frozenset({"event", "seats", "name", "lang"})


class Registration(NamedTuple):
    """So many seats at an event; the name is for the town hall alone."""

    event: str
    seats: int
    name: str
    lang: str


class News:
    """See civic.module.Module, Timed, civic.happenings.Announces and civic.queues.Queueing."""

    name = "news"
    kinds: tuple[str, ...] = (KIND,)
    tables: Mapping[str, str] = {}
    choices: tuple[str, ...] = tuple(str(seats) for seats in range(1, MOST_SEATS + 1))
    targets: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    queued: tuple[str, ...] = (KIND,)

    def check(self, consultation: Consultation) -> None:
        """Names of who registers are nobody's but the town hall's, and places left are everybody's."""
        where = f"consultations/{consultation.slug}/consultation.toml"
        no_settings(consultation, self.name)
        if consultation.counts != "open" or consultation.publish_rows:
            raise DeclarationError(f'{where}: with the module news, counts = "open" and publish_rows = false')
        articles_of(consultation)

    def parse(
        self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]
    ) -> Registration:
        """See Module. Whether the event is there and takes it, `check_place` says: the town may take it out later."""
        if body.keys() != _MEMBERS or body["lang"] not in languages:
            raise Refused(Code.BAD_PAYLOAD, "lang")
        event, seats = check_text(body["event"], "event", 1, 60), body["seats"]
        if type(seats) is not int or not 1 <= seats <= MOST_SEATS:
            raise Refused(Code.BAD_PAYLOAD, "seats")
        return Registration(event, seats, check_text(body["name"], "name", 0, 60), body["lang"])

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """See Module."""
        seats = int(fields["seats"]) if fields["seats"] in self.choices else 0
        kept = {"event": fields["event"], "name": normalise(fields["name"]), "lang": fields["lang"]}
        return Entered(fields["target"], kept | {"seats": seats})

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """See Module."""
        article = find(consultation, fields.get("event", ""))
        if article is None or article.event is None or name not in ("event", "seats"):
            return None
        if name == "event":
            return Offered((Option(article.name, label=titles(article)),))
        return Offered(tuple(Option(one) for one in self.choices[: article.event.seats_each]))

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """Every article, which people may also talk about."""
        return tuple(Declared(one.id, "articles", page=one.name) for one in articles_of(consultation).values())

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """A registration lies in the slot of its event: one a person."""
        return slot_id(consultation.slug, payload.event)

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """An event is no act."""
        return ()

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """So many seats."""
        return (Counted(slot_id, str(payload.seats)),)

    def grouped(self, choice: str) -> Told | None:
        """See civic.groups.Grouped: who comes is nobody's result."""
        return None

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """The event."""
        return slot_id

    def document(self, entry: Entry) -> Document:
        """A row of `articles` (README.md beside this file)."""
        places = [[one.no, int(one.asked)] for one in entry.places]
        return {"id": entry.id, "number": entry.number, "as_of": entry.as_of, "places": places}

    def shelf(self, consultation: Consultation) -> NewsShelf:
        """See Module."""
        return NewsShelf(consultation)

    def instants(self, consultation: Consultation) -> tuple[int, ...]:
        """When registrations end, and when an event is over."""
        return tuple(at for one in articles_of(consultation).values() for at in one.changes_at)

    def announced(self, consultation: Consultation) -> tuple[Announced, ...]:
        """See Announces."""
        return announced(consultation)

    def check_place(self, kind: str, payload: Any, consultation: Consultation, rx: int) -> None:
        """See Queueing. After the last hour the grace holds, but never beyond the event itself."""
        article = find(consultation, payload.event)
        event = None if article is None else article.event
        if event is None or not event.seats:
            raise Refused(Code.BAD_OPTION, "event")
        if payload.seats > event.seats_each:
            raise Refused(Code.BAD_OPTION, "seats")
        if event.is_cancelled or rx > min(event.until + consultation.grace, event.ends_at):
            raise Refused(Code.CLOSED, kind)

    def queues(self, consultation: Consultation) -> tuple[Queue, ...]:
        """See Queueing."""
        found = [one for one in articles_of(consultation).values() if one.event is not None and one.event.seats]
        return tuple(_queue(one) for one in reversed(found))

    def states(self, identity: str, consultation: Consultation, places: Sequence[Place]) -> tuple[str, ...]:
        """See Queueing."""
        found = (one for one in articles_of(consultation).values() if one.id == identity)
        event = next((one.event for one in found if one.event is not None), None)
        return () if event is None else states(event, asked_of(places))

    def told(self, kind: str, body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """See Queueing."""
        return (("name", body["name"]), ("seats", str(body["seats"])), ("lang", body["lang"]))


def _queue(article: Article) -> Queue:
    at = article.date if article.event is None else article.event.starts_at
    return Queue(article.id, titles(article), at)
