"""What residents and codes are found by: keyed hashes, nothing that can be read back (sync_server/vault.py)."""

from __future__ import annotations

from sync_server.storage.residents import METHOD
from sync_server.vault import Vault


def mark_of_code(vault: Vault, space: str, code: str) -> str:
    """What a code is found by; "" (none) has a mark too, which no letter ever had."""
    return vault.mark("census code", space, code)


def mark_of_resident(vault: Vault, space: str, who: str) -> str:
    """What somebody of the list is found by: `who` is their number there, or their names and day of birth."""
    return vault.mark("resident", space, who)


def mark_of_identity(vault: Vault, space: str, resident: str) -> str:
    """The identity that a resident proves, as every proof is kept (Enrolling)."""
    return vault.mark("identity", space, METHOD, "", resident)


def mark_of_household(vault: Vault, space: str, where: str) -> str:
    """What the people of one household have in common."""
    return vault.mark("household", space, where)
