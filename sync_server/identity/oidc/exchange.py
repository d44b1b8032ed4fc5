"""The talk with one provider: where the phone is sent, and what its answer is worth (RFC 6749 §4.1, RFC 7636)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from civic.canonical import b64u_encode
from sync_server.identity.oidc.civil import civil_identity
from sync_server.identity.oidc.client_keys import ClientKeys
from sync_server.identity.oidc.directory import Directory, Metadata
from sync_server.identity.oidc.faults import ProviderFault
from sync_server.identity.oidc.providers import KINDS, Provider
from sync_server.identity.oidc.tokens import Claims, Expected, check_id_token, check_userinfo, open_token
from sync_server.identity.oidc.web import JWT, Answer, Web

DIALOG = "https://www.facebook.com"  # Facebook asks people on one host and answers servers on another


class Question(NamedTuple):
    """What one enrolment asks a provider. `ticket` comes back with the answer, `nonce` inside the token."""

    ticket: str
    nonce: str
    verifier: str  # of PKCE
    lang: str


class Proved(NamedTuple):
    """Whom a provider has named: under whose roof `subject` is unique, and the token that ends its session."""

    issuer: str
    subject: str
    id_token: str


class Exchange:
    """`callback` is where the provider sends phones back to; `now` gives epoch seconds, `random` so many bytes."""

    def __init__(
        self,
        provider: Provider,
        directory: Directory,
        web: Web,
        keys: ClientKeys | None,
        callback: str,
        now: Callable[[], int],
        random: Callable[[int], bytes],
    ) -> None:
        self.provider, self.keys, self._callback = provider, keys, callback
        self._directory, self._web, self._now, self._random = directory, web, now, random

    def metadata(self) -> Metadata:
        """The provider's addresses; ProviderDown or ProviderFault."""
        issuer = self.provider.issuer.rstrip("/")
        if self.provider.kind.is_oidc:
            return self._directory.metadata()
        dialog = DIALOG if issuer == KINDS[self.provider.name].issuer else issuer
        return Metadata(
            f"{dialog}/dialog/oauth", f"{issuer}/oauth/access_token", "", f"{issuer}/me", "", says_issuer=False
        )  # fmt: skip

    def address(self, question: Question) -> str:
        """Where the phone goes to say who its owner is; ProviderDown or ProviderFault."""
        kind, provider = self.provider.kind, self.provider
        query = {
            "response_type": "code", "client_id": provider.client_id, "redirect_uri": self._callback,
            "scope": provider.scope, "state": question.ticket,
        }  # fmt: skip
        if provider.pkce:
            digest = hashlib.sha256(question.verifier.encode("ascii")).digest()
            query |= {"code_challenge": b64u_encode(digest), "code_challenge_method": "S256"}
        if kind.is_oidc:
            query |= {"nonce": question.nonce, "ui_locales": question.lang}
        if kind.acr:
            query["acr_values"] = kind.acr[0]
        if kind.is_sealed:  # itsme gives no particular that was not asked for by name
            asked = {name: {"essential": True} for name in kind.identifies}
            query["claims"] = json.dumps({"userinfo": asked}, separators=(",", ":"))
        return _with(self.metadata().authorization, query)

    def is_from_us(self, issuer: str | None) -> bool:
        """Whether an answer that names `issuer` may be this provider's (RFC 9207 §2.4): else it is mixed up."""
        if issuer is None:
            return not self.metadata().says_issuer
        return issuer == self.provider.issuer

    def prove(self, code: str, nonce: str, verifier: str) -> Proved:
        """Who it is, for a code of the provider's; ProviderDown or ProviderFault."""
        metadata, kind = self.metadata(), self.provider.kind
        given = self._redeem(metadata.token, code, verifier)
        access = _text(given, "access_token")
        if not kind.is_oidc:
            return Proved(self.provider.issuer, self._read_me(metadata.userinfo, access), "")
        token = _text(given, "id_token")
        expected = Expected(self.provider.issuer, self.provider.client_id, nonce, kind.acr)
        claims = self._open(token)
        check_id_token(claims, expected, self._now())
        if not kind.identifies:
            return Proved(self.provider.issuer, str(claims["sub"]), token)
        particulars = self._read_particulars(metadata.userinfo, access)
        check_userinfo(particulars, str(claims["sub"]), expected)
        # No issuer: it is the human who is named, and stays so when the provider moves to another address.
        return Proved("", civil_identity(particulars, kind.identifies, kind.may_be_empty), token)

    def leaving(self, id_token: str, back: str, ticket: str) -> str:
        """Where the phone ends the provider's session on its way back, "" where there is nothing to end."""
        end = self.metadata().end_session
        if not (self.provider.kind.ends_session and end and id_token):
            return ""
        return _with(end, {"id_token_hint": id_token, "state": ticket, "post_logout_redirect_uri": back})

    def _redeem(self, address: str, code: str, verifier: str) -> dict[str, Any]:
        provider = self.provider
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._callback}
        form |= {"client_id": provider.client_id} | ({"code_verifier": verifier} if provider.pkce else {})
        if self.keys is not None:
            form |= self.keys.assertion(provider.client_id, address, self._now(), self._random)
        else:
            form["client_secret"] = provider.client_secret
        answer = self._web.post(address, form)
        if answer.status != 200:
            raise ProviderFault(f"a code is answered with {answer.status} {_error_of(answer)}")
        return answer.members()

    def _read_particulars(self, address: str, access: str) -> Claims:
        answer = self._web.get(address, access, JWT)
        if answer.status != 200 or answer.kind != JWT:
            raise ProviderFault(f"the particulars are answered with {answer.status} {answer.kind}")
        return self._open(answer.text.strip())

    def _read_me(self, address: str, access: str) -> str:
        """The number of who has said yes. The proof says that the token was not taken from another app."""
        secret = self.provider.client_secret.encode("utf-8")
        proof = hmac.new(secret, access.encode("utf-8"), hashlib.sha256).hexdigest()
        answer = self._web.get(address, access, fields="id", appsecret_proof=proof)
        if answer.status != 200:
            raise ProviderFault(f"the number is answered with {answer.status}")
        return _text(answer.members(), "id")

    def _open(self, token: str) -> Claims:
        opening = None if self.keys is None else self.keys.opening
        return open_token(token, self.provider.kind, self._directory.keys, opening)


def _with(address: str, query: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def _text(members: dict[str, Any], name: str) -> str:
    found = members.get(name)
    if type(found) is not str or not 0 < len(found) <= 64 * 1024:
        raise ProviderFault(f"an answer has no {name}")
    return found


def _error_of(answer: Answer) -> str:
    """The code of an OAuth error, for the log; never its description, which may name somebody."""
    try:
        error = answer.members().get("error")
    except ProviderFault:
        return ""
    return error[:40] if type(error) is str and error.isidentifier() else ""
