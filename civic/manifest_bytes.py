"""The manifest of a consultation: its rules as the bytes that every act hashes (docs/formats.md §2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from civic.actions import actions_member
from civic.assurance import Eligibility
from civic.canonical import b64u_encode, canonical_json
from civic.issuer_key import issuer_jwk
from civic.notices import notice_member
from civic.profile import profile_member
from civic.questions import manifest_member

if TYPE_CHECKING:
    from civic.consultation import Consultation


def manifest_bytes(one: Consultation, texts: Mapping[str, bytes]) -> bytes:
    """Canonical JSON of everything a citizen must be able to hold the town to; `texts` are its files by language.

    What `one` says of its own manifest is not looked at.
    """
    return canonical_json(
        _members_where_any(one)
        | {
            "v": 1,
            "space": one.space,
            "id": one.slug,
            "mode": one.mode,
            "revision": one.revision,
            "modules": sorted(one.modules),
            "counts": one.counts,
            "grace": one.grace,
            "unsigned": sorted(one.unsigned),
            "publish_rows": one.publish_rows,
            "k_min": one.k_min,
            "eligibility": _eligibility_members(one.mode, one.eligibility),
            "limits": one.limits,
            "categories": sorted(category.id for category in one.categories),
            "phases": [
                {"id": each.id, "starts_at": each.starts_at, "ends_at": each.ends_at, "open": sorted(each.open)}
                for each in one.phases
            ],
            "question_sha256": {lang: b64u_encode(hashlib.sha256(data).digest()) for lang, data in texts.items()},
        }
    )


def _members_where_any(one: Consultation) -> dict[str, Any]:
    """What is named only where there is some: a manifest that was hashed into acts keeps its bytes."""
    members: dict[str, Any] = {}
    if one.questions:
        members["questions"] = [manifest_member(each) for each in one.questions]
    if one.notices:
        members["notices"] = [notice_member(each) for each in one.notices]
    if one.issuers:
        members["keys"] = {"issuer": {name: issuer_jwk(key) for name, key in one.issuers.items()}}
    if one.settings:
        members["settings"] = dict(one.settings)
    if one.private:
        members["private"] = one.privacy.by
    if one.profile is not None:
        members["profile"] = profile_member(one.profile)
    return members


def _eligibility_members(mode: str, asked: Eligibility) -> dict[str, Any]:
    if mode == "open":
        return {"assurance": asked.assurance}
    # Named only where there are some: a manifest that was hashed into acts keeps its bytes.
    actions = {"actions": actions_member(asked.actions)} if asked.actions else {}
    return {"assurance": asked.assurance, "methods": sorted(asked.methods), "unique_by": asked.unique_by} | actions
