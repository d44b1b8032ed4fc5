"""The public keys of a consultation's secret questions, in the file issuer.json beside its rules (formats.md §15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civic.canonical import canonical_json, parse_json
from civic.declaration import DeclarationError, read_member
from civic.issuer_key import IssuerKey, issuer_jwk, parse_issuer_jwk


def issuers_bytes(keys: Mapping[str, IssuerKey]) -> bytes:
    """The file issuer.json: the public key of each secret question of a consultation, by its id."""
    return canonical_json({question: issuer_jwk(key) for question, key in keys.items()}) + b"\n"


def parse_issuers(data: bytes, where: str) -> dict[str, IssuerKey]:
    """The keys in the file `where`; DeclarationError unless `issuers_bytes` gives exactly it again."""
    try:
        found = parse_json(data)
        keys = {str(question): parse_issuer_jwk(members) for question, members in found.items()}
    except (ValueError, AttributeError) as error:
        raise DeclarationError(f"{where}: {error}") from error
    if issuers_bytes(keys) != data:
        raise DeclarationError(f"{where}: it is not as `preau keys issuer` writes it")
    return keys


def secret_ids(table: Mapping[str, Any], where: str) -> list[str]:
    """The ids of the secret questions of a consultation.toml, before anything else of it is looked at."""
    questions = read_member(table, "question", list, where, [])
    return [str(one.get("id", "")) for one in questions if one.get("secret") is True]
