"""What followers are told of: found again the same, never once it is of no use; a day is read at seven, town time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from civic.following import PURPOSES
from civic.happenings import (
    ANSWER,
    CLOSING,
    NEWS,
    PHASE,
    RESULT,
    STALE,
    Announced,
    Announces,
    Happening,
    New,
    Said,
    gatherings,
    next_reading,
    of_announced,
    of_answers,
    of_new,
    of_rules,
    told_at,
)
from civic.official import Answer
from civic.phases import moment_at
from tests.civic.news_town import NEWS as NEWS_MODULE
from tests.civic.news_town import PARTY, news_rules, party_of
from tests.civic.town import DAY, MODULES, OPENS, RULES_TOML, consultation

RULES = consultation(RULES_TOML)
VOTE_OPENS, CLOSES, THERE = OPENS + 20 * DAY, OPENS + 30 * DAY, OPENS + 31 * DAY + 1
ENDLESS = """
modules = ["ideas"]
counts = "open"
[[phase]]
id = "collect"
starts_at = 2026-03-01T00:00:00Z
open = ["proposal"]
"""
PARIS = ZoneInfo("Europe/Paris")


def found(now: int) -> list[tuple[str, int]]:
    return [(one.key, one.at) for one in of_rules(RULES, moment_at(RULES, now), now)]


def instant(text: str, zone: ZoneInfo | None = PARIS) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def test_the_purposes_are_those_that_can_be_chosen() -> None:
    assert (PHASE, CLOSING, ANSWER, RESULT, NEWS) == PURPOSES


@pytest.mark.parametrize(
    ("now", "keys"),
    [
        (OPENS - 1, []),
        (OPENS, [f"phase:filature:collect:{OPENS}"]),
        (OPENS + STALE, []),
        (OPENS + 10 * DAY, []),  # a phase in which there is nothing to do
        (VOTE_OPENS + 5, [f"phase:filature:vote:{VOTE_OPENS}"]),
        (CLOSES - DAY - 1, []),
        (CLOSES - DAY, [f"closing:filature:{CLOSES}"]),
        (CLOSES - 1, [f"closing:filature:{CLOSES}"]),
        (CLOSES, []),
        (THERE - 1, []),
        (THERE, [f"result:filature:{THERE}"]),
        (THERE + STALE - 1, [f"result:filature:{THERE}"]),
        (THERE + STALE, []),
    ],
)
def test_the_clock_makes_things_happen_each_under_a_key_that_stays(now: int, keys: list[str]) -> None:
    assert [key for key, _ in found(now)] == keys


def test_a_short_vote_has_no_end_that_is_near_and_one_without_an_end_never() -> None:
    short = consultation(
        RULES_TOML.replace("2026-03-31", "2026-03-22")  # the vote lasts one day
    )
    assert short.closes_at - VOTE_OPENS == DAY
    for now in range(VOTE_OPENS, short.closes_at, 3600):
        assert [one.purpose for one in of_rules(short, moment_at(short, now), now)] == [PHASE]
    endless = consultation(ENDLESS)
    instants = (OPENS, OPENS + DAY, 4_102_444_000)
    happened = [one for now in instants for one in of_rules(endless, moment_at(endless, now), now)]
    assert [one.purpose for one in happened] == [PHASE, PHASE]


def test_each_answer_of_the_town_happens_once_and_is_old_after_three_days() -> None:
    said = [Said(7, n, Answer("item", "study", {}, "Anne, adjointe", OPENS + n)) for n in (1, 2)]
    first, second = of_answers(RULES, said, OPENS + 10)
    assert (first.key, second.key) == ("answer:filature/item:1", "answer:filature/item:2")
    assert (first.about, first.path, first.purpose) == ("filature/item", "/filature/7/", ANSWER)
    assert first.facts == {"number": "7", "status": "study"}
    assert [*of_answers(RULES, said, OPENS + 1 + STALE)] == [second]


def test_what_the_town_publishes_is_announced_by_its_date() -> None:
    rules = news_rules()
    assert isinstance(NEWS_MODULE, Announces)
    assert not isinstance(MODULES["ideas"], Announces)
    announced = NEWS_MODULE.announced(rules)
    party = next(one for one in announced if one.name == PARTY)
    assert party.path == f"/{rules.slug}/{PARTY}/"
    assert [one.facts["title.fr"] for one in of_announced(rules, [party], party.at)] == [party.titles["fr"]]
    assert [*of_announced(rules, [party], party.at - 1)] == []
    assert [*of_announced(rules, [Announced("x", 0, "/x/", {})], STALE)] == []


def test_what_became_of_an_event_is_told_to_who_follows_it_and_a_cancellation_at_once_while_it_matters() -> None:
    rules = news_rules()
    assert isinstance(NEWS_MODULE, Announces)
    later = {one.said: one for one in NEWS_MODULE.announced(rules) if one.said}
    cancelled, minutes = later["cancelled"], later["minutes"]
    assert len(later) == 2
    (called_off,) = of_announced(rules, [cancelled], cancelled.at)
    assert called_off.about == f"{rules.slug}/{cancelled.item}"
    assert (called_off.purpose, called_off.is_for_all, called_off.is_urgent) == (NEWS, True, True)
    (written,) = of_announced(rules, [minutes], minutes.at)
    assert (written.is_for_all, written.is_urgent) == (True, False)
    moved = {"article.toml": party_of("changed_at = 2026-03-20T12:00:00+01:00")}
    (party,) = (one for one in NEWS_MODULE.announced(news_rules(**moved)) if one.said == "changed")
    (told,) = of_announced(rules, [party], party.at)
    assert told.until == party.at + 10 * 3600  # the end of the party: nobody hears of it afterwards


def test_a_day_of_what_citizens_added_happens_once_whatever_it_held() -> None:
    (one,) = of_new([New("filature", "/filature/", 0, 3)], OPENS)
    assert one == Happening(
        f"news:filature:{OPENS}", NEWS, "filature", "/filature/", OPENS, OPENS + STALE, {"count": "3"}
    )


def test_every_act_is_gathered_in_one_day_also_when_the_clocks_change() -> None:
    for now in (instant("2026-03-31T12:00:00"), instant("2026-10-27T12:00:00")):
        three = gatherings(now, PARIS)
        assert [one.end for one in three[:-1]] == [one.start for one in three[1:]]
        assert all(one.at - one.end == 1800 for one in three)
    lengths = {one.end - one.start for one in gatherings(instant("2026-03-31T12:00:00"), PARIS)}
    assert lengths == {DAY - 3600, DAY}


def test_nothing_is_gathered_before_half_past_six() -> None:
    before, after = (gatherings(instant(f"2026-05-05T06:{at}"), PARIS)[-1].at for at in ("29:59", "30:00"))
    assert (before, after) == (instant("2026-05-04T06:30:00"), instant("2026-05-05T06:30:00"))


@pytest.mark.parametrize(
    ("now", "reading"),
    [
        ("2026-03-28T07:00:00", "2026-03-29T05:00:00"),  # the night loses an hour: 23 hours later
        ("2026-03-29T06:59:59", "2026-03-29T05:00:00"),
        ("2026-03-29T07:00:00", "2026-03-30T05:00:00"),
        ("2026-10-24T07:00:00", "2026-10-25T06:00:00"),  # the night gains one: 25 hours later
        ("2026-10-25T00:30:00", "2026-10-25T06:00:00"),
    ],
)
def test_a_day_is_read_at_seven_on_the_towns_clock_when_the_clocks_change_too(now: str, reading: str) -> None:
    assert next_reading(instant(now), PARIS) == int(datetime.fromisoformat(reading).replace(tzinfo=UTC).timestamp())


def test_two_readings_are_never_the_same_day() -> None:
    at, days = instant("2026-03-01T00:00:00"), set()
    for _ in range(300):
        at = next_reading(at, PARIS)
        local = datetime.fromtimestamp(at, PARIS)
        assert (local.hour, local.minute) == (7, 0)
        assert local.date() not in days
        days.add(local.date())


@pytest.mark.parametrize(
    ("purpose", "facts", "lasts", "at_once", "daily"),
    [
        ("answer", {}, 3 * DAY, True, False),
        ("news", {}, 3 * DAY, False, False),
        ("news", {"urgent": "1"}, 3 * DAY, True, False),
        ("news", {"urgent": "1"}, 3600, True, True),  # off tonight: of no use in the letter of the morning
        ("news", {}, 3600, False, False),
    ],
)
def test_news_waits_for_the_reading_unless_it_is_urgent(
    purpose: str, facts: dict[str, str], lasts: int, at_once: bool, daily: bool
) -> None:
    evening = instant("2026-06-01T18:00:00")
    one = Happening("key", purpose, "filature", "/filature/", evening, evening + lasts, facts)
    told = [told_at(one, evening, PARIS, is_daily=is_daily) for is_daily in (False, True)]
    reading = next_reading(evening, PARIS)
    assert told == [evening if is_now else reading for is_now in (at_once, daily)]
