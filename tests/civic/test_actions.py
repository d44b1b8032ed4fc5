"""Who may do each kind of act: level, age and neighbourhood, counted the same by everybody who has the rules."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.actions import born_by
from civic.assurance import Eligibility, Person, Proof, check_eligible
from civic.canonical import parse_json
from civic.declaration import DeclarationError
from civic.manifest import parse_manifest
from civic.refusals import Code, Refused
from tests.civic.town import RULES_TOML, consultation

CENSUS = RULES_TOML.replace('unsigned = ["proposal"]', 'mode = "named"\nassurance = "census"')
VOTERS = (
    '[actions.vote]\nmin_age = 16\nneighbourhoods = ["le-bourg", "centre"]\n[actions.comment]\nassurance = "email"\n'
)
BY_MAIL, BY_LETTER = Proof("email", "email", 1), Proof("census", "census", 1)


def asked(lines: str = VOTERS) -> Eligibility:
    return consultation(CENSUS + lines).eligibility


def said(kind: str, person: Person, rules: Eligibility | None = None) -> Code | None:
    try:
        check_eligible(rules or asked(), person, 5, kind)
    except Refused as refused:
        return refused.code
    return None


def test_rules_that_ask_nothing_more_keep_their_bytes() -> None:
    manifest = parse_json(consultation(CENSUS).manifest)
    assert manifest["eligibility"] == {"assurance": "census", "methods": ["census"], "unique_by": "census"}


def test_the_manifest_says_what_is_asked_of_each_kind_and_is_read_back() -> None:
    rules = consultation(CENSUS + VOTERS)
    assert parse_json(rules.manifest)["eligibility"]["actions"] == {
        "comment": {"assurance": "email"},
        "vote": {"min_age": 16, "born_by": "2010-03-21", "neighbourhoods": ["centre", "le-bourg"]},
    }
    assert parse_manifest(rules.manifest).consultation.eligibility == rules.eligibility


@pytest.mark.parametrize(
    ("kind", "proof", "born", "quarter", "code"),
    [
        ("vote", BY_LETTER, "2010-03-21", "centre", None),  # sixteen on the day when the vote opens
        ("vote", BY_LETTER, "2010-03-22", "centre", Code.TOO_YOUNG),
        ("vote", BY_LETTER, "", "centre", Code.TOO_YOUNG),  # a list without days of birth
        ("vote", BY_LETTER, "1950-01-01", "les-pres", Code.OTHER_NEIGHBOURHOOD),
        ("vote", BY_LETTER, "1950-01-01", "", Code.OTHER_NEIGHBOURHOOD),
        ("vote", BY_MAIL, "", "", Code.NOT_ELIGIBLE),
        ("comment", BY_MAIL, "", "", None),
        ("comment", BY_LETTER, "2020-01-01", "", None),
        ("proposal", BY_LETTER, "2020-01-01", "", None),
        ("proposal", BY_MAIL, "", "", Code.NOT_ELIGIBLE),
    ],
)
def test_who_may_do_what(kind: str, proof: Proof, born: str, quarter: str, code: Code | None) -> None:
    assert said(kind, Person("p:1", (proof,), born=born, neighbourhood=quarter)) is code


@pytest.mark.parametrize(
    ("born", "since", "code"),
    [
        ("2008-03-21", 0, None),  # eighteen on the day when the vote opens
        ("2008-03-22", 0, Code.GUARDIAN_NEEDED),
        ("2008-03-22", 5, None),
        ("2008-03-22", 6, Code.GUARDIAN_NEEDED),  # said after the vote had closed
        ("", 0, Code.GUARDIAN_NEEDED),
    ],
)
def test_a_minor_acts_with_a_guardian(born: str, since: int, code: Code | None) -> None:
    rules = asked("[actions.vote]\nguardian_under = 18\n")
    assert said("vote", Person("p:1", (BY_LETTER,), born=born, guarded_since=since), rules) is code
    assert Code.GUARDIAN_NEEDED.is_temporary
    manifest = consultation(CENSUS + "[actions.vote]\nguardian_under = 18\n").manifest
    assert parse_json(manifest)["eligibility"]["actions"] == {"vote": {"guardian_under": 18, "grown_by": "2008-03-21"}}
    assert parse_manifest(manifest).consultation.eligibility == rules


def test_a_kind_that_asks_more_asks_for_what_is_unique_there() -> None:
    rules = consultation(
        CENSUS.replace('assurance = "census"', 'assurance = "email"') + '[actions.vote]\nassurance = "census"\n'
    ).eligibility
    both = Person("p:1", (BY_MAIL, BY_LETTER))
    assert [said(kind, Person("p:1", (BY_MAIL,)), rules) for kind in ("comment", "vote")] == [None, Code.NOT_ELIGIBLE]
    assert said("vote", both, rules) is None
    assert said("vote", Person("p:1", (Proof("oidc:itsme", "identity", 1),)), rules) is Code.NOT_ELIGIBLE
    assert (rules.fullest.assurance, rules.rests_on_census, rules.asks_residents) == ("census", True, False)


def test_a_level_proved_after_the_phase_is_no_level() -> None:
    late = Person("p:1", (Proof("email", "email", 9),))
    assert said("comment", late) is Code.NOT_ELIGIBLE


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("[actions.ballot]\nmin_age = 16", "no phase takes this kind"),
        ("[actions.vote]\n", "say 'assurance'"),
        ("[actions.vote]\nmin_age = 0", "a number of years"),
        ("[actions.vote]\nmin_age = 200", "a number of years"),
        ("[actions.vote]\nguardian_under = -1", "a number of years"),
        ('[actions.vote]\nmin_age = "16"', "of type int"),
        ("[actions.vote]\nmax_age = 30", "unknown member"),
        ('[actions.vote]\nneighbourhoods = ["Le Bourg"]', "lower-case"),
        ('[actions.vote]\nassurance = "device"', "'assurance' is one of"),
        ('[actions.vote]\nassurance = "email"\nmin_age = 16', "only the list of residents"),
    ],
)
def test_what_a_town_must_mend(lines: str, fault: str) -> None:
    with pytest.raises(DeclarationError, match=fault):
        asked(lines)


def test_an_open_consultation_knows_nobody() -> None:
    with pytest.raises(DeclarationError, match="named"):
        consultation(RULES_TOML + '[actions.vote]\nassurance = "email"')


def years_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 100))
def test_who_is_born_by_that_day_and_nobody_else_is_old_enough(day: date, years: int) -> None:
    last = date.fromisoformat(born_by(day, years))
    assert years_on(last, day) == years
    assert years_on(last + timedelta(1), day) < years


def test_a_29_february_counts_from_the_first_of_march() -> None:
    days: dict[Any, str] = {date(2026, 2, 28): "2008-02-28", date(2026, 3, 1): "2008-03-01"}
    assert {day: born_by(day, 18) for day in days} == days
    assert born_by(date(2028, 2, 29), 18) == "2010-02-28"
