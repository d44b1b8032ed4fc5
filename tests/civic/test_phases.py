"""What is open when, with explicit offsets; JavaScript reads the same vectors."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from civic.consultation import Phase, parse_consultation
from civic.declaration import DeclarationError
from civic.phases import check_open, moment_at, next_boundary
from civic.refusals import Code, Refused
from tests.civic.town import DAY, OPENS, RULES_TOML, TEXTS, consultation, space

VECTORS = Path(__file__).parents[1] / "vectors" / "phases.json"


@pytest.mark.parametrize("case", json.loads(VECTORS.read_text("utf-8"))["cases"])
def test_a_form_is_open_as_the_shared_vectors_say(case: dict[str, int | str]) -> None:
    opens, closes, until, now = (int(case[name]) for name in ("opens", "closes", "until", "now"))
    rules = replace(consultation(), phases=(Phase("vote", opens, closes, ("vote",)),), grace=until - closes)
    try:
        phase = "open" if now <= check_open(rules, "vote", now).ends_at else "late"
    except Refused as refused:
        phase = {Code.NOT_OPEN: "before", Code.CLOSED: "closed"}[refused.code]
    assert phase == case["phase"]


@pytest.mark.parametrize(
    ("days", "state", "phase"),
    [
        (-1, "before", ""), (0, "open", "collect"), (12, "open", "analysis"), (22, "open", "vote"),
        (30.5, "grace", ""), (31.5, "results", ""),
    ],
)  # fmt: skip
def test_the_moment_follows_the_calendar(days: float, state: str, phase: str) -> None:
    assert moment_at(consultation(), OPENS + int(days * DAY))[:2] == (state, phase)


def test_boundaries_lead_from_the_first_moment_to_the_last() -> None:
    rules, now, states = consultation(), OPENS - DAY, []
    while (boundary := next_boundary(rules, now)) is not None:
        assert moment_at(rules, boundary - 1) == moment_at(rules, now)
        now = boundary
        assert moment_at(rules, now).since in (now, 0)
        states.append(moment_at(rules, now).state)
    assert states[-1] == "results"
    assert "grace" in states


def test_an_offset_is_compulsory() -> None:
    rules = tomllib.loads(RULES_TOML.replace("2026-03-01T00:00:00Z", "2026-03-01T00:00:00"))
    with pytest.raises(DeclarationError, match="offset"):
        parse_consultation("filature", rules, TEXTS, space())


def test_summer_time_is_what_the_offset_says() -> None:
    rules = tomllib.loads(RULES_TOML.replace("2026-03-31T00:00:00Z", "2026-03-31T02:00:00+02:00"))
    assert parse_consultation("filature", rules, TEXTS, space()).closes_at == OPENS + 30 * DAY


def test_phases_that_overlap_are_refused() -> None:
    rules = tomllib.loads(RULES_TOML.replace("starts_at = 2026-03-21", "starts_at = 2026-03-20"))
    with pytest.raises(DeclarationError, match="start after the one before"):
        parse_consultation("filature", rules, TEXTS, space())


def test_the_manifest_changes_with_every_rule() -> None:
    first = consultation().mh
    for old, new in (("24h", "48h"), ('"hidden"', '"open"'), ("proposal = 3", "proposal = 4"), ("03-31", "03-30")):
        assert consultation(RULES_TOML.replace(old, new)).mh != first
    assert consultation().mh == first
    assert json.loads(consultation().manifest)["phases"][0]["starts_at"] == OPENS
