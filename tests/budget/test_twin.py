"""The browser's recount of budgets beside Python's, on elections that no file holds."""

import json
import subprocess
from pathlib import Path

from tests.budget.vectors import HERE, cases

REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_phone_makes_every_figure_again_that_python_publishes() -> None:
    budgets = [*cases("twin", 8)]
    command = ["node", "tests/js/recounted.mjs"]
    done = subprocess.run(
        command, cwd=REPOSITORY, input=json.dumps({"cases": budgets}), capture_output=True, text=True, check=True
    )
    differing = json.loads(done.stdout)
    assert not [budgets[place] for place in differing]
    assert len(budgets) > 300


def test_the_vectors_are_those_that_python_makes_today() -> None:
    kept = json.loads((HERE / "budgets.json").read_text("utf-8"))["cases"]
    assert kept == json.loads(json.dumps([*cases("vector", 1)]))
