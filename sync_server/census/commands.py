"""`preau census …`: the town's list of residents, the letters with their codes, a new code at the desk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync_server.terminal import keys_of, settings_of, var_option

if TYPE_CHECKING:
    from sync_server.census.desk import Desk
    from sync_server.census.importing import Plan

_list = click.argument("file", type=click.Path(exists=True, path_type=Path, dir_okay=False))
_pdf = click.Path(path_type=Path, dir_okay=False)


@click.group()
def census() -> None:
    """The town's list of residents, and the letters with their codes."""


def _of_town(command: Callable[..., Any]) -> Callable[..., Any]:
    return var_option(click.option("--space", help="The town, where there are several.")(command))


@census.command("import")
@_list
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--many-leave", is_flag=True, help="Even if more than a fifth of the residents leave the list.")
@_of_town
def import_list(file: Path, dry_run: bool, yes: bool, many_leave: bool, var: Path, space: str | None) -> None:
    """Bring in the list of residents, a CSV file: the whole list each time, never a part of it."""
    with _desk(var, space) as desk:
        read = desk.read(file)
        plan = desk.plan(read.entries)
        for line in _report(plan, read.ignored, sorted({one.neighbourhood for one in read.entries} - {""})):
            click.echo(line)
        if dry_run:
            return
        if plan.is_unusual and not many_leave:
            raise click.ClickException(
                "so many leave that this may be another file, or be numbered otherwise. If it is right: --many-leave"
            )
        if not yes:
            click.confirm("Is that right?", abort=True)
        desk.apply(plan)
    click.echo("Done. Now the letters: preau census letters FILE --to letters.pdf. Then delete both files from here.")


@census.command()
@_list
@click.option("--to", "target", type=_pdf, required=True, help="A new PDF file.")
@click.option(
    "--again", is_flag=True, help="For everybody: codes not used yet end, and the old letters are waste paper."
)
@_of_town
def letters(file: Path, target: Path, again: bool, var: Path, space: str | None) -> None:
    """Print the letters of whoever has no code yet, one page a household."""
    with _desk(var, space) as desk:
        number = desk.print_letters(desk.read(file).entries, target, again=again)
    click.echo(f"{target}: codes for {number} people. Nobody can print them again: print, then delete the file.")


@census.command()
@_list
@click.option("--resident", "number", default="", help="Their number on the list.")
@click.option("--name", default="", help="Words of their name, and the day of birth (1980-12-31) if there are two.")
@click.option("--to", "target", type=_pdf, help="Print the letter too, as a new PDF file.")
@_of_town
def reissue(file: Path, number: str, name: str, target: Path | None, var: Path, space: str | None) -> None:
    """Give somebody at the desk a new code; the one they have not used ends."""
    if not number and not name:
        raise click.UsageError("say who: --resident NUMBER or --name NAME")
    from civic.census_code import on_paper

    with _desk(var, space) as desk:
        printed = desk.reissue(desk.read(file).entries, number, name, target)
    click.echo(f"{printed.entry.name}: {on_paper(printed.code)}" + (f" ({target})" if target else ""))


@census.command()
@_of_town
def status(var: Path, space: str | None) -> None:
    """How many residents there are, how many have a code, how many have used one."""
    with _desk(var, space) as desk:
        tally = desk.tally()
    click.echo(
        f"{tally.residents} residents, {tally.with_code} of them with a code, {tally.recognised} recognised by it."
    )
    click.echo(f"At the desk {tally.at_desk} codes were given, {tally.left} people have left the list.")


def _report(plan: Plan, ignored: tuple[str, ...], neighbourhoods: list[str]) -> Iterator[str]:
    yield f"{plan.new + plan.back + plan.staying} residents on this list:"
    yield f"  {plan.new} new, who need a letter"
    yield f"  {plan.staying} known already, {plan.changed} of them with another day of birth, quarter or household"
    if plan.back:
        yield f"  {plan.back} back on the list, the same people to the town as before"
    if plan.leaving:
        yield f"  {plan.leaving} leave the list: their right to act as residents ends, what they did stays"
    if neighbourhoods:
        yield f"Quarters, as rules name them: {', '.join(neighbourhoods)}"
    if ignored:
        yield f"Columns that are not read: {', '.join(ignored)}"


@contextmanager
def _desk(var: Path, space: str | None) -> Iterator[Desk]:
    from sync_server.census.desk import open_desk

    settings = settings_of(var)
    desk = open_desk(settings, keys_of(settings), space, os.urandom)
    try:
        yield desk
    finally:
        desk.ledger.close()
