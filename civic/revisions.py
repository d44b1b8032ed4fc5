"""Rules freeze at the first act: afterwards they change in public, as a new revision, and never take back a promise.

A revision is a version of the rules that people may have acted under. Before the first act a town writes as it likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from civic.canonical import parse_json
from civic.consultation import Consultation
from civic.declaration import DeclarationError
from civic.settings import lost_ids, newly_published

# Members that say which version it is, and not what holds.
_NAMES = frozenset({"revision", "notices", "v"})
# What people read -> the members of a manifest that say it.
_PARTS = {
    "dates": ("phases", "grace"),
    "questions": ("questions",),
    "text": ("question_sha256",),
    "categories": ("categories",),
    "voters": ("eligibility", "mode", "unsigned", "private"),
    "limits": ("limits",),
    "results": ("counts", "publish_rows", "k_min", "profile"),
}
OTHER = "other"
PARTS = (*_PARTS, OTHER)


def parts_changed(before: Iterable[bytes], now: bytes) -> tuple[str, ...]:
    """Which of PARTS differ between the manifest `now` and any of those `before`, in the order of PARTS."""
    new = parse_json(now)
    changed = {name for one in before for name in _members_changed(parse_json(one), new)}
    named = {part for part, members in _PARTS.items() if changed & set(members)}
    if changed - {member for members in _PARTS.values() for member in members}:
        named.add(OTHER)
    return tuple(part for part in PARTS if part in named)


def changes_of(now: Consultation, versions: Iterable[bytes]) -> dict[str, list[str]]:
    """For each notice of `now`, by the number of its revision: the PARTS in which it differs from what was before.

    `versions` are all manifests that the consultation ever had. What differs from any version of the revision before
    is named: people may have acted under each of them.
    """
    known: dict[int, list[bytes]] = {}
    for one in versions:
        known.setdefault(parse_json(one)["revision"], []).append(one)
    known[now.revision] = [now.manifest]
    changes: dict[str, list[str]] = {}
    for notice in now.notices:
        earlier = [revision for revision in known if revision < notice.revision]
        if earlier and notice.revision in known:
            before = known[max(earlier)]
            found = {part for one in known[notice.revision] for part in parts_changed(before, one)}
            changes[str(notice.revision)] = [part for part in PARTS if part in found]
    return changes


def _members_changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    return {name for name in (old.keys() | new.keys()) - _NAMES if old.get(name) != new.get(name)}


def check_revision(now: Consultation, versions: Mapping[str, bytes], acted_under: str) -> None:
    """Returns if a consultation in which people have acted may have the rules `now`.

    `versions` are the manifests it ever had, by their hash; `acted_under` is the hash that its newest act names.
    DeclarationError says what the clerk has to do: raise the revision, write a notice, or open another consultation.
    """
    where = f"consultations/{now.slug}/consultation.toml"
    known = {mh: parse_json(one) for mh, one in versions.items()}
    acted = known[acted_under]
    newest = max(one["revision"] for one in known.values())
    if now.mh == acted_under and now.revision == newest:
        return
    if now.revision < newest or now.revision == acted["revision"]:
        raise DeclarationError(
            f"{where}: people have taken part under other rules; take the change back, or write revision = "
            f"{newest + 1} and a [[notice]] of that revision which says what changes and why"
        )
    if all(one.revision != now.revision for one in now.notices):
        raise DeclarationError(
            f"{where}: revision {now.revision} needs a [[notice]] of that revision which says what changes and why"
        )
    broken = _promise_broken(acted, parse_json(now.manifest))
    if broken:
        raise DeclarationError(
            f"{where}: people have taken part, so {broken}; take that back, or open another consultation"
        )


def check_keys(now: Consultation, asked_under: bytes) -> None:
    """Returns if rights to a secret vote that were given under the manifest `asked_under` still count under `now`.

    DeclarationError where a key is another: nobody gets a second right, so whoever has one would have lost their vote.
    """
    broken = _keys_broken(parse_json(asked_under), parse_json(now.manifest))
    if broken:
        raise DeclarationError(
            f"consultations/{now.slug}/issuer.json: people have prepared their ballots, so {broken}; put them back"
        )


def _promise_broken(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What people who acted under `old` were promised and `new` takes away; "" for nothing."""
    for name in ("modules", "categories"):
        if not set(old[name]) <= set(new[name]):
            return f"nothing can be taken out of '{name}'"
    lost = lost_ids(old.get("settings", {}), new.get("settings", {}))
    if lost:
        return f"'{min(lost)}' must stay"
    told = newly_published(old.get("settings", {}), new.get("settings", {}))
    if told:
        return f"what they wrote under '{min(told)}' is for the town hall alone: it can't be 'published'"
    if old.get("private") and old["private"] != new.get("private"):
        return "what they wrote for its members must stay private: 'private' must stay"
    if old["mode"] != new["mode"]:
        return "'mode' must stay"
    if old["counts"] == "hidden" and new["counts"] == "open":
        return "figures that were to be hidden until the end must stay hidden"
    if (new["publish_rows"] and not old["publish_rows"]) or new["k_min"] < old["k_min"]:
        return "no more can be published of their votes than was said"
    questions = {one["id"]: one for one in new.get("questions", ())}
    broken = (_question_broken(one, questions.get(one["id"])) for one in old.get("questions", ()))
    return next(filter(None, broken), "") or _keys_broken(old, new)


def _question_broken(old: Mapping[str, Any], new: Mapping[str, Any] | None) -> str:
    if new is None or not set(old["options"]) <= set(new["options"]):
        return f"question '{old['id']}' and its answers must stay"
    if any(old.get(name) != new.get(name) for name in ("type", "wins", "secret")) or old["max"] > new["max"]:
        return f"question '{old['id']}' must be answered and counted as before"
    return ""


def _keys_broken(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    kept = new.get("keys", {}).get("issuer", {})
    is_kept = all(kept.get(one) == key for one, key in old.get("keys", {}).get("issuer", {}).items())
    return "" if is_kept else "the keys of its secret questions must stay"
