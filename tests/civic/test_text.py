"""Citizens' words: refused when not as the phone would have written them; JavaScript reads the same vectors."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.refusals import Refused
from civic.text import check_text, normalise

VECTORS = Path(__file__).parents[1] / "vectors" / "text.json"
CASES = json.loads(VECTORS.read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_shared_vectors(case: dict[str, object]) -> None:
    assert normalise(str(case["in"]), lines=bool(case["lines"])) == case["out"]


@given(st.text(), st.booleans())
def test_what_the_phone_writes_is_taken(text: str, lines: bool) -> None:
    try:
        written = normalise(text, lines=lines)
    except UnicodeEncodeError:
        return
    assert check_text(written, "text", 0, len(written), lines=lines) == written
    assert normalise(written, lines=lines) == written


@pytest.mark.parametrize("text", [" a", "a\n", "e\u0301", "a\x00b", "a\u202eb", "a\tb", "\ufeffa", 3, None, "\ud800"])
def test_what_the_phone_would_not_write_is_refused(text: object) -> None:
    with pytest.raises(Refused, match="bad_payload"):
        check_text(text, "text", 0, 10)


def test_lengths_are_code_points() -> None:
    assert check_text("🌳" * 3, "title", 3, 3)
    with pytest.raises(Refused):
        check_text("🌳" * 4, "title", 3, 3)
