"""The town's key at the town hall: made once, kept off the server, used to sign the rules (docs/formats.md §12)."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from civic import modules
from civic.content import SIGNATURE, TOWN_KEY, parse_content
from civic.town_key import TownKey, parse_town_key, sign_manifest, town_key
from sync_server.catalogue import read_files
from sync_server.keys import SigningKey, new_pem, read_signing_key, signing_key


class TownKeyRefused(ValueError):
    """The key can't be made or used; the message says why."""


def make_town_key(file: Path, folder: Path, *, is_replaced: bool = False) -> TownKey:
    """Writes a new private key to `file`, for its owner only, and its public half to the town in `folder`.

    TownKeyRefused, with nothing written, where `file` exists or the town has another key already.
    """
    public = folder / TOWN_KEY
    if public.is_file() and not is_replaced:
        raise TownKeyRefused(f"{public}: this town has a key already. With --replace its old signatures fall")
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise TownKeyRefused(f"{file} exists already: choose a new name") from error
    private = ec.generate_private_key(ec.SECP256R1())
    with os.fdopen(descriptor, "wb") as made:
        made.write(new_pem(private))
        made.flush()
        os.fsync(made.fileno())
    key = signing_key(private)
    found = town_key(key.x, key.y)
    public.write_bytes(found.jwk)
    return found


def sign_town(folder: Path, key: SigningKey) -> list[str]:
    """Signs the rules of every consultation of the town in `folder`; their names.

    TownKeyRefused where the town is another key's; DeclarationError where its files can't be read.
    """
    public = folder / TOWN_KEY
    if not public.is_file() or parse_town_key(public.read_bytes()).kid != key.kid:
        raise TownKeyRefused(f"{public} is not the public half of this key")
    content = parse_content(read_files(folder), modules.load())
    for slug, one in content.consultations.items():
        jws = sign_manifest(one.manifest, key.kid, key.sign)
        (folder / "consultations" / slug / SIGNATURE).write_text(f"{jws}\n", "ascii")
    return list(content.consultations)


def read_town_key(file: Path) -> SigningKey:
    """The private key in `file`; KeyUnreadable if it is none."""
    return read_signing_key(file, file.read_bytes())
