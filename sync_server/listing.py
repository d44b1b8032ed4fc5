"""Words that may be published once somebody has read them: those that stand, and what was said of them (formats §35).

A verdict is kept under a mark of the words that only this server can make: it tells nothing of who wrote them, nor what
they were once they are erased, and it holds for words that stand, whoever wrote them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from civic.consultation import Consultation
from civic.groups import LEAST
from civic.listing import UNREAD, Listed, told_of
from civic.module import Listable, ListsWords, Modules
from sync_server.confided import words_of
from sync_server.storage.reading import Reading
from sync_server.storage.verdicts import verdicts_of
from sync_server.vault import Vault


class Readable(NamedTuple):
    """Words that a moderator reads: how many people wrote them, and the verdict, `UNREAD` before any."""

    mark: str
    words: str
    people: int
    verdict: str


def listable_in(modules: Modules, rules: Consultation) -> tuple[Listable, ...]:
    """What words may be published about in a consultation."""
    own = [modules[name] for name in rules.modules if name in modules]
    return tuple(one for module in own if isinstance(module, ListsWords) for one in module.listable(rules))


def read_words(
    now: Reading, vault: Vault, modules: Modules, rules: Consultation, *, is_over: bool
) -> dict[str, list[Readable]]:
    """The words to read about each of `listable_in`, in the order of the alphabet.

    While people answer they come by LEAST, so that who looks often does not see them come one by one; of fewer than
    LEAST nothing is read, for nothing will be published.
    """
    verdicts = verdicts_of(now, rules.space, rules.slug)
    found: dict[str, list[Readable]] = {one.id: [] for one in listable_in(modules, rules)}
    for about, written in _written(now, modules, rules).items():
        whole = len(written) if is_over and len(written) >= LEAST else len(written) - len(written) % LEAST
        for words, people in sorted(Counter(written[:whole]).items(), key=lambda one: (one[0].casefold(), one[0])):
            mark = mark_of(vault, rules, about, words)
            found[about].append(Readable(mark, words, people, verdicts.get(mark, UNREAD)))
    return found


def listed_in(now: Reading, vault: Vault, modules: Modules, rules: Consultation) -> Mapping[str, Mapping[str, Listed]]:
    """What pages tell once the votes are final, by what the town declared, then by what it is about."""
    listable = listable_in(modules, rules)
    if not listable:
        return {}
    verdicts = verdicts_of(now, rules.space, rules.slug)
    written = _written(now, modules, rules)
    found: defaultdict[str, dict[str, Listed]] = defaultdict(dict)
    for one in listable:

        def verdict_of(words: str, about: str = one.id) -> str:
            return verdicts.get(mark_of(vault, rules, about, words), UNREAD)

        told = told_of(written.get(one.id, ()), verdict_of)
        if told is not None:
            found[one.item][one.id] = told
    return found


def mark_of(vault: Vault, rules: Consultation, about: str, words: str) -> str:
    """The mark of words about `about` in a consultation."""
    return vault.mark("listing", rules.space, rules.slug, about, words)


def _written(now: Reading, modules: Modules, rules: Consultation) -> dict[str, list[str]]:
    """Words that may be published, one person's each, in the order of their records."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in words_of(now, rules, modules):
        if one.listed:
            found[one.listed].append(one.words)
    return found
