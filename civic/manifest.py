"""The rules of a consultation read back from its manifest: what somebody has who was only given the published files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.assurance import LEVELS, Action, Eligibility
from civic.canonical import b64u_encode, canonical_json, parse_json
from civic.consultation import Category, Consultation, Phase
from civic.declaration import check_slug
from civic.issuer_key import parse_issuer_jwk
from civic.privacy import Privacy
from civic.profile import parse_profile
from civic.questions import NO_WORDS, Words, question_of_member


class Manifest(NamedTuple):
    """What a manifest says; its categories have no labels, for these are not part of the rules."""

    consultation: Consultation
    languages: tuple[str, ...]


def parse_manifest(
    data: bytes, sources: Mapping[str, str] | None = None, words: Mapping[str, Words] | None = None
) -> Manifest:
    """The rules in the bytes of a manifest (docs/formats.md §2); ValueError where they are not such.

    `words` are what its questions say, by their ids, for of these it has only the hash. Members that a later version
    adds are passed over: they are in the hash all the same.
    """
    found = parse_json(data)
    if type(found) is not dict or canonical_json(found) != data or found.get("v") != 1:
        raise ValueError("not the canonical JSON of a manifest")
    try:
        return _read(found, data, dict(sources or {}), words or {})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a manifest: {error!r}") from error


def _read(found: Mapping[str, Any], data: bytes, sources: Mapping[str, str], words: Mapping[str, Words]) -> Manifest:
    phases = tuple(
        Phase(str(one["id"]), _number(one["starts_at"]), _number(one["ends_at"]), _names(one["open"]))
        for one in found["phases"]
    )
    asked = found["eligibility"]
    actions = tuple(_action(kind, one) for kind, one in sorted(asked.get("actions", {}).items()))
    roots = (asked.get("unique_by", ""), _names(asked.get("methods", [])))
    eligibility = Eligibility(asked["assurance"], *roots, actions)
    if not phases or eligibility.assurance not in LEVELS or found["counts"] not in ("open", "hidden"):
        raise ValueError("not a manifest: phases, assurance or counts")
    slug, keys = check_slug(found["id"], "id"), found.get("keys", {}).get("issuer", {})
    questions = [question_of_member(slug, one, words.get(one["id"], NO_WORDS)) for one in found.get("questions", ())]
    if set(keys) != {one.id for one in questions if one.secret}:
        raise ValueError("not a manifest: each secret question has a key, and no other")
    consultation = Consultation(
        space=check_slug(found["space"], "space"), slug=slug,
        revision=_number(found["revision"]), modules=_names(found["modules"]), counts=found["counts"],
        grace=_number(found["grace"]), unsigned=_names(found["unsigned"]), mode=str(found["mode"]),
        eligibility=eligibility, publish_rows=found["publish_rows"] is True, k_min=_number(found["k_min"]),
        limits={str(kind): _number(limit) for kind, limit in found["limits"].items()},
        categories=tuple(Category(one, {}) for one in _names(found["categories"])), phases=phases, sources=sources,
        manifest=data, mh=b64u_encode(hashlib.sha256(data).digest()), profile=parse_profile(found.get("profile")),
        questions=tuple(questions), languages=tuple(found["question_sha256"]),
        settings=_tables(found.get("settings", {})),
        privacy=Privacy(str(found.get("private", "")), {}),
        issuers={one: parse_issuer_jwk(members) for one, members in keys.items()},
    )  # fmt: skip
    return Manifest(consultation, _names(list(found["question_sha256"])))


def _action(kind: str, one: Mapping[str, Any]) -> Action:
    return Action(
        kind, str(one.get("assurance", "")), _number(one.get("min_age", 0)), str(one.get("born_by", "")),
        _names(one.get("neighbourhoods", [])), _number(one.get("guardian_under", 0)), str(one.get("grown_by", "")),
    )  # fmt: skip


def _tables(found: Any) -> dict[str, Any]:
    if type(found) is not dict or any(type(one) is not dict for one in found.values()):
        raise ValueError("not a manifest: settings are tables")
    return found


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a manifest: a number is a whole one")
    return value


def _names(values: Any) -> tuple[str, ...]:
    if type(values) is not list or any(type(one) is not str for one in values):
        raise ValueError("not a manifest: names are texts")
    return tuple(values)
