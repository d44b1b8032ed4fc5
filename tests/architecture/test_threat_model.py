"""docs/threat-model.md names tests: each of them is there."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = NAMED.findall((REPOSITORY / "docs" / "threat-model.md").read_text("utf-8"))
    assert len(named) > 20
    for file, name in named:
        text = (REPOSITORY / file).read_text("utf-8")
        assert f"def {name}(" in text or not name, f"{file}::{name}"


def test_every_attacker_has_a_protection_a_proof_and_a_rest() -> None:
    lines = (REPOSITORY / "docs" / "threat-model.md").read_text("utf-8").splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("|")][2:]
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows)
