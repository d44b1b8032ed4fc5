"""`preau`: everything a person types. Heavy parts are loaded by the command that needs them."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync_server.census.commands import census
from sync_server.imports.commands import import_
from sync_server.key_commands import keys
from sync_server.office.commands import clerk
from sync_server.terminal import keys_of, progress_bar, settings_of, var_option

if TYPE_CHECKING:
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


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="preau", prog_name="preau")
def main() -> None:
    """Citizen participation for small towns that keeps working when the network does not."""


@main.command()
@var_option
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
def serve(var: Path, host: str | None, port: int | None) -> None:
    """Answer phones: take acts, give receipts."""
    from sync_server.server import serve

    serve(settings_of(var, host=host, port=port))


@main.command()
@var_option
def work(var: Path) -> None:
    """Build and publish whatever changes, until told to end."""
    from sync_server.storage import open_ledger
    from sync_server.worker.opening import AlreadyAtWork, lock_folder, open_chores, open_teller, open_worker

    settings = settings_of(var)
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
    keys = keys_of(settings)
    beside = [
        threading.Thread(target=opening(settings, keys, ledger).run, args=(is_over,), name=name)
        for name, opening in (("chores", open_chores), ("telling", open_teller))
    ]
    for thread in beside:
        thread.start()
    try:
        open_worker(settings, keys, ledger, _worker_name(settings)).run(is_over.wait)
    finally:
        is_over.set()
        for thread in beside:
            thread.join()
        ledger.close()


@main.command()
@var_option
@click.option("--port", type=int, default=8710, show_default=True, help="Port of the sync server.")
@click.option("--site-port", type=int, default=8711, show_default=True, help="Port of the site.")
def demo(var: Path, port: int, site_port: int) -> None:
    """Start a whole town on this machine, with its people."""
    from sync_server.demo_house import run_demo

    with progress_bar() as progress:
        demo = run_demo(var, port, site_port, progress)
    with demo:
        from rich.console import Console

        console = Console()
        console.print(demo.welcome())
        demo.wait(console.print)
    click.echo("Everything has stopped; nothing is lost. Start again with the same command.")


@main.command()
@var_option
def build(var: Path) -> None:
    """Build the whole site once, from the ledger, and publish it."""
    from sync_server.storage import open_ledger
    from sync_server.worker.opening import find_affiliates, find_towns, lock_folder, open_town

    settings = settings_of(var)
    lock_folder(settings.var)
    ledger = open_ledger(settings.database)
    towns = find_towns(settings.content)
    if not towns:
        raise click.ClickException(f"there is no town in {settings.content}")
    affiliates = find_affiliates(settings)
    try:
        with progress_bar() as progress:
            for space, folder in progress.track(towns.items(), description="Building"):
                town = open_town(settings, keys_of(settings), ledger, affiliates, space, folder)
                town.rebuild()
                town.settle()
                town.publish()
                while town.has_more:
                    town.settle()
                    town.publish()
                town.grow_log()
                town.publish()
                town.builder.close()
    finally:
        ledger.close()
    click.echo(f"built: {settings.site}")


@main.command()
@var_option
@click.option("--url", help="Ask the sync server at this address instead of the database.")
@click.option("--space", help="The town, where there are several.")
@click.option("--token", envvar="PREAU_ADMIN_TOKEN", help="Admin token for --url; else the one in var/keys.")
def rebuild(var: Path, url: str | None, space: str | None, token: str | None) -> None:
    """Ask the worker for a whole rebuild of the site."""
    from sync_server.rebuilding import ask_ledger, ask_server

    settings = settings_of(var)
    asked = ask_server(url, token or keys_of(settings).admin, space) if url else ask_ledger(settings, space)
    click.echo(f"Asked for: {', '.join(asked)}. The worker rebuilds as soon as it can.")


main.add_command(keys)


@main.command()
@var_option
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=True, help="The town's.")
@click.option("--space", help="The town, where there are several.")
def sign(var: Path, key: Path, space: str | None) -> None:
    """Sign the rules of every consultation with the town's key."""
    from sync_server.rebuilding import one_town
    from sync_server.town_key import read_town_key, sign_town

    _, folder = one_town(settings_of(var), space)
    for slug in sign_town(folder, read_town_key(key)):
        click.echo(f"signed: {slug}")


@main.command()
@var_option
@click.option("--to", "target", type=click.Path(path_type=Path), required=True, help="A new folder.")
@click.option("--keys", "with_keys", is_flag=True, help="Export the keys too: whoever has them speaks for the town.")
@click.option("--space", help="The town, where there are several.")
def export(var: Path, target: Path, with_keys: bool, space: str | None) -> None:
    """Write everything the town owns as plain files."""
    from sync_server.export import export_town
    from sync_server.rebuilding import one_town
    from sync_server.storage import open_ledger

    settings = settings_of(var)
    _, content = one_town(settings, space)
    ledger = open_ledger(settings.database)
    with progress_bar() as progress:
        task = progress.add_task("Records", total=None)
        keys = settings.keys if with_keys else None
        number = export_town(ledger, content, target, keys, lambda done: progress.advance(task, done), settings.media)
    ledger.close()
    click.echo(f"exported: {target} ({number} records)")


@main.command()
@var_option
@click.argument("consultation")
@click.option(
    "--to", "target", type=click.Path(path_type=Path, dir_okay=False, exists=False), required=True, help="A new file."
)
@click.option("--space", help="The town, where there are several.")
def words(var: Path, consultation: str, target: Path, space: str | None) -> None:
    """Bring out what citizens wrote to the town hall alone, as a table (CSV)."""
    from civic import modules
    from civic.content import parse_content
    from sync_server.catalogue import read_files
    from sync_server.confided import write_words
    from sync_server.rebuilding import one_town
    from sync_server.storage import open_ledger

    settings = settings_of(var)
    content = parse_content(read_files(one_town(settings, space)[1]))
    if target.exists():
        raise click.ClickException(f"{target} is there already")
    ledger = open_ledger(settings.database)
    number = write_words(ledger, content, consultation, modules.load(), target)
    ledger.close()
    click.echo(f"written: {target} ({number} texts). People were told that only the town hall reads them.")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="PLACE [--checkpoint FILE] [--town-key KEY] …")
def verify(arguments: tuple[str, ...]) -> None:
    """Recount the results of a published site: PLACE is its folder or its address."""
    import subprocess

    # A process of its own: it is the auditor's program, and has nothing of this server in it.
    sys.exit(subprocess.call([sys.executable, "-m", "site_builder", "verify", *arguments]))


@main.command()
@click.argument("place")
def rank(place: str) -> None:
    """Make the order of relevance of a published site again: PLACE is its folder or its address."""
    import subprocess

    sys.exit(subprocess.call([sys.executable, "-m", "site_builder", "rank", "--", place]))


main.add_command(import_)
main.add_command(census)
main.add_command(clerk)


@main.command("serve-site", hidden=True)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--port", type=int, required=True)
def serve_site(folder: Path, port: int) -> None:
    """Serve a built site from its folder, for the demo."""
    from sync_server.static_site import serve_site

    serve_site(folder.resolve(), port)


def _worker_name(settings: Settings) -> str:
    # The lock on the folder makes this name one process's alone, so a worker that was killed takes its towns up again.
    return f"{os.uname().nodename}:{settings.var}"


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.Formatter.converter = time.gmtime
    logging.getLogger("alembic").setLevel(logging.WARNING)
