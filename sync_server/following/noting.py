"""Notes in the database what has happened: what the worker holds in memory anyway, each key once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from zoneinfo import ZoneInfo

from civic.happenings import (
    STALE,
    Announces,
    Gathering,
    Happening,
    New,
    gatherings,
    of_announced,
    of_answers,
    of_new,
    of_rules,
)
from civic.space import Space
from sync_server.storage.happenings import Happenings
from sync_server.worker.fold import Fold


class Noting:
    """One town's. `now` gives epoch seconds."""

    def __init__(self, happenings: Happenings, now: Callable[[], int]) -> None:
        self._happenings, self._now = happenings, now
        self._noted: set[str] = set()
        self._gathered = 0

    def step(self, space: Space, folds: Sequence[Fold]) -> int:
        """Notes what has happened since; how much that is. It asks the database nothing where there is nothing new."""
        now, zone = self._now(), ZoneInfo(space.timezone)
        found = [one for fold in folds for one in _found(fold, now)]
        due = [one for one in gatherings(now, zone) if one.at > self._gathered]
        found += [one for gathering in due for fold in folds for one in of_new(_new(fold, gathering), gathering.at)]
        fresh = [one for one in found if one.key not in self._noted]
        self._happenings.note(space.id, fresh)
        self._noted = {one.key for one in found}
        self._gathered = max([self._gathered, *(one.at for one in due)])
        return len(fresh)


def _found(fold: Fold, now: int) -> Iterator[Happening]:
    rules = fold.consultation
    yield from of_rules(rules, fold.moment, now)
    yield from of_answers(rules, fold.answered_after(now - STALE), now)
    for module in fold.modules:
        if isinstance(module, Announces):
            yield from of_announced(rules, module.announced(rules), now)


def _new(fold: Fold, day: Gathering) -> list[New]:
    """What citizens added in that day: to the consultation, and to what is shown on a page of its own."""
    came = [one for one in fold.arrived_after(0) if day.start <= one.received_at < day.end]
    slug, shown = fold.consultation.slug, addresses(fold) if came else {}
    own = sum(one.kind in one.module.targets for one in came)
    about = Counter(one.subject for one in came if one.kind not in one.module.targets)
    said = [New(f"{slug}/{item}", *shown[item], many) for item, many in about.items() if item in shown]
    return ([New(slug, f"/{slug}/", 0, own)] if own else []) + said


def addresses(fold: Fold) -> dict[str, tuple[str, int]]:
    """Of what acts may be about: the address of its page, and the number it is called by, 0 where it has a name."""
    base = f"/{fold.consultation.slug}/"
    found = {item: (f"{base}{number}/", number) for item, number in fold.items_shown().items()}
    named = (one for module in fold.modules for one in module.declared(fold.consultation) if one.page is not None)
    return found | {one.id: (f"{base}{one.page}/" if one.page else base, 0) for one in named}
