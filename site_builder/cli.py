"""`python -m site_builder`: build a town's site once, keep it warm behind a pipe, fetch a snapshot."""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

import click

from civic.declaration import DeclarationError
from site_builder.failure import BuildFailure
from site_builder.site import Folders, Site, read_content

FAILURES = (BuildFailure, DeclarationError, OSError)


def _folders(command: Any) -> Any:
    for name, purpose in (
        ("output", "Where the site is written."),
        ("theme", "The theme's folder."),
        ("snapshots", "The snapshot's folder."),
        ("content", "The town's folder."),
    ):
        command = click.option(f"--{name}", type=click.Path(path_type=Path), required=True, help=purpose)(command)
    return command


@click.group()
def main() -> None:
    """Builds a town's static site from its content, a snapshot and a theme."""


@main.command()
@_folders
def build(content: Path, snapshots: Path, theme: Path, output: Path) -> None:
    """Build the whole site."""
    from site_builder.settings import build_site

    site = Site(Folders(content, snapshots, theme, output))
    gc.disable()  # everything made here lives until the end
    try:
        changed = build_site(site)
        site.draw()
        while site.output.waiting:
            site.output.shrink()
    except FAILURES as failure:
        raise click.ClickException(str(failure)) from failure
    click.echo(f"{len(changed)} files differ, {len(site.output.records)} in all")


@main.command()
@_folders
def warm(content: Path, snapshots: Path, theme: Path, output: Path) -> None:
    """Answer JSON lines: build, apply, settle, reload, quit."""
    folders = Folders(*(path.resolve() for path in (content, snapshots, theme, output)))
    if not serve(Site(folders), sys.stdin.buffer, sys.stdout.buffer):
        sys.exit(1)


@main.command()
@click.option("--from", "server", required=True, help="Address of the town's server.")
@click.option("--content", type=click.Path(path_type=Path), required=True, help="The town's folder.")
@click.option("--snapshots", type=click.Path(path_type=Path), required=True, help="The snapshot's folder.")
def fetch(server: str, content: Path, snapshots: Path) -> None:
    """Bring the snapshot from the town's server."""
    import requests

    from civic.content import parse_content
    from site_builder.fetch import fetch_snapshots

    try:
        space = parse_content(read_content(content)).space
        with requests.Session() as session:
            changed = fetch_snapshots(server, space.id, snapshots, session)
    except FAILURES as failure:
        raise click.ClickException(str(failure)) from failure
    click.echo(f"{len(changed)} snapshots differ")


@main.command()
@click.argument("place")
@click.option(
    "--checkpoint", "checkpoints", multiple=True, type=click.File("r", "utf-8"), help="One kept from earlier."
)
@click.option("--log-key", help="The log's key, where you know it from elsewhere than the site.")
@click.option("--town-key", "town", help="The town's key as on the paper at the town hall.")
@click.option("--only", multiple=True, help="A consultation to check, by its address; all of them else.")
@click.option("--lang", help="Language of the report; the site's first one else.")
def verify(
    place: str, checkpoints: tuple[Any, ...], log_key: str | None, town: str | None, only: tuple[str, ...],
    lang: str | None,
) -> None:  # fmt: skip
    """Recount the results of a published site: PLACE is its folder or its address.

    Ends with 0 if everything that can be checked is true, 1 if something is false, 2 if something could not be checked.
    """
    import requests

    from civic import modules
    from site_builder.verify.page import page, read_page_words
    from site_builder.verify.progress import shown_progress
    from site_builder.verify.site import Known, verify
    from site_builder.verify.sources import Address, Folder, SourceFailed

    known = Known([file.read() for file in checkpoints], log_key, town, only)
    is_address = place.startswith(("http://", "https://"))
    try:
        with requests.Session() as session, shown_progress() as progress:
            source = Address(place, session) if is_address else Folder(Path(place))
            report = verify(source, known, modules.load(), progress)
    except SourceFailed as failure:
        click.echo(str(failure), err=True)
        sys.exit(2)
    click.echo(page(report, read_page_words(lang or report.language)), nl=False)
    sys.exit(report.status)


@main.command()
@click.argument("place")
def rank(place: str) -> None:
    """Make the order of relevance of a published site again: PLACE is its folder or its address.

    Ends with 0 if it is the site's, 1 if it differs, 2 if it could not be made.
    """
    import requests

    from site_builder.rank import Unreadable, rank_site
    from site_builder.verify.sources import Address, Folder, SourceFailed

    status = 0
    try:
        with requests.Session() as session:
            is_address = place.startswith(("http://", "https://"))
            source = Address(place, session) if is_address else Folder(Path(place))
            for one in rank_site(source.read):
                said = "differs from the site's" if one.faults else "same as the site's"
                click.echo(f"{one.slug}: {said}\n  {' '.join(map(str, one.order)) or '(nothing yet)'}")
                for fault in one.faults:
                    click.echo(f"  {fault}")
                status = 1 if one.faults else status
    except (SourceFailed, Unreadable, ValueError, LookupError, TypeError) as failure:
        click.echo(str(failure), err=True)
        sys.exit(2)
    sys.exit(status)


def serve(site: Site, questions: BinaryIO, answers: BinaryIO) -> bool:
    """Answers each question in turn, until `quit` or the end; False after a failure, for nothing can be trusted then.

    A question is `{"do":"build"|"apply"|"settle"|"reload"|"quit"}`, for apply with `"change":{"slug","tables"}`; an
    answer `{"ok":true,"changed":[files],"waiting":n,"ms":n}` or `{"ok":false,"error":text}`. `waiting` counts the
    files that further `settle`s will make smaller copies of.
    """
    for line in questions:
        started = time.perf_counter()
        answer: dict[str, Any]
        try:
            question = json.loads(line)
            if question["do"] == "quit":
                return True
            changed = _do(site, question)
            elapsed = round((time.perf_counter() - started) * 1000, 2)
            answer = {"ok": True, "changed": changed, "waiting": site.waiting, "ms": elapsed}
        except Exception as failure:  # noqa: BLE001  the outermost loop: whatever went wrong is told to the worker
            answer = {"ok": False, "error": f"{type(failure).__name__}: {failure}"}
        answers.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n")
        answers.flush()
        if not answer["ok"]:
            return False
    return True


def _do(site: Site, question: dict[str, Any]) -> list[str]:
    from site_builder.settings import build_site

    if question["do"] in ("build", "reload"):
        changed = build_site(site)
        # A whole town of documents was read to stay: the collector need not look at it at every vote, only here, to
        # let go of the one read before.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        return changed
    if question["do"] == "apply":
        return site.apply(question["change"])
    if question["do"] == "settle":
        return site.settle()
    raise BuildFailure(f"nothing is called '{question['do']}'")
