"""Who somebody is by their civil identity: the same human gives the same text, through whichever account they came.

An account's number is no use for it: FranceConnect gives another to every service, and itsme another to who begins
again. An e-mail address is no use either: people have several, and change them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from civic.canonical import canonical_json
from sync_server.identity.oidc.faults import ProviderFault

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # the day or month may be 00: unknown to the registrar
_SEPARATORS = re.compile(r"[\W_]+")
MOST_LETTERS = 200


def civil_identity(claims: Mapping[str, Any], names: Iterable[str], may_be_empty: Iterable[str]) -> str:
    """One text for the claims `names`, the same for "Zoé-Anne" and "ZOE ANNE"; ProviderFault where one is missing."""
    said = {name: _claim(claims, name, is_needed=name not in may_be_empty) for name in names}
    return canonical_json(said).decode("utf-8")


def _claim(claims: Mapping[str, Any], name: str, *, is_needed: bool) -> str:
    value = claims.get(name, "")
    if type(value) is not str or len(value) > MOST_LETTERS:
        raise ProviderFault(f"{name} is not a text")
    if name == "birthdate" and not _DATE.fullmatch(value):
        raise ProviderFault("birthdate is not a date")
    plain = value if name == "birthdate" else normalised(value)
    if is_needed and not plain:
        raise ProviderFault(f"{name} is missing")
    return plain


def normalised(text: str) -> str:
    """Without accents, capitals, ligatures and the signs between words: registers differ in them, humans do not."""
    folded = unicodedata.normalize("NFKD", text).casefold().replace("œ", "oe").replace("æ", "ae")
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(letter))
    return _SEPARATORS.sub(" ", bare).strip()
