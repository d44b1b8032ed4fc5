"""Towns that watch each other's logs: whose logs this server signs as a witness, and whom ours asks (settings)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from civic import signing
from civic.log.note import NoteRefused, Signer, Verifier, parse_vkey
from civic.log.witness import cosigner, parse_witness, witness_vkey
from sync_server.keys import LogKey
from sync_server.settings import SettingsError, origin_of
from sync_server.storage import WitnessedLogs


class Witness(NamedTuple):
    """A witness that our logs ask: where, and the key that its signatures must check under."""

    address: str
    verifier: Verifier


class Witnessing(NamedTuple):
    """This server as a witness of the `logs` (by origin). `signer` signs at an instant."""

    logs: Mapping[str, Verifier]
    stored: WitnessedLogs
    signer: Callable[[int], Signer]


def open_witnessing(vkeys: Iterable[str], stored: WitnessedLogs, key: LogKey, sync_url: str) -> Witnessing:
    """Raises SettingsError where `witness_for` names something that is no log's key."""
    try:
        logs = {one.name: one for one in map(parse_vkey, vkeys)}
    except NoteRefused as error:
        raise SettingsError(f"witness_for: {error}") from error
    name = witness_name(sync_url)

    def signer(time: int) -> Signer:
        return cosigner(name, key.public, lambda text: signing.sign_ed25519(key.private, text), time)

    return Witnessing(logs, stored, signer)


def witness_name(sync_url: str) -> str:
    """The name of the witness at this address: its host, then /witness."""
    return f"{urlsplit(sync_url).netloc}/witness"


def own_witness(sync_url: str, key: LogKey) -> str:
    """What another town writes into its `witnesses` to be watched by this server."""
    return f"{sync_url}#{witness_vkey(witness_name(sync_url), key.public)}"


def parse_witnesses(written: Iterable[str]) -> list[Witness]:
    """The witnesses of the setting `witnesses`, each "<address>#<vkey>"; SettingsError where one is not."""
    found = []
    for one in written:
        address, _, vkey = one.partition("#")
        try:
            verifier = parse_witness(vkey)
        except NoteRefused as error:
            raise SettingsError(f"witnesses: {error}") from error
        if origin_of(address) == "":
            raise SettingsError("witnesses: an address begins with http:// or https://, then come # and a vkey")
        found.append(Witness(address.rstrip("/"), verifier))
    return found
