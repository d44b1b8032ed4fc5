"""Where an import happens: the town's folders, and a server and worker started for it unless one is there."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.progress import Progress

from civic.declaration import check_slug
from sync_server.imports.plan import Plan
from sync_server.imports.run import Crew, House, Import
from sync_server.keys import open_keys
from sync_server.processes import Child, free_port
from sync_server.settings import Settings

ALREADY_AT_WORK = 3  # exit status of `preau work` where another worker has the folder


class Done(NamedTuple):
    """What to tell the person who asked."""

    sentence: str
    results: Path


def run_import(plan: Plan, slug: str, settings: Settings, server: str | None, progress: Progress) -> Done:
    """The whole import, or the rest of it; the published result. Nothing is doubled by running it again."""
    check_slug(slug, "--slug")
    house = House(settings.content, settings.site, _secret(settings.keys), lambda: int(time.time()), time.sleep)
    one = Import(plan, slug, house)
    one.declare()
    if one.is_published:
        return Done(f"'{slug}' was imported before: nothing is left to do.", one.results)
    with _crew(settings, server, one.is_closed) as crew:
        sentence = f"'{slug}' was replayed before."
        if not one.is_closed:
            task = progress.add_task("Replaying", total=len(plan.items) + len(plan.casts) + len(plan.baskets))
            report = one.replay(crew, lambda done: progress.advance(task, done))
            sentence = f"{report.sent} votes sent, {report.fresh} of them new; {report.receipts} receipts checked."
            one.close()
        task = progress.add_task("Publishing", total=1)
        results = one.wait_for_results(crew)
        progress.advance(task)
    return Done(sentence, results)


@contextmanager
def _crew(settings: Settings, server: str | None, is_closed: bool) -> Iterator[Crew]:
    receipt = open_keys(settings.keys, secrets.token_bytes).receipt
    port = free_port()
    url = server or f"http://127.0.0.1:{port}"
    environment = os.environ | {"PREAU_REQUESTS_PER_MINUTE": "0", "PREAU_ENVELOPES_PER_MINUTE": "0"}
    children: list[Child] = []
    var = ["--var", str(settings.var)]
    logs = settings.var / "logs"

    def check() -> None:
        for child in children:
            if child.ended_with != ALREADY_AT_WORK:
                child.check()

    try:
        if server is None:
            if not is_closed:
                serving = Child(["serve", *var, "--port", str(port)], logs / "serve.log", environment)
                children.append(serving)
                serving.wait_for(f"{url}/v1/health", time.sleep)
            children.append(Child(["work", *var], logs / "work.log", environment))
        yield Crew(url, (receipt.x, receipt.y), check)
    finally:
        for child in reversed(children):
            child.end()


def _secret(folder: Path) -> bytes:
    """What the keys of imported people are drawn from: drawn itself from the form key, so that it is never lost alone.

    Two imports of one town make the same people; two towns never do.
    """
    keys = open_keys(folder, secrets.token_bytes)
    number = keys.form.private.private_numbers().private_value
    return hmac.digest(number.to_bytes(32, "big"), b"preau import", hashlib.sha256)
