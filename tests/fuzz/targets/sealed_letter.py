"""Private letters: the body of the act, and what was sealed in it, which whoever seals may fill with anything."""

import random
from typing import Any

from civic.canonical import b64u_encode
from civic.refusals import Code
from civic.sealed_letter import STEP, Words, padded, parse_sealed_letter, parse_words
from tests.civic.test_sealed_letter import KNOWN
from tests.fuzz.mutation import junk, spoil_text
from tests.fuzz.target import Target

BODY: dict[str, Any] = KNOWN["letters"][0]["body"]
INSIDE = padded(Words("Le banc", "Il est cassé depuis lundi.", "fr"))
POINT = BODY["reply"]
SIZES = (0, 1, 64, 65, 81, 82, 65 + 16 + STEP - 1, 65 + 16 + STEP + 1, 65 + 16 + 17 * STEP)


def spoilt_body(chance: random.Random) -> Any:
    """A body that is no letter."""
    body, way = dict(BODY), chance.randrange(5)
    if way == 0:
        body.pop(chance.choice(list(body)))
    elif way == 1:
        body[chance.choice(("text", "subject", "", "Thread"))] = junk(chance)
    elif way == 2:
        body["sealed"] = b64u_encode(bytes(chance.choice(SIZES)))
    elif way == 3:
        name = chance.choice(("to", "thread"))
        body[name] = chance.choice((0, True, [], {}, "", "A", "é" * 22, "A" * 44, spoil_text(chance, BODY["to"]) + "="))
    else:
        body["reply"] = chance.choice((None, 1, "", POINT + "A", POINT[:-1], "A" + POINT[1:], "BAAA" + POINT[4:]))
    return body


def spoilt_inside(chance: random.Random) -> bytes:
    """What no form of ours would seal."""
    other = chance.choice((
        lambda: INSIDE[: -chance.randrange(1, STEP)],
        lambda: INSIDE + b" " * chance.randrange(1, STEP),
        lambda: INSIDE.replace(b'"lang"', b'"Lang"'),
        lambda: INSIDE.replace(b'"fr"', chance.choice((b'"FR"', b"1", b"null", b'"francais"'))).ljust(STEP)[:STEP],
        lambda: chance.randbytes(STEP),
        lambda: b"[" * STEP,
        lambda: INSIDE.replace(b"Le banc", b"Le\nbanc"),
    ))()  # fmt: skip
    return bytes(other)


def make(chance: random.Random) -> Any:
    return chance.choice((spoilt_body, spoilt_inside))(chance)


def judge(case: Any) -> None:
    if isinstance(case, bytes):
        parse_words(case)
    else:
        parse_sealed_letter(case, {BODY["to"]})


TARGET = Target("sealed_letter", make, judge, frozenset({Code.BAD_PAYLOAD, Code.BAD_OPTION}))
