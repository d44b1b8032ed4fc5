"""`preau import …`: what exists elsewhere, brought in."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync_server.terminal import progress_bar, settings_of, var_option

if TYPE_CHECKING:
    from sync_server.imports.plan import Plan


@click.group("import")
def import_() -> None:
    """Bring in what exists elsewhere."""


def _replayed(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--server", help="A server that runs already; else one is started for the import.")(command)
    command = click.option("--slug", required=True, help="Address of the new consultation.")(command)
    return var_option(command)


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
    """Replay a participatory budget (.pb) under the rules that the file names, every ballot of it."""
    from sync_server.imports.pabulib import parse_pabulib, plan_pabulib

    _replay(plan_pabulib(parse_pabulib(file.read_bytes())), slug, var, server)


@import_.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path, file_okay=False))
@var_option
def town(folder: Path, var: Path) -> None:
    """Make a town again from what `preau export` wrote."""
    from civic import modules
    from sync_server.export import import_town
    from sync_server.storage import open_ledger

    settings = settings_of(var)
    ledger = open_ledger(settings.database)
    with progress_bar() as progress:
        task = progress.add_task("Records", total=None)
        number = import_town(folder, settings, ledger, modules.load(), lambda done: progress.advance(task, done))
    ledger.close()
    click.echo(f"imported: {settings.var} ({number} records). Build it with: preau build --var {var}")


def _replay(plan: Plan, slug: str, var: Path, server: str | None) -> None:
    from sync_server.imports.house import run_import

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # else our server and worker would outlive us
    with progress_bar() as progress:
        report = run_import(plan, slug, settings_of(var), server, progress)
    click.echo(report.sentence)
    click.echo(f"published: {report.results}")
