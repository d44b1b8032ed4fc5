"""`preau keys issuer`: the keys of a consultation's secret questions (docs/formats.md §15).

The private halves stay with the server's keys until the vote is over; the public ones stand beside the rules.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from civic.consultation import Consultation
from civic.content import ISSUERS, parse_content
from civic.issuer_key import IssuerKey
from civic.issuers import issuers_bytes, parse_issuers, secret_ids
from sync_server.catalogue import read_files
from sync_server.issuer_keys import issuer_file, issuer_of_pem, new_issuer_pem


class IssuerKeyRefused(ValueError):
    """The keys can't be made; the message says why."""


class Made(NamedTuple):
    """The secret questions of a consultation, and those of them whose key is new."""

    questions: tuple[str, ...]
    new: tuple[str, ...]


def make_issuer_keys(town: Path, slug: str, folder: Path, now: int, *, is_replaced: bool = False) -> Made:
    """Makes what keys are missing below `folder` and writes issuer.json beside the rules in `town`.

    `is_replaced` makes others for all. IssuerKeyRefused, with nothing written, where there is nothing secret, or the
    consultation has opened and a key would be another than before; DeclarationError where the rules can't be read.
    """
    files, home = read_files(town), f"consultations/{slug}"
    rules, named = f"{home}/consultation.toml", f"{home}/{ISSUERS}"
    if rules not in files:
        raise IssuerKeyRefused(f"{town / rules} is missing")
    questions = secret_ids(_parsed(files, rules), rules)
    if not questions:
        raise IssuerKeyRefused(f"{town / rules}: no question says secret = true")
    space = str(_parsed(files, "space.toml")["id"])
    paths = {one: issuer_file(folder, (space, slug, one)) for one in questions}
    new = {one: new_issuer_pem() for one, path in paths.items() if is_replaced or not path.is_file()}
    keys = {one: issuer_of_pem(new.get(one) or path.read_bytes(), str(path)).key for one, path in paths.items()}
    public = issuers_bytes(keys)
    consultation = parse_content(files | {named: public}).consultations[slug]
    _check_same(consultation, parse_issuers(files.get(named, issuers_bytes({})), named), keys, now)
    for one, pem in new.items():
        _write_private(paths[one], pem)
    (town / named).write_bytes(public)
    return Made(tuple(questions), tuple(new))


def _check_same(
    consultation: Consultation, before: Mapping[str, IssuerKey], keys: Mapping[str, IssuerKey], now: int
) -> None:
    """Rights that were given under a key count for nothing under another."""
    other = [one for one, key in keys.items() if before.get(one, key) != key]
    if other and now >= consultation.opens_at:
        raise IssuerKeyRefused(f"'{consultation.slug}' has opened: the key of '{other[0]}' can't be another any more")


def _parsed(files: Mapping[str, bytes], path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(files[path].decode("utf-8"))
    except ValueError as error:
        raise IssuerKeyRefused(f"{path}: {error}") from error


def _write_private(path: Path, pem: bytes) -> None:
    for folder in reversed(path.parents[:4]):  # keys/issuers/<space>/<consultation>: each closed to others
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
        made.write(pem)
        made.flush()
        os.fsync(made.fileno())
    draft.replace(path)
