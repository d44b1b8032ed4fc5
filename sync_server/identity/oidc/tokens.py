"""Tokens are opened here and nowhere else: signature, whose, for whom, when, for which question (OpenID Connect Core).

The algorithms are ours to name, by provider; a token that names another is refused (RFC 8725 §3.1).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any, NamedTuple

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from civic.canonical import parse_json
from sync_server.identity.oidc.faults import ProviderFault
from sync_server.identity.oidc.providers import Kind

LEEWAY = 120  # seconds between two clocks that both mean to be right
MOST_AGE = 900  # an identity token is read within seconds of its making
SEALING = ("RSA-OAEP-256",)
CONTENT = ("A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM")

Claims = dict[str, Any]


class Expected(NamedTuple):
    """What an identity token must say."""

    issuer: str
    client_id: str
    nonce: str
    acr: tuple[str, ...]  # one of these; none: anything


def open_token(text: str, kind: Kind, keys: Callable[[str | None], KeySet], ours: RSAKey | None) -> Claims:
    """The claims of a signed token, taken out of its encryption first where the provider encrypts.

    ProviderFault where it is not sealed as agreed, or the signature does not check under a key of `keys`.
    """
    try:
        inner = _unsealed(text, ours) if kind.is_sealed else text
        registry = jws.JWSRegistry(algorithms=kind.algorithms, strict_check_header=False)
        kid = jws.extract_compact(inner.encode("ascii")).headers().get("kid")
        claims = parse_json(jws.deserialize_compact(inner, keys(kid), registry=registry).payload)
    except (JoseError, ValueError) as error:
        raise ProviderFault(f"a token does not open: {type(error).__name__}") from error
    if type(claims) is not dict:
        raise ProviderFault("a token has no claims")
    return claims


def _unsealed(text: str, ours: RSAKey | None) -> str:
    if ours is None:
        raise ProviderFault("a token is sealed for a key that we do not have")
    # itsme repeats iss and aud in the header, which is lawful (RFC 7519 §5.3) but not registered for JWE.
    registry = jwe.JWERegistry(algorithms=[*SEALING, *CONTENT], strict_check_header=False)
    found = jwe.decrypt_compact(text, ours, registry=registry).plaintext
    return (found or b"").decode("ascii")


def check_id_token(claims: Claims, expected: Expected, now: int) -> None:
    """ProviderFault unless the token is this provider's, for us, of now, for this enrolment, and proves enough.

    OpenID Connect Core §3.1.3.7; `acr` because asking for a level is not being given it.
    """
    audience = claims.get("aud")
    audiences = audience if type(audience) is list else [audience]
    if claims.get("iss") != expected.issuer:
        raise ProviderFault("an identity token is another issuer's")
    if expected.client_id not in audiences or (len(audiences) > 1 and "azp" not in claims):
        raise ProviderFault("an identity token is for somebody else")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise ProviderFault("an identity token was given to somebody else")
    exp, iat = claims.get("exp"), claims.get("iat")
    if type(exp) is not int or type(iat) is not int or exp + LEEWAY < now or not -MOST_AGE <= iat - now <= LEEWAY:
        raise ProviderFault("an identity token is not of now")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), expected.nonce.encode()):
        raise ProviderFault("an identity token answers another question")
    if expected.acr and claims.get("acr") not in expected.acr:
        raise ProviderFault("an identity token proves less than was asked")
    if not _is_subject(claims.get("sub")):
        raise ProviderFault("an identity token is about nobody")


def check_userinfo(claims: Claims, subject: str, expected: Expected) -> None:
    """ProviderFault unless it is about the same subject (OpenID Connect Core §5.3.2), from and for the same parties."""
    audience = claims.get("aud", expected.client_id)
    if claims.get("sub") != subject:
        raise ProviderFault("the particulars are somebody else's")
    if claims.get("iss", expected.issuer) != expected.issuer:
        raise ProviderFault("the particulars are another issuer's")
    if expected.client_id not in (audience if type(audience) is list else [audience]):
        raise ProviderFault("the particulars are for somebody else")


def _is_subject(value: object) -> bool:
    return type(value) is str and 0 < len(value) <= 255
