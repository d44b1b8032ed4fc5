"""Rights to a secret vote: who may have one, and that nobody has two. What is signed stays unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from civic.assurance import check_eligible
from civic.canonical import b64u_encode
from civic.consultation import Consultation
from civic.issuer_key import IssuerKey
from civic.jws import check_signature
from civic.module import Modules
from civic.questions import Question
from civic.receipt import commitment
from civic.refusals import Code, Refused
from civic.secrecy import last_answer
from civic.token_request import TokenAsked, check_blinded, parse_token_asked, parse_token_request
from sync_server.catalogue import Town
from sync_server.identity.sources import Sources
from sync_server.storage.grants import Grants
from sync_server.storage.issued import Claim, IssuedTokens

TICK_SECONDS = 0.05  # answers leave on a tick: how long the secret arithmetic took is not to be seen
SALT_BYTES = 32


class Issuers(Protocol):
    """The private keys, one a secret question (sync_server/issuer_keys.py)."""

    def sign(self, scope: tuple[str, str, str], key: IssuerKey, blinded: bytes) -> bytes:
        """The blind signature by the key of (space, consultation, question), whose public half must be `key`."""


class Stored(NamedTuple):
    """What is looked up and kept."""

    grants: Grants
    issued: IssuedTokens


class Issuing:
    """`open_issuers` gives the keys, loaded at the first question; `sleep` waits so many seconds."""

    def __init__(
        self,
        stored: Stored,
        modules: Modules,
        open_issuers: Callable[[], Issuers],
        sources: Sources,
        sleep: Callable[[float], object],
    ) -> None:
        self._stored, self._modules, self._open_issuers = stored, modules, open_issuers
        self._sources, self._sleep = sources, sleep

    def answer(self, town: Town, jws: str) -> str:
        """The blind signature for the request `jws`, once it is durable that its person has had this one."""
        began = self._sources.monotonic()
        signature = self._answer(town, jws)
        spent = max(0.0, self._sources.monotonic() - began)
        self._sleep(TICK_SECONDS - spent % TICK_SECONDS)
        return signature

    def _answer(self, town: Town, jws: str) -> str:
        request, space = parse_token_request(jws), town.content.space.id
        device = self._stored.grants.find_devices(space, [request.kid]).get(request.kid)
        if device is None:
            raise Refused(Code.UNKNOWN_KEY)
        check_signature(request.parts, device.x, device.y)
        if device.revoked_at:
            raise Refused(Code.REVOKED)
        asked = parse_token_asked(request)
        if asked.aud != space:
            raise Refused(Code.WRONG_AUDIENCE)
        rules, question = _find(town, asked)
        end = last_answer(rules, self._modules, question)
        if end is None:
            raise Refused(Code.NOT_TAKEN, "question")
        if self._sources.now() > end:
            raise Refused(Code.CLOSED)
        check_eligible(rules.eligibility, self._stored.grants.person(space, device.pid), end)
        key = rules.issuers[question.id]
        check_blinded(asked.blinded, key)
        salt = self._sources.random(SALT_BYTES)
        digest = b64u_encode(hashlib.sha256(asked.blinded).digest())
        claim = Claim(rules.slug, question.id, device.pid, digest, jws, commitment(salt, jws), salt)
        self._stored.issued.claim(space, claim)
        return b64u_encode(self._open_issuers().sign((space, rules.slug, question.id), key, asked.blinded))


def _find(town: Town, asked: TokenAsked) -> tuple[Consultation, Question]:
    """The rules and the secret question that a request names."""
    known = town.rules.get(asked.consultation)
    if known is None:
        raise Refused(Code.UNKNOWN_CONSULTATION)
    if asked.mh not in known.manifests:
        raise Refused(Code.WRONG_MANIFEST)
    questions: Mapping[str, Question] = {one.id: one for one in known.consultation.questions if one.secret}
    question = questions.get(asked.question)
    if question is None:
        raise Refused(Code.NOT_TAKEN, "question")
    return known.consultation, question
