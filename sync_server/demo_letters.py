"""The demo's key for private letters: of the one that its rules were copied with nobody has the other half."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sync_server.keys import open_keys
from sync_server.letter_keys import new_letter_key, toml_of
from sync_server.settings import Settings
from sync_server.storage import open_ledger
from sync_server.storage.letters import Letters
from sync_server.vault import Vault

_COPIED = re.compile(r'\[messages\]\nkey = "[^"]*"\n')


def write_letter_key(settings: Settings, folder: Path, space: str, now: int) -> None:
    """Makes the key of `space` where there is none yet, and writes it into the rules in `folder` that name one."""
    secrets, ledger = open_keys(settings.keys, os.urandom), open_ledger(settings.database)
    try:
        stored = Letters(ledger)
        if not stored.keys(space):
            stored.put_key(space, new_letter_key(Vault(secrets.vault, secrets.pepper, os.urandom), space, now))
        said = toml_of(stored.keys(space))
    finally:
        ledger.close()
    for rules in sorted(folder.glob("consultations/*/consultation.toml")):
        text = rules.read_text("utf-8")
        changed = _COPIED.sub(lambda _: said, text)
        if changed != text:
            rules.write_text(changed, "utf-8")
