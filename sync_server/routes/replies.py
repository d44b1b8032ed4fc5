"""`POST /v1/replies`: a phone gets what was answered to its private letters, still sealed (docs/formats.md §24)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from civic.canonical import b64u_encode
from civic.envelope import TYPE
from civic.jws import read_jwk_header
from civic.module import private_kinds
from civic.refusals import Code, Refused
from civic.sealed_letter import RepliesRequest, parse_replies_request
from sync_server.routes import KIB, Access, declares, services
from sync_server.routes.bodies import json_answer, read_texts, town_of
from sync_server.storage.letters import Letters

blueprint = Blueprint("replies", __name__)


@blueprint.post("/v1/replies")
@declares(Access.ANYONE, 64 * KIB, is_for_sites=True)
def give_replies() -> Response:
    """The talks among those asked for whose first letter the asking key has signed."""
    members = read_texts(frozenset({"space", "jws"}))
    town, asked = town_of(members["space"]), parse_replies_request(members["jws"])
    space = town.content.space.id
    if asked.aud != space:
        raise Refused(Code.WRONG_AUDIENCE)
    rules = town.content.consultations.get(asked.consultation)
    kinds = frozenset[str]() if rules is None else private_kinds(services().modules, rules)
    if not kinds:
        raise Refused(Code.UNKNOWN_CONSULTATION)
    services().identities.mine.nonces.spend(space, asked.nonce)
    return json_answer({"threads": _answered(space, asked, kinds)})


def _answered(space: str, asked: RepliesRequest, kinds: frozenset[str]) -> list[dict[str, Any]]:
    stored = Letters(services().ledger)
    slots = [f"{kind}:{thread}" for kind in sorted(kinds) for thread in asked.threads]
    found = stored.owners(space, asked.consultation, slots)
    own = {slot: voter for slot, (voter, envelope) in found.items() if _signer(envelope) == asked.key.kid}
    if not own:
        return []
    threads = {slot.partition(":")[2] for slot in own}
    return [
        {
            "thread": talk.thread,
            "status": talk.status,
            "answers": [{"n": one.n, "at": one.at, "sealed": b64u_encode(one.sealed)} for one in talk.answers],
        }
        for talk in stored.talks(space, asked.consultation, kinds, set(own.values()))
        if talk.thread in threads
    ]


def _signer(envelope: str) -> str:
    """Thumbprint of the ballot key that signed: in a named consultation the voter is a person, perhaps with several."""
    return read_jwk_header(envelope.partition(".")[0], TYPE).kid
