"""Real data through the front door: signed envelopes, HTTP batches, receipts, the worker, the published result."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from civic.modules.budget.rules.decide import decide
from civic.modules.budget.rules.election import Completion, Rule
from civic.modules.budget.rules.pabulib import PbFile, election_of
from civic.receipt import open_receipt
from sync_server.imports.pabulib import parse_pabulib
from sync_server.imports.polis import Conversation, agreeing_sign, count_signs, read_polis
from sync_server.keys import open_keys
from sync_server.processes import free_port
from sync_server.storage import open_ledger
from tests.end_to_end.waiting import until

POLIS = ("15-per-hour-seattle", "brexit-consensus")
# Assen is below, Grabówka in tests/end_to_end/test_budget.py; all four, whole: `make bench`, row elections.
PABULIB = ("France_Toulouse_2019",)


def preau(*arguments: str) -> list[str]:
    """The lines that a command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "sync_server", *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def published(lines: list[str]) -> dict[str, Any]:
    assert lines[-1].startswith("published: ")
    results: dict[str, Any] = json.loads(Path(lines[-1].removeprefix("published: ")).read_bytes())
    return results


def counts(results: Mapping[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {one["source"]: (one["for"], one["against"], one["blank"]) for one in results["items"]}


@pytest.mark.slow
@pytest.mark.parametrize("name", POLIS)
def test_every_statement_has_the_counts_of_its_votes(shared_data: Path, tmp_path: Path, name: str) -> None:
    folder = shared_data / "polis" / name
    conversation = read_polis(folder)
    lines = preau("import", "polis", str(folder), "--slug", "talk", "--var", str(tmp_path))
    results = published(lines)
    assert counts(results) == counted(conversation)
    pages_say(tmp_path / "site", "talk", counted(conversation), results)
    standing = {(vote.voter, vote.statement) for vote in conversation.votes}
    assert (results["ballots"], results["voters"]) == (len(standing), len({voter for voter, _ in standing}))
    votes = len(conversation.votes)
    assert f"{votes} votes sent, {votes} of them new; {votes} receipts checked." in lines
    check_receipts(tmp_path, votes)

    again = preau("import", "polis", str(folder), "--slug", "talk", "--var", str(tmp_path))
    assert again[0] == "'talk' was imported before: nothing is left to do."
    assert published(again) == results
    recount(tmp_path, results)


def recount(var: Path, results: Mapping[str, Any]) -> None:
    """Anyone who has the published folder alone comes to the same result."""
    time.sleep(2)  # the log waits a second after the last act could come in
    environment = os.environ | {"PREAU_LOG_SECONDS": "1", "PREAU_PRECOMPRESS": "0"}
    build = [sys.executable, "-m", "sync_server", "build", "--var", str(var)]
    subprocess.run(build, check=True, env=environment, capture_output=True)
    verify = [sys.executable, "-m", "sync_server", "verify", str(var / "site"), "--lang", "en"]
    done = subprocess.run(verify, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    told = f"RECOUNTED: {results['ballots']} votes by {results['voters']} people give exactly the published result."
    assert told in " ".join(done.stdout.split())


def pages_say(site: Path, slug: str, expected: Mapping[str, tuple[int, int, int]], results: Mapping[str, Any]) -> None:
    """The pages that people read have as many ideas, with the same votes for, against and blank."""
    assert f">{len(expected)} ideas<" in (site / slug / "index.html").read_text("utf-8")
    for one in results["items"]:
        page = (site / slug / str(one["number"]) / "index.html").read_text("utf-8")
        shown = [int(cell.replace(",", "")) for cell in re.findall(r"</th><td>([\d,]+)</td>", page)]
        votes = expected[one["source"]]
        assert shown == ([*votes, sum(votes)] if any(votes) else []), one["title"]


def counted(conversation: Conversation) -> dict[str, tuple[int, int, int]]:
    """For, against and blank of each statement, by its id."""
    signs, agree = count_signs(conversation.votes), agreeing_sign(conversation)
    return {one.id: (signs[one.id, agree], signs[one.id, -agree], signs[one.id, 0]) for one in conversation.statements}


def check_receipts(var: Path, votes: int) -> None:
    """One vote of ten is asked for again by its id and has a receipt that checks; all were checked when sent."""
    ledger = open_ledger(f"sqlite:///{var / 'preau.sqlite'}")
    with ledger.reading() as now:
        records = [one for one in now.records_after("import", 0, 100_000) if one.kind == "vote"]
    ledger.close()
    assert len(records) == votes
    key = open_keys(var / "keys", os.urandom).receipt
    port = free_port()
    environment = os.environ | {"PREAU_REQUESTS_PER_MINUTE": "0"}
    command = [sys.executable, "-m", "sync_server", "serve", "--var", str(var), "--port", str(port)]
    with (var / "receipts.log").open("wb") as log:
        serving = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        with requests.Session() as session:
            session.mount(
                "http://",
                requests.adapters.HTTPAdapter(max_retries=requests.adapters.Retry(20, connect=20, backoff_factor=0.05)),
            )
            for record in records[::10]:
                answer = session.get(f"http://127.0.0.1:{port}/v1/receipts/{record.id}", timeout=10)
                (item,) = open_receipt(answer.json()["receipt"], "import", key.x, key.y).items
                assert (item.id, item.no, item.rx, item.c) == (record.id, record.no, record.rx, record.c)
    finally:
        serving.terminate()
        serving.wait()


@pytest.mark.slow
@pytest.mark.parametrize("name", PABULIB)
def test_a_real_budget_is_won_by_those_whom_its_town_announced(shared_data: Path, tmp_path: Path, name: str) -> None:
    file = shared_data / "pabulib" / f"{name}.pb"
    lines = preau("import", "pabulib", str(file), "--slug", "budget", "--var", str(tmp_path))
    check_budget(parse_pabulib(file.read_bytes()), published(lines))


def check_budget(file: PbFile, results: Mapping[str, Any]) -> None:
    """Every count that the file states is published, and its winners; where it names none, those of its rule."""
    won = frozenset(one["id"] for one in results["items"] if one["won"])
    rule, completion = file.rule or (Rule.GREEDY, Completion.NONE)
    outcome = decide(election_of(file), rule, completion)
    assert won == (file.winners or {file.projects[place].id for place in outcome.winners})
    people, weight = ({one["id"]: one[name] for one in results["items"]} for name in ("people", "weight"))
    assert all(one.votes in (None, people[one.id]) and one.score in (None, weight[one.id]) for one in file.projects)
    assert (results["ballots"], results["rule"], results["completion"]) == (len(file.ballots), rule, completion)


END_SECONDS = 10  # a server asked to stop while it starts looks for its parent once a second


def processes_about(folder: Path) -> list[str]:
    """The command lines of the processes that were started with `folder`."""
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    return [line.decode() for line in lines if str(folder).encode() in line]


def test_an_import_that_was_cut_off_goes_on_and_doubles_nothing(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "pabulib" / "Netherlands_Assen_2024.pb"
    arguments = ["import", "pabulib", str(file), "--slug", "budget", "--var", str(tmp_path)]
    first = subprocess.Popen([sys.executable, "-m", "sync_server", *arguments], stderr=subprocess.DEVNULL)
    database = tmp_path / "preau.sqlite"
    while not database.is_file() and first.poll() is None:
        continue
    first.terminate()
    first.wait()
    until(lambda: not processes_about(tmp_path), "the end of what the import started", END_SECONDS)
    results = published(preau(*arguments))
    election = parse_pabulib(file.read_bytes())
    check_budget(election, results)
    ledger = open_ledger(f"sqlite:///{database}")
    with ledger.reading() as now:
        records = now.records_after("import", 0, 100_000)
    ledger.close()
    assert len(records) == len(election.ballots)
    assert len({one.id for one in records}) == len(records)
    recount(tmp_path, results)


def test_a_name_that_is_taken_is_refused(shared_data: Path, tmp_path: Path) -> None:
    slug = tmp_path / "content" / "import" / "consultations" / "budget"
    slug.mkdir(parents=True)
    (slug / "consultation.toml").write_text("")
    file = shared_data / "pabulib" / "Netherlands_Assen_2024.pb"
    arguments = ["import", "pabulib", str(file), "--slug", "budget", "--var", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "sync_server", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "choose another --slug" in done.stderr or "text is needed" in done.stderr
