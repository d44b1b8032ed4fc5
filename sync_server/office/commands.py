"""`preau clerk …`: the first owner of a town, and its journal, for whoever runs the server."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sync_server.terminal import settings_of, var_option

ROLES = ("owner", "clerk", "moderator", "reader")


@click.group()
def clerk() -> None:
    """The people of the town hall."""


@clerk.command("invite")
@var_option
@click.option("--space", help="The town, where there are several.")
@click.option("--email", required=True, help="Whom to invite.")
@click.option("--role", type=click.Choice(ROLES), default="owner", show_default=True)
@click.option("--url", help="Address of the server as browsers see it, else sync_url.")
def invite_clerk(var: Path, space: str | None, email: str, role: str, url: str | None) -> None:
    """Invite somebody: prints a link, and sends it where there is a mail server."""
    from civic.refusals import Refused
    from sync_server.office.inviting import invite_by_operator
    from sync_server.rebuilding import one_town

    settings = settings_of(var, sync_url=url)
    name, _ = one_town(settings, space)
    try:
        link = invite_by_operator(settings, name, email, role)
    except Refused as error:
        raise click.ClickException(f"{email} is no e-mail address") from error
    click.echo(f"{link}\nIt serves once, within three days. Whoever opens it first becomes {role} of {name}.")


@clerk.command("journal")
@var_option
@click.option("--space", help="The town, where there are several.")
@click.option("--verify", "is_verified", is_flag=True, help="Check every line; the status is 1 where one is false.")
@click.option("--noted", help="A line as somebody wrote it down: number:hash.")
def show_journal(var: Path, space: str | None, is_verified: bool, noted: str | None) -> None:
    """Print the journal of a town, one signed line after another, or check it."""
    from sync_server.office.inviting import read_journal
    from sync_server.rebuilding import one_town

    settings = settings_of(var)
    name, _ = one_town(settings, space)
    lines, faults = read_journal(settings, name, noted)
    if not is_verified:
        for line in lines:
            click.echo(line)
        return
    for fault in faults:
        click.echo(f"line {fault.n}: {fault.why}")
    click.echo(f"{len(lines)} lines, {len(faults)} false")
    sys.exit(1 if faults else 0)
