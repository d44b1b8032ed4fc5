"""What tells phones, made from an operator's settings: loaded where somebody is to be told, and never at start."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from civic.space import Space
from sync_server.keys import Keys
from sync_server.settings import Settings
from sync_server.storage import Ledger
from sync_server.storage.follows import Follows
from sync_server.vault import Vault

if TYPE_CHECKING:
    from sync_server.following.push import Pusher


def open_pusher(settings: Settings, keys: Keys, ledger: Ledger, space: Space) -> Pusher:
    """What tells the phones that follow something in `space`; push services learn the town hall's address."""
    vault = Vault(keys.vault, keys.pepper, os.urandom)
    sender = import_module("sync_server.following.post").GuardedPost(settings.push_hosts)
    contact = f"mailto:{space.town_hall.email}" if space.town_hall.email else settings.site_url or space.site_url
    # What encrypts is a sixth of a worker's memory (docs/decisions/0031), and most workers tell nobody.
    push = import_module("sync_server.following.push")
    pusher: Pusher = push.Pusher(space.id, keys.push, vault, Follows(ledger), sender, contact)
    return pusher
