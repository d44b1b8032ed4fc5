"""The code of a town's letter: ten signs of Crockford's base 32 and one that checks them (docs/formats.md §14.1).

Twin of themes/town/static/js/census_code.mjs.
"""

from __future__ import annotations

import re

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = SIGNS + "*~$=U"
LENGTH = 10
BITS = 5 * LENGTH
_BETWEEN = re.compile(r"[\s\ufeff\u2010-\u2015-]")
_MISREAD = str.maketrans("OIL", "011")


def census_code(value: int) -> str:
    """The eleven signs of a number of BITS bits; ValueError for any other."""
    if not 0 <= value < 1 << BITS:
        raise ValueError("a code holds fifty bits")
    signs = "".join(SIGNS[value >> shift & 31] for shift in range(BITS - 5, -1, -5))
    return signs + CHECKS[value % len(CHECKS)]


def is_plain(code: str) -> bool:
    """Whether its last sign is a letter or a figure too: the others are hard to find on a phone."""
    return code[-1] in SIGNS


def read_census_code(written: str) -> str:
    """The code as it is known, "" where it can't be one: a sign too many, too few, or misread.

    Spaces, dashes and small letters are forgiven, O is read as 0, I and L as 1.
    """
    code = _BETWEEN.sub("", written.upper()).translate(_MISREAD)
    if len(code) != LENGTH + 1 or any(sign not in SIGNS for sign in code[:LENGTH]):
        return ""
    value = 0
    for sign in code[:LENGTH]:
        value = value * 32 + SIGNS.index(sign)
    return code if CHECKS[value % len(CHECKS)] == code[LENGTH] else ""


def on_paper(code: str) -> str:
    """The code in groups, as a letter shows it: "7K3Q P9T4 MZ2"."""
    return f"{code[:4]} {code[4:8]} {code[8:]}"
