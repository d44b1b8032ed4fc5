"""How alike two texts are, by the stems they share; twin of themes/town/static/js/likeness.mjs (same vectors)."""

from __future__ import annotations

from typing import NamedTuple

from civic.stems import stems_of

ENOUGH = 30  # of 100: below it two texts are not said to be alike
_SHARED = 2  # words at least: one says too little, unless there is no other


class Gist(NamedTuple):
    """The stems of a title, and those of title and text together."""

    title: frozenset[str]
    whole: frozenset[str]


def gist(title: str, text: str, lang: str) -> Gist:
    """What a text in the language `lang` is compared by."""
    first = frozenset(stems_of(title, lang))
    return Gist(first, first.union(stems_of(text, lang)))


def likeness(one: Gist, other: Gist) -> int:
    """From 0 to 100: twice the stems that both have, of all that each has; titles alone or with texts, the higher."""
    return max(_shared(one.title, other.title), _shared(one.whole, other.whole))


def _shared(one: frozenset[str], other: frozenset[str]) -> int:
    both, all_told = len(one & other), len(one) + len(other)
    return 200 * both // all_told if both >= _SHARED or 0 < all_told == 2 * both else 0
