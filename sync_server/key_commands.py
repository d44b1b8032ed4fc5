"""`preau keys`: the keys of server, town, secret questions and letters."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync_server.terminal import keys_of, settings_of, var_option

if TYPE_CHECKING:
    from sync_server.settings import Settings


@click.group(invoke_without_command=True)
@var_option
@click.pass_context
def keys(context: click.Context, var: Path) -> None:
    """Make the server's keys where they are missing, and say where they are."""
    if context.invoked_subcommand is not None:
        return
    settings = settings_of(var)
    made = keys_of(settings)
    click.echo(f"Keys in {settings.keys}: keep a copy in a safe place.")
    click.echo(f"Receipts are signed by {made.receipt.kid}")
    click.echo(f"Another town is watched by this server with witnesses = [{_own_witness(settings, made)!r}]")


@keys.command("town")
@var_option
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A new file.")
@click.option("--space", help="The town, where there are several.")
@click.option("--replace", "is_replaced", is_flag=True, help="Even if the town has a key already.")
def town_key(var: Path, file: Path, space: str | None, is_replaced: bool) -> None:
    """Make the town's own key, which signs the rules: keep it away from the server."""
    from civic.town_key import on_paper
    from sync_server.rebuilding import one_town
    from sync_server.town_key import make_town_key

    _, folder = one_town(settings_of(var), space)
    key = make_town_key(file, folder, is_replaced=is_replaced)
    click.echo(f"The town's key is in {file}: keep it on a stick in the safe, never on the server.")
    click.echo(f"Its public half is {folder / 'town.jwk'}. Write this on paper, and post it at the town hall:")
    click.echo(f"  {on_paper(key.kid)}")


@keys.command("issuer")
@var_option
@click.argument("consultation")
@click.option("--space", help="The town, where there are several.")
@click.option("--replace", "is_replaced", is_flag=True, help="Make other keys, as long as it has not opened.")
def issuer_keys(var: Path, consultation: str, space: str | None, is_replaced: bool) -> None:
    """Make the keys that sign rights to a secret vote in CONSULTATION, one a question."""
    from sync_server.issuer_making import make_issuer_keys
    from sync_server.rebuilding import one_town

    settings = settings_of(var)
    _, folder = one_town(settings, space)
    made = make_issuer_keys(folder, consultation, settings.issuers, int(time.time()), is_replaced=is_replaced)
    for one in made.questions:
        click.echo(f"{one}: {'a new key' if one in made.new else 'the key it had'}")
    click.echo(f"They are in {settings.issuers}: the server needs them until the vote is over, then it deletes them.")
    click.echo("Their public halves are part of the rules: sign these again (`preau sign`).")


@keys.command("messages")
@var_option
@click.option("--space", help="The town, where there are several.")
@click.option("--replace", "is_replaced", is_flag=True, help="Make another key, for letters from now on.")
def letter_keys(var: Path, space: str | None, is_replaced: bool) -> None:
    """Make the key that private letters to the town hall are sealed to, and print what its rules say of it."""
    from sync_server.letter_keys import new_letter_key, toml_of
    from sync_server.rebuilding import one_town
    from sync_server.storage import open_ledger
    from sync_server.storage.letters import Letters
    from sync_server.vault import Vault

    settings = settings_of(var)
    own, _ = one_town(settings, space)
    secrets, ledger = keys_of(settings), open_ledger(settings.database)
    stored = Letters(ledger)
    known = stored.keys(own)
    if is_replaced or not known:
        vault = Vault(secrets.vault, secrets.pepper, os.urandom)
        # Two in one second, or a clock set back: the one that is made last is the newest all the same.
        since = max(int(time.time()), *(one.since + 1 for one in known), 0)
        stored.put_key(own, new_letter_key(vault, own, since))
    click.echo(toml_of(stored.keys(own)), nl=False)
    ledger.close()
    click.echo(f"Write these lines into its consultation.toml. {settings.keys / 'vault.key'} opens the key:", err=True)
    click.echo("without a copy of it in a safe place, no letter can be read any more.", err=True)


@keys.command("private")
@var_option
@click.argument("consultation")
@click.option("--space", help="The town, where there are several.")
@click.option("--replace", "is_replaced", is_flag=True, help="Make another one: who may read no more reads no more.")
def reading_key(var: Path, consultation: str, space: str | None, is_replaced: bool) -> None:
    """Make the key that the pages of a private CONSULTATION are sealed with, or say which it is."""
    from civic.content import parse_content
    from civic.privacy import CODE, kid_of
    from sync_server.catalogue import read_files
    from sync_server.reading_keys import ReadingKeys, on_paper
    from sync_server.rebuilding import one_town

    settings = settings_of(var)
    own, folder = one_town(settings, space)
    rules = parse_content(read_files(folder)).consultations.get(consultation)
    if rules is None or not rules.private:
        raise click.ClickException(f"'{consultation}' is not a private consultation of '{own}'")
    stored = ReadingKeys(settings.reading_keys, os.urandom)
    if is_replaced:
        stored.replace(own, consultation)
    click.echo(f"The pages of '{consultation}' are sealed with the key {kid_of(stored.of(own, consultation))}")
    if rules.privacy.by == CODE:
        click.echo(f"Whoever has this code opens them: {on_paper(stored.code(own, consultation))}")
    click.echo(f"It is in {settings.reading_keys}: the worker seals the pages anew whenever it is another one.")


def _own_witness(settings: Settings, made: Any) -> str:
    from sync_server.witnessing import own_witness

    return own_witness(settings.sync_url, made.witness)
