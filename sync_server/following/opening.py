"""What tells phones, made from an operator's settings: loaded where somebody is to be told, and never at start."""

from __future__ import annotations

import os
from email.utils import parseaddr
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from civic.space import Space
from sync_server.keys import Keys
from sync_server.post.letters import sender_of
from sync_server.settings import Settings
from sync_server.storage import Ledger
from sync_server.storage.follows import Follows
from sync_server.vault import Vault

if TYPE_CHECKING:
    from sync_server.following.push import Pusher, Sender


def open_pusher(settings: Settings, keys: Keys, ledger: Ledger, space: Space) -> Pusher:
    """What tells the phones that follow something in `space`; push services learn the town hall's address."""
    vault = Vault(keys.vault, keys.pepper, os.urandom)
    contact = space.town_hall.email or parseaddr(sender_of(settings.mail_from, space))[1]
    # What encrypts is a sixth of a worker's memory (docs/decisions/0031), and most workers tell nobody.
    push, sender = import_module("sync_server.following.push"), _open_sender(settings.push_hosts)
    pusher: Pusher = push.Pusher(space.id, keys.push, vault, Follows(ledger), sender, f"mailto:{contact}")
    return pusher


@cache
def _open_sender(push_hosts: tuple[str, ...]) -> Sender:
    """One for all towns: it knows who keeps us waiting, and reads the certificates of the machine once."""
    sender: Sender = import_module("sync_server.following.post").GuardedPost(push_hosts)
    return sender
