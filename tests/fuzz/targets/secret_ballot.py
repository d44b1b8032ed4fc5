"""Secret ballots at the gate: signed by their own key, with a right that is wrong, missing, too much or another's."""

import random
import tomllib
from collections.abc import Callable
from functools import cache
from typing import Any

from civic import signing
from civic.admission import Rules, check
from civic.canonical import b64u_decode, b64u_encode, parse_json
from civic.consultation import parse_consultation
from civic.envelope import header_text, parse_envelope
from civic.refusals import Code, Refused
from civic.token import token_members
from tests.civic.issuers import ISSUER, OTHER_ISSUER, new_token
from tests.civic.town import MODULES, TEXTS, space
from tests.fuzz.mutation import junk, junk_but, spoil_text
from tests.fuzz.target import Target
from tests.fuzz.targets.envelope import signed, written
from tests.sync_server.secret_phones import ASKED, OPENS, SECRET, Bulletin

RULES = parse_consultation("filature", tomllib.loads(SECRET), TEXTS, space(), issuers={ASKED: ISSUER.key})
KNOWN = {RULES.slug: Rules(RULES, frozenset({RULES.mh}), ("fr", "en"))}
MINE, THEIRS = Bulletin(1, RULES), Bulletin(2, RULES)
HEADER = header_text(*signing.coordinates(MINE.citizen.key.public_key()))


@cache
def members() -> dict[str, Any]:
    """The payload of a valid ballot."""
    MINE.token = new_token(MINE.scope)
    text = MINE.vote("for")
    judge(text)
    found: dict[str, Any] = parse_json(b64u_decode(text.split(".")[1]))
    return found


def judge(text: str) -> None:
    act = check(parse_envelope(text), "valbrume", KNOWN, MODULES, OPENS + 100, "")
    if not act.is_secret:
        raise Refused(Code.NOT_TAKEN, "door")


@cache
def foreign_tokens() -> tuple[dict[str, str], ...]:
    """True signatures: of another key, or for another person, question, consultation or town."""
    mine = MINE.scope
    others = (
        THEIRS.scope, mine._replace(question="soir"), mine._replace(consultation="autre"), mine._replace(space="autre"),
    )  # fmt: skip
    return (token_members(new_token(mine, OTHER_ISSUER)), *(token_members(new_token(one)) for one in others))


def spoilt_token(chance: random.Random) -> dict[str, Any]:
    right = members()["token"]
    name = chance.choice(("m", "s"))
    other = chance.choice((
        lambda: junk_but(chance, lambda value: value == right),
        lambda: right | {name: junk(chance)},
        lambda: right | {name: spoil_text(chance, right[name])},
        lambda: right | {"z": "A"},
        lambda: {name: right[name]},
    ))()  # fmt: skip
    return members() | {"token": other}


def anothers_token(chance: random.Random) -> dict[str, Any]:
    return members() | {"token": chance.choice(foreign_tokens())}


def no_token(chance: random.Random) -> dict[str, Any]:
    return {name: value for name, value in members().items() if name != "token"}


def with_a_time(chance: random.Random) -> dict[str, Any]:
    return members() | {"iat": chance.choice((1, 1_790_000_000, True, None, "0"))}


def for_another_slot(chance: random.Random) -> dict[str, Any]:
    """A right to answer one question, used for something else."""
    slot = b64u_encode(chance.randbytes(16))
    named = next(one for one in RULES.questions if not one.secret)
    return members() | chance.choice((
        {"slot": f"ballot:{slot}"}, {"slot": f"ballot:{named.slot}", "body": {"question": named.id, "choice": []}},
        {"kind": "withdraw"}, {"kind": "comment", "slot": f"comment:{members()['jti']}"}, {"body": junk(chance)},
        {"a": "autre"}, {"aud": "autre"}, {"mh": b64u_encode(chance.randbytes(32))},
    ))  # fmt: skip


WAYS: tuple[Callable[[random.Random], dict[str, Any]], ...] = (
    spoilt_token, spoilt_token, anothers_token, no_token, with_a_time, for_another_slot,
)  # fmt: skip


def make(chance: random.Random) -> str:
    while (payload := chance.choice(WAYS)(chance)) == members():
        pass
    return signed(HEADER, written(payload), MINE.citizen.key)


TARGET = Target(
    "secret_ballot", make, judge,
    frozenset({
        Code.TOKEN_INVALID, Code.TOKEN_SCOPE, Code.BAD_PAYLOAD, Code.UNKNOWN_CONSULTATION,
        Code.WRONG_AUDIENCE, Code.WRONG_MANIFEST,
    }),
)  # fmt: skip
