"""Words brought to what they have in common: accents, endings; twin of themes/town/static/js/stems.mjs (same vectors).

Light on purpose: a few endings a language, so that *vélos* finds *vélo* and *Häuser* finds *Haus*. What it makes is
compared, never shown.
"""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"}
_TWO = re.compile("[œæßø]")
_WORD = re.compile(r"[^\W_]+")
# Said in every sentence, so that they tell nothing of what it is about.
_SAID_EVERYWHERE = """
le la les un une des du de au aux et ou en dans par pour sur avec sans ce cet cette ces il elle on nous vous ils
est sont que qui pas plus ne se son sa ses leur leurs mon ma mes notre nos votre vos
the an of to in on at for and or with is are be it this that we you they not our your their
der die das den dem ein eine einen und oder in im am auf mit fur von zu zum zur ist sind es wir sie nicht sich
het een en of op te van voor met niet zijn wij je ze dat die dit
"""
_STOPS = frozenset(_SAID_EVERYWHERE.split())
# Of each language, in order: an ending, and what stands in its place behind the beginning.
_ENDINGS = {
    code: tuple((re.compile(pattern), by) for pattern, by in rules)
    for code, rules in {
        "fr": (
            ("^(.+[^e])aux$", "al"), ("^(.{3,})ail$", "al"), ("^(.{3,})[sx]$", ""),
            ("^(.{4,}?)(?:e?ment|ation)$", ""), ("^(.{4,}?)(?:er|ee?)$", ""),
        ),
        "en": (
            ("^(.{2,})ies$", "y"), ("^(.+(?:[sxz]|ch|sh))es$", ""), ("^(.{2,}[^siu])s$", ""),
            ("^(.{4,}?)(?:ation|ing|ed|ment|e)$", ""), ("^(.{2,}?([^aeiouls]))\\2$", ""),
        ),
        "de": (("^(.{3,})ung(?:en)?$", ""), ("^(.{3,}?)(?:e[nrsm]?|n)$", ""), ("^(.{4,})s$", "")),
        "nl": (
            ("^(.{3,})heden$", "heid"), ("^(.{3,}?)(?:er)?en?$", ""), ("^(.{4,})s$", ""),
            ("^(.{2,}?([^aeiou]))\\2$", ""), ("^(.+)v$", "f"), ("^(.+)z$", "s"),
            ("^(.*([aeou]))\\2(?=[^aeiou]$)", ""),
        ),
    }.items()
}  # fmt: skip


def fold(text: str) -> str:
    """`text` in small letters without accents; letters that stand for two are two."""
    small = _TWO.sub(lambda match: _LETTERS[match[0]], text.lower())
    return _ACCENTS.sub("", unicodedata.normalize("NFD", small))


def words_of(text: str) -> list[str]:
    """The folded words of a text, in order, without those of one letter and those that every sentence has."""
    return [word for word in _WORD.findall(fold(text)) if len(word) > 1 and word not in _STOPS]


def stem(word: str, lang: str) -> str:
    """What a folded word has in common with its other forms in the language `lang`; itself in one not known here."""
    for pattern, by in _ENDINGS.get(lang, ()):
        word = pattern.sub(lambda match, by=by: match[1] + by, word)  # type: ignore[misc]
    return word


def stems_of(text: str, lang: str) -> list[str]:
    """The stems of a text's words, in order."""
    return [stem(word, lang) for word in words_of(text)]
