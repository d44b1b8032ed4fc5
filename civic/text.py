"""What a citizen may write in a text field; twin of themes/town/static/js/text.mjs, tested on the same vectors."""

from __future__ import annotations

import re
import unicodedata

from civic.refusals import Code, Refused

# Controls but line feed, C1 controls, bidirectional overrides, and non-characters nobody means to write.
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")
# What JavaScript's String.prototype.trim removes, so that both sides agree.
_EDGE = (
    " \n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def check_text(value: object, field: str, low: int, high: int, *, lines: bool = False) -> str:
    """`value` if it is a text of `low` to `high` code points in NFC, trimmed, without forbidden characters.

    Refused BAD_PAYLOAD otherwise: the phone normalises before it signs, so this never meets an honest mistake.
    """
    if type(value) is not str or not low <= len(value) <= high:
        raise Refused(Code.BAD_PAYLOAD, field)
    if not value.isascii() and not unicodedata.is_normalized("NFC", value):
        raise Refused(Code.BAD_PAYLOAD, field)
    if _FORBIDDEN.search(value) or (not lines and "\n" in value) or value.strip(_EDGE) != value:
        raise Refused(Code.BAD_PAYLOAD, field)
    return value


def normalise(value: str, *, lines: bool = False) -> str:
    """`value` as the phone would write it: forbidden characters out, NFC, line ends as \\n, trimmed."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    # Out first: a letter and its accent may meet once what stood between them is gone.
    text = unicodedata.normalize("NFC", _FORBIDDEN.sub("", text))
    if not lines:
        text = text.replace("\n", " ")
    return text.strip(_EDGE)
