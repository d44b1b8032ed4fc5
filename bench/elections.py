"""Real budgets of towns, whole: declared from the file, every ballot signed and sent over HTTP, the result published.

The winners must be those that the file names. Toulouse's files name none, so theirs are those of the rule that the file
names, and every count that the file states is compared.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.budget import Figure, Size, at_most
from bench.programs import REPOSITORY, running
from civic.modules.budget.rules.decide import decide
from civic.modules.budget.rules.election import Completion, Rule
from civic.modules.budget.rules.pabulib import PbFile, election_of, parse_pb

SLUG = "budget"
FEW = 1_000  # ballots that a quick run takes
SECONDS = 900


def measure(size: Size) -> list[Figure]:
    """One row an election; without the files, none."""
    folder = Path(os.environ.get("PREAU_SHARED_DATA", REPOSITORY.parent / "shared" / "data")) / "pabulib"
    files = {one.stem: parse_pb(one.read_bytes()) for one in sorted(folder.glob("*.pb"))}
    if not files:
        print(f"no elections in {folder}", file=sys.stderr)
    chosen = [name for name, one in files.items() if not size.is_quick or len(one.ballots) < FEW]
    return [held(folder / f"{name}.pb", files[name]) for name in chosen]


def held(path: Path, file: PbFile) -> Figure:
    """The election once more, through the front door; how many of the file's figures came out otherwise."""
    with tempfile.TemporaryDirectory() as name:
        start = time.monotonic()
        command = [sys.executable, "-m", "sync_server", "import", "pabulib", str(path), "--slug", SLUG, "--var", name]
        log = Path(name) / "import.log"
        with running(command, log) as process:
            if process.wait(SECONDS):
                raise RuntimeError(log.read_text("utf-8"))
        seconds = time.monotonic() - start
        results = json.loads((Path(name) / "site" / SLUG / "donnees" / "results.json").read_bytes())
        page = (Path(name) / "site" / SLUG / "resultat" / "index.html").read_text("utf-8")
    other = differences(file, results, page)
    won = sum(one["won"] for one in results["items"])
    said = "as the file names them" if file.winners is not None else "by the rule in the file, which names none"
    beside = f"{results['ballots']:,} signed ballots in {seconds:.0f} s; {won} winners of {len(file.projects)}, {said}"
    return Figure(f"{path.stem}: figures that differ", other, "", beside=beside, hard=at_most(0))


def differences(file: PbFile, results: Mapping[str, Any], page: str) -> int:
    """How many counts and winners are not those of the file, in the open data or on the page of the result."""
    rule, completion = file.rule or (Rule.GREEDY, Completion.NONE)
    winners = file.winners
    if winners is None:
        winners = frozenset(file.projects[place].id for place in decide(election_of(file), rule, completion).winners)
    items = {one["id"]: one for one in results["items"]}
    wrong = sum(bool(items[one.id]["won"]) != (one.id in winners) for one in file.projects)
    wrong += sum(one.votes not in (None, items[one.id]["people"]) for one in file.projects)
    wrong += sum(one.score not in (None, items[one.id]["weight"]) for one in file.projects)
    wrong += sum(f"/{SLUG}/{one}/" not in page for one in winners)
    return wrong + int(results["ballots"] != len(file.ballots))
