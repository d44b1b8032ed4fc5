"""Why a town hall may hide somebody's words: the reasons of its charter, one word each in every catalogue."""

from __future__ import annotations

from typing import NamedTuple

from civic.refusals import Code, Refused
from civic.text import check_text, normalise

REASONS = ("attack", "hate", "private", "unlawful", "advert", "offtopic", "other")
MOST_LETTERS = 500


class Hidden(NamedTuple):
    """What stands in the place of hidden words: a reason of the charter, and what the clerk added to it."""

    reason: str
    words: str


def check_hidden(reason: str, words: str) -> Hidden:
    """The reason as it is published; Refused BAD_PAYLOAD for one that is not in the charter, or unfit words."""
    if reason not in REASONS:
        raise Refused(Code.BAD_PAYLOAD, "reason")
    return Hidden(reason, check_text(normalise(words), "words", 0, MOST_LETTERS))
