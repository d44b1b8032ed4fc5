"""What a town says in public when it changes the rules of a consultation that has begun (docs/formats.md §1).

[[notice]]                          # one for each revision after the first that people have acted under
revision = 2
at = 2026-05-03T09:00:00+02:00
[notice.text]
fr = "La clôture est repoussée d'une semaine : la salle était fermée."
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.canonical import b64u_encode, canonical_json
from civic.declaration import DeclarationError, check_members, read_instant, read_member, read_words

MOST_LETTERS = 1_000
_MEMBERS = frozenset({"revision", "at", "text"})


class Notice(NamedTuple):
    """Why the rules became what they are with `revision`, and since when (epoch seconds); one text a language."""

    revision: int
    at: int
    text: Mapping[str, str]


def read_notices(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> tuple[Notice, ...]:
    """The notices that a consultation's file declares, in the order of its revisions; DeclarationError otherwise."""
    notices = tuple(
        _read_notice(one, f"{where}, notice {number}", languages)
        for number, one in enumerate(read_member(table, "notice", list, where, []), 1)
    )
    revisions = [one.revision for one in notices]
    if revisions != sorted(set(revisions)) or any(not 1 < one <= table.get("revision", 1) for one in revisions):
        raise DeclarationError(f"{where}: notices stand in the order of their revisions, from 2 to 'revision'")
    return notices


def _read_notice(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> Notice:
    check_members(table, where, _MEMBERS)
    text = read_words(table, "text", where, languages)
    if any(len(one) > MOST_LETTERS for one in text.values()):
        raise DeclarationError(f"{where}: a text has at most {MOST_LETTERS} letters")
    return Notice(read_member(table, "revision", int, where), read_instant(table, "at", where), text)


def notice_member(notice: Notice) -> dict[str, Any]:
    """What the manifest says of a notice; its words are hashed, in every language (docs/formats.md §2)."""
    words = canonical_json(dict(notice.text))
    return {
        "revision": notice.revision,
        "at": notice.at,
        "text_sha256": b64u_encode(hashlib.sha256(words).digest()),
    }
