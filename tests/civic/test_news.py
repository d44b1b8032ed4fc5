"""News: what a town may write, who has a seat, and what stands when an event is taken out or called off."""

from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest

from civic.consultation import Consultation
from civic.content import parse_content
from civic.declaration import DeclarationError
from civic.modules.news.articles import Event, articles_of
from civic.modules.news.calendar import Calendar, Dated
from civic.modules.news.line import seating, states
from civic.phases import moment_at, next_boundary
from civic.queues import queued_kinds
from civic.refusals import Refused
from civic.replay import admitted
from tests.civic.news_town import NEWS, PARTY, folder, news_files, news_rules, party_of, registering, slot
from tests.civic.town import DAY, MODULES, OPENS, Citizen, act_of, rules_of
from tests.modules.example_town import SLUG

STARTS = int(datetime(2026, 3, 20, 17, tzinfo=UTC).timestamp())


def event(seats: int) -> Event:
    return Event(OPENS, OPENS + DAY, "Ici", is_cancelled=False, seats=seats, seats_each=9, until=OPENS, minutes={})


def refusal(text: str, rules: Consultation, rx: int = OPENS + DAY) -> str:
    with pytest.raises(Refused) as refused:
        act_of(text, rules, rx)
    return refused.value.code.value


def test_a_seat_goes_to_who_came_first_and_nobody_passes() -> None:
    assert states(event(4), [2, 1, 3, 1]) == ("in", "in", "waiting", "waiting")
    assert seating(event(4), [2, 1, 3, 1]) == (3, 0, 2)
    assert states(event(4), [1, 3, 1]) == ("in", "in", "waiting")
    assert seating(event(4), [1]) == (1, 3, 0)


def test_the_list_is_no_part_of_the_rules() -> None:
    before = news_rules()
    after = news_rules(**{"fr.md": b"title: Autre titre\n\nAutre texte.\n"})
    assert before.mh == after.mh
    assert articles_of(after)[PARTY].texts["fr"].title == "Autre titre"
    assert queued_kinds(NEWS) == ("registration",)
    assert queued_kinds(MODULES["ideas"]) == ()


@pytest.mark.parametrize(
    ("table", "code"),
    [("", ""), ("cancelled = true", "closed"), ("until = 2026-03-01T00:00:00Z", "closed")],
)
def test_what_is_called_off_or_late_takes_nobody(table: str, code: str) -> None:
    rules = news_rules(**{"article.toml": party_of(table)})
    text = registering(Citizen(1, rules), 2)
    if code:
        assert refusal(text, rules) == code
    else:
        assert act_of(text, rules).payload.seats == 2


def test_the_gate_knows_the_event_and_how_many_seats_one_may_have() -> None:
    rules = news_rules()
    ana = Citizen(1, rules)
    assert refusal(registering(ana, 4), rules) == "bad_option"
    assert refusal(registering(ana, event="nulle-part"), rules) == "bad_option"
    assert refusal(registering(ana, event="pont-ferme"), rules) == "bad_option"
    assert refusal(registering(ana), rules, STARTS + 1) == "closed"
    body = {"event": PARTY, "seats": 1, "name": "", "lang": "fr"}
    elsewhere = ana.payload("registration", f"registration:{slot(rules, 'visite')}", body)
    assert refusal(ana.seal(elsewhere), rules) == "bad_payload"


def test_a_registration_stands_when_the_town_takes_the_event_out() -> None:
    rules = news_rules()
    act = act_of(registering(Citizen(1, rules), 2, "Ana"), rules)
    without = news_rules(article=None)
    assert PARTY not in articles_of(without)
    again = admitted(act.envelope, act.voter, act.rx, rules_of(without), MODULES)
    assert again.payload == act.payload
    assert NEWS.subject("registration", act.envelope.slot_id, again.payload) == slot(without)


def test_pages_change_by_themselves_when_registration_ends_and_when_it_is_over() -> None:
    rules = news_rules()
    assert STARTS + 1 in rules.instants
    assert next_boundary(rules, STARTS) == STARTS + 1
    assert moment_at(rules, STARTS + 5 * 3600).since == STARTS + 4 * 3600 + 1


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("article.toml", b"date = 2026-03-01\n", "date"),
        ("article.toml", b"date = 2026-03-01T09:00:00Z\nauthor = 'x'\n", "author"),
        ("article.toml", party_of("until = 2026-04-01T09:00:00Z"), "ends"),
        ("fr.md", b"no head", "title"),
        ("photo.jpg", b"", "no file of an article"),
        ("minutes.fr.md", b"Rien.", "minutes are needed"),
        ("article.toml", party_of("minutes_at = 2026-03-21T09:00:00Z"), "minutes_at"),
    ],
)
def test_a_clerk_is_told_what_to_mend(name: str, data: bytes, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        news_rules(**{name: data})


@pytest.mark.parametrize("name", ["agenda", "2026", "page"])
def test_an_article_has_an_address_of_its_own(name: str) -> None:
    files = {path.replace(folder(PARTY), folder(name)): data for path, data in news_files().items()}
    with pytest.raises(DeclarationError, match="address"):
        parse_content(files, MODULES)


@pytest.mark.parametrize(
    "line", [b'counts = "hidden"\npublish_rows = false\n', b'counts = "open"\npublish_rows = true\n']
)
def test_names_are_never_published_with_the_rows_and_seats_never_hidden(line: bytes) -> None:
    files, path = news_files(), f"consultations/{SLUG}/consultation.toml"
    kept = [one for one in files[path].splitlines() if not one.startswith((b"counts", b"publish_rows"))]
    with pytest.raises(DeclarationError, match="publish_rows"):
        parse_content(files | {path: line + b"\n".join(kept)}, MODULES)


def test_a_calendar_reads_the_events() -> None:
    long = "title: " + "Une très longue soirée d’été, " * 6 + "\nsummary: Venez; à deux, à trois\\\n\nTexte.\n"
    party = articles_of(news_rules(**{"fr.md": long.encode()}))[PARTY]
    called_off = articles_of(news_rules())["marche-annule"]
    entries = [Dated(party, f"/{SLUG}/{PARTY}/"), Dated(called_off, f"/{SLUG}/marche-annule/")]
    text = Calendar(entries).text("Valbrume", "fr", "https://participer.valbrume.example/")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    found: Any = icalendar.Calendar.from_ical(text)
    first, second = found.walk("VEVENT")
    assert first["SUMMARY"] == party.texts["fr"].title
    assert first["DESCRIPTION"] == "Venez; à deux, à trois\\"
    assert first["DTSTART"].dt == datetime.fromtimestamp(STARTS, UTC)
    assert first["DTSTAMP"].dt == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert first["URL"] == f"https://participer.valbrume.example/{SLUG}/{PARTY}/"
    assert first["UID"] == f"{party.id}@participer.valbrume.example"
    assert (first["STATUS"], second["STATUS"], second["SEQUENCE"]) == ("CONFIRMED", "CANCELLED", 2)
    assert not first.errors
