"""Tokens: `parse_token`, then `check_token` for one scope. Many are truly signed, for another scope or another text."""

import random
from collections.abc import Callable
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

from civic.canonical import b64u_encode
from civic.issuer import Issuer
from civic.refusals import Code
from civic.token import TokenScope, check_token, parse_token, token_members, token_text
from tests.civic.issuers import ISSUER, OTHER_ISSUER, SCOPE, new_token
from tests.fuzz.mutation import junk, junk_but, spoil_bytes, spoil_text
from tests.fuzz.target import Target

TEXT = token_text(SCOPE).decode("ascii")
GOOD = new_token()
MEMBERS = token_members(GOOD)
N, S = ISSUER.key.n, int.from_bytes(GOOD.s, "big")


@cache
def private(issuer: Issuer) -> rsa.RSAPrivateKey:
    """The issuer's key as `cryptography` has it: it signs a plain text a hundred times faster than blindly."""
    public = rsa.RSAPublicNumbers(issuer.key.e, issuer.key.n)
    d = pow(issuer.key.e, -1, (issuer.p - 1) * (issuer.q - 1))
    numbers = rsa.RSAPrivateNumbers(issuer.p, issuer.q, d, issuer.d_p, issuer.d_q, issuer.q_inverse, public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def signed(chance: random.Random, text: bytes, issuer: Issuer = ISSUER, salt_bytes: int = 48) -> dict[str, str]:
    message = chance.randbytes(32) + text
    pss = padding.PSS(padding.MGF1(SHA384()), salt_bytes)
    return {"m": b64u_encode(message), "s": b64u_encode(private(issuer).sign(message, pss, SHA384()))}


def judge(members: Any) -> None:
    check_token(parse_token(members), SCOPE, ISSUER.key)


def spoilt_form(chance: random.Random) -> Any:
    """Not two members of text."""
    way = chance.randrange(4)
    if way == 0:
        return junk_but(chance, lambda value: value == MEMBERS)
    if way == 1:
        return MEMBERS | {chance.choice(("v", "alg", "", "M")): junk(chance)}
    name = chance.choice(("m", "s"))
    if way == 2:
        return {name: MEMBERS[name]}
    return MEMBERS | {name: junk_but(chance, lambda value: value == MEMBERS[name])}


def spoilt_letters(chance: random.Random) -> Any:
    name = chance.choice(("m", "s"))
    return MEMBERS | {name: spoil_text(chance, MEMBERS[name])}


def spoilt_number(chance: random.Random) -> Any:
    """A signature that is another number, or the same one written otherwise."""
    others = (0, 1, N - 1, N, N - S, S + 1, S ^ 1 << chance.randrange(2048), S * S % N, chance.randrange(N))
    if chance.random() < 0.2:
        return MEMBERS | {"s": b64u_encode(chance.choice((S, S + N, *others)).to_bytes(257, "big"))}
    return MEMBERS | {"s": b64u_encode(chance.choice(others).to_bytes(256, "big"))}


def spoilt_bytes(chance: random.Random) -> Any:
    if chance.random() < 0.5:
        return token_members(GOOD._replace(m=spoil_bytes(chance, GOOD.m)))
    return token_members(GOOD._replace(s=spoil_bytes(chance, GOOD.s)))


def signed_for_another(chance: random.Random) -> Any:
    """A true right to vote, elsewhere; or here, under the key of another question or in another variant."""
    way = chance.randrange(6)
    if way == 0:
        return signed(chance, TEXT.encode("ascii"), OTHER_ISSUER)
    if way == 1:
        return signed(chance, TEXT.encode("ascii"), salt_bytes=chance.choice((0, 20, 32, 47, 49)))
    names = list(SCOPE)
    place = chance.randrange(4)
    names[place] = b64u_encode(chance.randbytes(32)) if place == 3 else chance.choice(("autre", "q2", "a-b", "0"))
    return signed(chance, token_text(TokenScope(*names)))


def signed_nonsense(chance: random.Random) -> Any:
    """A text that the town signed without seeing it, and that is none."""
    while (text := spoil_text(chance, TEXT)) == TEXT:
        pass
    return signed(chance, text.encode("utf-8", "surrogatepass"))


WAYS: tuple[Callable[[random.Random], Any], ...] = (
    spoilt_form, spoilt_letters, spoilt_letters, spoilt_number, spoilt_bytes, signed_for_another, signed_nonsense,
)  # fmt: skip


def make(chance: random.Random) -> Any:
    while (members := chance.choice(WAYS)(chance)) == MEMBERS:
        pass
    return members


TARGET = Target("token", make, judge, frozenset({Code.TOKEN_INVALID, Code.TOKEN_SCOPE}))
