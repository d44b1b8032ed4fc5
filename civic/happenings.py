"""What those who follow something are told of: what has happened, found again the same by whoever looks (§32).

Pure: rules, the clock and what the ledger shows come in; happenings go out, each with a key that stays, so that it is
told once. Nothing is told later than three days after it was, nor once it is of no use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple, Protocol, runtime_checkable

from civic.consultation import Consultation
from civic.official import Answer
from civic.phases import Moment

PHASE, CLOSING, ANSWER, RESULT, NEWS = "phase", "closing", "answer", "result", "news"
DAY = 86_400
STALE = 3 * DAY  # what is older is no news: a worker that was off for a week does not tell of all it missed
SOON = DAY  # before the end, "closes soon" is told
READ_AT, GATHERED_AT, UNTIL = time(7), time(6, 30), time(6)
SLACK = 60  # seconds: what is noted so shortly before a reading goes with the next


class Happening(NamedTuple):
    """`purpose` is one of civic.following.PURPOSES; `about` what must be followed to be told of it.

    `path` is the page, without the language's prefix; `facts` fill the sentence about it. Told from `at` on, and never
    from `until` on.
    """

    key: str
    purpose: str
    about: str
    path: str
    at: int
    until: int
    facts: Mapping[str, str] = {}

    @property
    def is_for_all(self) -> bool:
        """Whether who follows the consultation is told too, although it is about something in it."""
        return self.purpose == ANSWER or "said" in self.facts

    @property
    def is_urgent(self) -> bool:
        """Whether it is told at once although it is news, which wait for the next READ_AT."""
        return "urgent" in self.facts


class Announced(NamedTuple):
    """Something that the town itself published at an instant, on a page of its own; a title by language.

    Where it became of something that was there before, `item` is that thing's id, by which it may be followed, and
    `said` what became of it: the words `<module>.told.<said>` and `<module>.told.<said>.subject`.
    """

    name: str
    at: int
    path: str
    titles: Mapping[str, str]
    item: str = ""
    said: str = ""
    until: int = 0  # of no use from this instant on, 0 where it always is
    is_urgent: bool = False


@runtime_checkable
class Announces(Protocol):
    """What a module has besides (civic.module.Module) where the town publishes things in it."""

    def announced(self, consultation: Consultation) -> Sequence[Announced]:
        """What the town has published, and what it will at instants to come."""


class Said(NamedTuple):
    """The answer number `n` of the town to what pages show under `number`."""

    number: int
    n: int
    answer: Answer


class New(NamedTuple):
    """So many acts came, about what is followed as `about` and shown at `path`; `number` is 0 for a consultation, and
    for what has a name instead.
    """

    about: str
    path: str
    number: int
    many: int


def of_rules(rules: Consultation, moment: Moment, now: int) -> Iterator[Happening]:
    """What the clock alone makes happen: a phase that takes acts has opened, the end is near, the result is there."""
    slug, path = rules.slug, f"/{rules.slug}/"
    for phase in rules.phases:
        if phase.open:
            key = f"{PHASE}:{slug}:{phase.id}:{phase.starts_at}"
            until = min(phase.ends_at, phase.starts_at + STALE)
            yield from _due(Happening(key, PHASE, slug, path, phase.starts_at, until), now)
    near = _near_its_end(rules)
    if near:
        key, facts = f"{CLOSING}:{slug}:{rules.closes_at}", {"ends": str(rules.closes_at)}
        yield from _due(Happening(key, CLOSING, slug, path, near, rules.closes_at, facts), now)
    if moment.state == "results":
        there = rules.accept_until + 1
        yield from _due(Happening(f"{RESULT}:{slug}:{there}", RESULT, slug, path, there, there + STALE), now)


def of_answers(rules: Consultation, said: Sequence[Said], now: int) -> Iterator[Happening]:
    """What the town has answered; a status is part of an answer."""
    for number, n, answer in said:
        about, path = f"{rules.slug}/{answer.about}", f"/{rules.slug}/{number}/"
        facts = {"number": str(number), "status": answer.status}
        key = f"{ANSWER}:{about}:{n}"
        yield from _due(Happening(key, ANSWER, about, path, answer.at, answer.at + STALE, facts), now)


def of_announced(rules: Consultation, announced: Sequence[Announced], now: int) -> Iterator[Happening]:
    """What the town has published in a consultation."""
    for one in announced:
        facts = {f"title.{lang}": title for lang, title in one.titles.items()}
        facts |= ({"said": one.said} if one.said else {}) | ({"urgent": "1"} if one.is_urgent else {})
        about = f"{rules.slug}/{one.item}" if one.item else rules.slug
        until = min(one.at + STALE, one.until or one.at + STALE)
        yield from _due(Happening(f"{NEWS}:{rules.slug}:{one.name}", NEWS, about, one.path, one.at, until, facts), now)


def of_new(new: Sequence[New], gathered: int) -> Iterator[Happening]:
    """What citizens added in the day that was gathered at the instant `gathered`: one happening for all of it."""
    for about, path, number, many in new:
        facts = {"count": str(many)} | ({"number": str(number)} if number else {})
        yield Happening(f"{NEWS}:{about}:{gathered}", NEWS, about, path, gathered, gathered + STALE, facts)


class Gathering(NamedTuple):
    """What came from `start` on and before `end` is gathered at `at`: a while later, so that nothing is under way."""

    at: int
    start: int
    end: int


def gatherings(now: int, zone: tzinfo) -> list[Gathering]:
    """The last gatherings that are still news, the oldest first: each day's begins where that of the day before ended.

    They are ready for what is sent at READ_AT, on the town's clock, whatever that does in the night.
    """
    today = datetime.fromtimestamp(now, zone).date()
    found = []
    for days in (3, 2, 1, 0):
        day = today - timedelta(days=days)
        instants = (
            int(datetime.combine(one, hour, zone).timestamp())
            for one, hour in ((day, GATHERED_AT), (day - timedelta(days=1), UNTIL), (day, UNTIL))
        )
        found.append(Gathering(*instants))
    return [one for one in found if one.at <= now < one.at + STALE]


def next_reading(now: int, zone: tzinfo) -> int:
    """The first READ_AT on the town's clock after the instant `now`."""
    today = datetime.fromtimestamp(now, zone).date()
    days = (today, today + timedelta(days=1))
    instants = (int(datetime.combine(day, READ_AT, zone).timestamp()) for day in days)
    return next(instant for instant in instants if instant > now)


def told_at(one: Happening, now: int, zone: tzinfo, *, is_daily: bool) -> int:
    """When somebody is told of what happened: at once, or at a reading; `is_daily` who reads one letter a day.

    What citizens and the town added waits for the reading by whatever way. What is urgent does not, nor does it for
    one letter a day that would come too late: an event of tonight that is called off.
    """
    if not is_daily and (one.purpose != NEWS or one.is_urgent):
        return now
    reading = next_reading(now + SLACK, zone)
    return now if one.is_urgent and reading >= one.until else reading


def _near_its_end(rules: Consultation) -> int:
    """From when on the end is near; 0 where it has none, or is so near from the start that the start said it."""
    near = rules.closes_at - SOON
    takes = [phase.starts_at for phase in rules.phases if phase.open and phase.starts_at < rules.closes_at]
    last = max(takes, default=near)
    return near if not rules.is_permanent and near > last else 0


def _due(one: Happening, now: int) -> Iterator[Happening]:
    if one.at <= now < one.until and now - one.at < STALE:
        yield one
