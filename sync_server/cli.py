"""`preau`: everything a person types. Heavy parts are loaded by the command that needs them."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sync_server.imports.plan import Plan
    from sync_server.settings import Settings

OURS = ("civic.", "sync_server.")


class Program(click.Group):
    """Says our own errors in one sentence; anything else is a fault of ours and shows where it happened."""

    def invoke(self, ctx: click.Context) -> Any:
        """See click.Group."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if type(error).__module__.startswith(OURS):
                raise click.ClickException(str(error)) from error
            raise


def _var(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--var", type=click.Path(path_type=Path, file_okay=False), default=Path("var"), show_default=True,
        help="Folder of the ledger, keys, content and site.",
    )(command)  # fmt: skip


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("preau"), prog_name="preau")
def main() -> None:
    """Citizen participation for small towns that keeps working when the network does not."""


@main.command()
@_var
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
def serve(var: Path, host: str | None, port: int | None) -> None:
    """Answer phones: take acts, give receipts."""
    from sync_server.server import serve

    serve(_settings(var, host=host, port=port))


@main.command()
@_var
def work(var: Path) -> None:
    """Build and publish whatever changes, until told to end."""
    from sync_server.storage import open_ledger
    from sync_server.worker.opening import AlreadyAtWork, lock_folder, open_chores, open_worker

    settings = _settings(var)
    _log()
    try:
        lock_folder(settings.var)
    except AlreadyAtWork as busy:
        click.echo(str(busy), err=True)
        sys.exit(3)
    is_over = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: is_over.set())
    ledger = open_ledger(settings.database)
    chores = threading.Thread(target=open_chores(settings, _keys(settings), ledger).run, args=(is_over,), name="chores")
    chores.start()
    try:
        open_worker(settings, _keys(settings), ledger, _worker_name(settings)).run(is_over.wait)
    finally:
        is_over.set()
        chores.join()
        ledger.close()


@main.command()
@_var
@click.option("--port", type=int, default=8710, show_default=True, help="Port of the sync server.")
@click.option("--site-port", type=int, default=8711, show_default=True, help="Port of the site.")
def demo(var: Path, port: int, site_port: int) -> None:
    """Start a whole town on this machine, with its people."""
    from sync_server.demo_house import run_demo

    with _progress() as progress:
        demo = run_demo(var, port, site_port, progress)
    with demo:
        from rich.console import Console

        console = Console()
        console.print(demo.welcome())
        demo.wait(console.print)
    click.echo("Everything has stopped; nothing is lost. Start again with the same command.")


@main.command()
@_var
def build(var: Path) -> None:
    """Build the whole site once, from the ledger, and publish it."""
    from sync_server.storage import open_ledger
    from sync_server.worker.opening import find_towns, lock_folder, open_town

    settings = _settings(var)
    lock_folder(settings.var)
    ledger = open_ledger(settings.database)
    towns = find_towns(settings.content)
    if not towns:
        raise click.ClickException(f"there is no town in {settings.content}")
    try:
        with _progress() as progress:
            for space, folder in progress.track(towns.items(), description="Building"):
                town = open_town(settings, _keys(settings), ledger, space, folder)
                town.rebuild()
                town.settle()
                town.publish()
                while town.has_more:
                    town.settle()
                    town.publish()
                town.builder.close()
    finally:
        ledger.close()
    click.echo(f"built: {settings.site}")


@main.command()
@_var
@click.option("--url", help="Ask the sync server at this address instead of the database.")
@click.option("--space", help="The town, where there are several.")
@click.option("--token", envvar="PREAU_ADMIN_TOKEN", help="Admin token for --url; else the one in var/keys.")
def rebuild(var: Path, url: str | None, space: str | None, token: str | None) -> None:
    """Ask the worker for a whole rebuild of the site."""
    from sync_server.rebuilding import ask_ledger, ask_server

    settings = _settings(var)
    asked = ask_server(url, token or _keys(settings).admin, space) if url else ask_ledger(settings, space)
    click.echo(f"Asked for: {', '.join(asked)}. The worker rebuilds as soon as it can.")


@main.command()
@_var
def keys(var: Path) -> None:
    """Make the town's keys where they are missing, and say where they are."""
    settings = _settings(var)
    made = _keys(settings)
    click.echo(f"Keys in {settings.keys}: keep a copy in a safe place.")
    click.echo(f"Receipts are signed by {made.receipt.kid}")


@main.command()
@_var
@click.option("--to", "target", type=click.Path(path_type=Path), required=True, help="A new folder.")
@click.option("--keys", "with_keys", is_flag=True, help="Export the keys too: whoever has them speaks for the town.")
@click.option("--space", help="The town, where there are several.")
def export(var: Path, target: Path, with_keys: bool, space: str | None) -> None:
    """Write everything the town owns as plain files."""
    from sync_server.export import export_town
    from sync_server.rebuilding import one_town
    from sync_server.storage import open_ledger

    settings = _settings(var)
    _, content = one_town(settings, space)
    ledger = open_ledger(settings.database)
    with _progress() as progress:
        task = progress.add_task("Records", total=None)
        keys = settings.keys if with_keys else None
        number = export_town(ledger, content, target, keys, lambda done: progress.advance(task, done))
    ledger.close()
    click.echo(f"exported: {target} ({number} records)")


@main.group("import")
def import_() -> None:
    """Bring in what exists elsewhere."""


def _replayed(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--server", help="A server that runs already; else one is started for the import.")(command)
    command = click.option("--slug", required=True, help="Address of the new consultation.")(command)
    return _var(command)


@import_.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path, file_okay=False))
@_replayed
def polis(folder: Path, slug: str, var: Path, server: str | None) -> None:
    """Replay a Polis conversation, every vote of it, through the front door."""
    from sync_server.imports.polis import plan_polis, read_polis

    _replay(plan_polis(read_polis(folder)), slug, var, server)


@import_.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@_replayed
def pabulib(file: Path, slug: str, var: Path, server: str | None) -> None:
    """Replay a participatory budget (.pb): each project a ballot names is a vote for it."""
    from sync_server.imports.pabulib import parse_pabulib, plan_pabulib

    _replay(plan_pabulib(parse_pabulib(file.read_bytes())), slug, var, server)


@import_.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path, file_okay=False))
@_var
def town(folder: Path, var: Path) -> None:
    """Make a town again from what `preau export` wrote."""
    from civic import modules
    from sync_server.export import import_town
    from sync_server.storage import open_ledger

    settings = _settings(var)
    ledger = open_ledger(settings.database)
    with _progress() as progress:
        task = progress.add_task("Records", total=None)
        number = import_town(folder, settings, ledger, modules.load(), lambda done: progress.advance(task, done))
    ledger.close()
    click.echo(f"imported: {settings.var} ({number} records). Build it with: preau build --var {var}")


@main.command("serve-site", hidden=True)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--port", type=int, required=True)
def serve_site(folder: Path, port: int) -> None:
    """Serve a built site from its folder, for the demo."""
    from sync_server.static_site import serve_site

    serve_site(folder.resolve(), port)


def _replay(plan: Plan, slug: str, var: Path, server: str | None) -> None:
    from sync_server.imports.house import run_import

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # else our server and worker would outlive us
    with _progress() as progress:
        report = run_import(plan, slug, _settings(var), server, progress)
    click.echo(report.sentence)
    click.echo(f"published: {report.results}")


def _settings(var: Path, **given: Any) -> Settings:
    from sync_server.settings import read_settings

    return read_settings(var, os.environ, **given)


def _keys(settings: Settings) -> Any:
    from sync_server.keys import open_keys

    return open_keys(settings.keys, secrets.token_bytes)


def _worker_name(settings: Settings) -> str:
    # The lock on the folder makes this name one process's alone, so a worker that was killed takes its towns up again.
    return f"{os.uname().nodename}:{settings.var}"


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.Formatter.converter = time.gmtime
    logging.getLogger("alembic").setLevel(logging.WARNING)


@contextmanager
def _progress() -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield progress
