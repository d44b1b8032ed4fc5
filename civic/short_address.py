"""The short address of a consultation, `/q/<number>/`: for posters, to be typed by hand (docs/formats.md §25).

A number is drawn from the consultation's own name, so it needs no list that somebody keeps and is never another one;
a town that wants a shorter one, or has two that met by chance, gives one itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from civic.declaration import DeclarationError, read_member

FIRST_DRAWN, MOST = 1000, 9999  # below the first drawn one: those that towns give


def short_of(slug: str) -> int:
    """The number that is drawn for a consultation of this name, from 1000 to 9999."""
    digest = hashlib.sha256(slug.encode()).digest()
    return FIRST_DRAWN + int.from_bytes(digest[:8], "big") % (MOST - FIRST_DRAWN + 1)


def read_short(table: Mapping[str, Any], slug: str, where: str) -> int:
    """The number that the town gave in `short`, else the drawn one; DeclarationError."""
    number = read_member(table, "short", int, where, short_of(slug))
    if not 1 <= number <= MOST:
        raise DeclarationError(f"{where}: 'short' is a number from 1 to {MOST}")
    return number


def check_shorts(shorts: Mapping[str, int]) -> None:
    """Raises DeclarationError where two consultations, by their slugs, have the same number."""
    owners: dict[int, str] = {}
    for slug, number in sorted(shorts.items()):
        if number in owners:
            raise DeclarationError(
                f"consultations/{slug}/consultation.toml: /q/{number}/ is the address of '{owners[number]}' already: "
                f"give the newer one 'short', a number from 1 to {FIRST_DRAWN - 1}"
            )
        owners[number] = slug
