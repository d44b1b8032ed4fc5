"""What the ballots add up to, by the rules everybody shares (civic.replay): heads, totals, participation, documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from civic.admission import FORM_VOTER, Act
from civic.consultation import Consultation
from civic.module import Document, Entry, Module, Modules, module_of
from civic.refusals import Code, Refused
from civic.replay import Standing, count_changes
from civic.rows import Withheld
from civic.secrecy import least_persons
from civic.slots import Head, is_ballot

NOBODY = ""  # holds a slot until the act that justifies its room is met


class _Words(NamedTuple):
    """The standing act of a slot that pages show; `payload` is None once withdrawn."""

    payload: Any
    rx: int


class Recount:
    """Acts taken in the order of their numbers. `rules` are widened ones, `is_patient` where entries were erased."""

    def __init__(self, rules: Consultation, modules: Modules, *, is_patient: bool) -> None:
        self.rules, self.modules, self.is_patient = rules, modules, is_patient
        self.standing = Standing()
        self.newest = 0  # receive time of the newest act that changed a total
        self._as_of: dict[str, int] = {}  # the same by item
        self._words: dict[str, _Words] = {}  # slot -> what is shown of it
        self._rooms: set[str] = set()
        self._secret: set[str] = set()  # voters of whom nobody knows who they are

    def take(self, act: Act, no: int) -> None:
        """Counts record `no`; Refused where the gate could not have let it in."""
        slug, slot = self.rules.slug, act.envelope.slot
        if self.standing.owners.get((slug, slot)) == NOBODY:
            self._move_in(slot, act.voter)
        if act.is_secret:
            self._secret.add(act.voter)
        before = self.standing.head(slug, slot, act.voter)
        if not self._settle(act, no):
            return
        for counted, _ in count_changes(before, self.standing.heads[(slug, slot, act.voter)]):
            self.newest = max(self.newest, act.rx)
            self._as_of[counted.item] = max(act.rx, self._as_of.get(counted.item, 0))
        if act.kind in act.module.tables:
            self._words[slot] = _Words(act.payload, act.rx)

    def leave_room(self, line: Withheld) -> None:
        """Keeps the place, and the number, of words that a later act of their author replaces, or the town hides."""
        if not line.is_hidden or self._module(line.slot.partition(":")[0]) is None:
            self._rooms.add(line.slot)
        if (self.rules.slug, line.slot) not in self.standing.owners:
            self._hold(line.slot, line.no, line.rx)

    def unjustified(self) -> Iterator[str]:
        """Slots said to hold replaced words where no later act of their author is among those taken."""
        for slot in sorted(self._rooms):
            owner = self.standing.owner(self.rules.slug, slot)
            is_shown = self._module(slot.partition(":")[0]) is not None
            if owner is None or owner.voter == NOBODY or owner.rev < 2 or not is_shown:
                yield slot

    def results(self) -> Document:
        """Participation, and when the figures date from, as the snapshot has it (docs/formats.md §6)."""
        counted = [head for head in self.standing.heads.values() if is_ballot(head.counted)]
        secret = Counter(head.slot for head in counted if head.voter in self._secret)
        named = {head.voter for head in counted if head.voter not in self._secret}
        return {
            "ballots": len(counted),
            "voters": least_persons(len(named), secret.values()),
            "unsigned": sum(head.voter.startswith(FORM_VOTER) for head in counted),
            "closed_at": self.rules.closes_at,
            "as_of": max(self.rules.closes_at, self.newest),
        }

    def documents(self) -> Mapping[str, list[Document]]:
        """The rows of every table of the snapshot: what the town declared, then heads in the order of their records."""
        numbers: Counter[str] = Counter()
        votes = self._votes()
        tables = self._declared(votes)
        owned = (self.standing.owner(self.rules.slug, slot) for _, slot in self.standing.owners)
        shown = [head for head in owned if head is not None and self._module(head.slot.partition(":")[0])]
        for head in sorted(shown, key=lambda one: one.first_no):
            kind = head.slot.partition(":")[0]
            module = self._module(kind)
            if module is not None:
                numbers[kind] += 1
                document = module.document(self._entry(head, module, numbers[kind], votes))
                tables.setdefault(module.tables[kind], []).append(document)
        return tables

    def _declared(self, votes: Mapping[str, Mapping[str, int]]) -> dict[str, list[Document]]:
        tables: dict[str, list[Document]] = {}
        own = [self.modules[name] for name in self.rules.modules if name in self.modules]
        declared = [(one, module) for module in own for one in module.declared(self.rules)]
        for number, (one, module) in enumerate(declared, 1):
            if not one.table:
                continue
            entry = Entry(
                kind="", id=one.id, subject=one.id, number=number, no=0, received_at=0,
                as_of=self._as_of.get(one.id, 0), revised=False, withdrawn=False, unsigned=False, payload=None,
                votes=votes.get(one.id, {}) if module.choices else None, final_rules=self.rules,
            )  # fmt: skip
            tables.setdefault(one.table, []).append(module.document(entry))
        return tables

    def _settle(self, act: Act, no: int) -> bool:
        try:
            return self.standing.take(act, no)
        except Refused as refused:
            if refused.code is not Code.UNKNOWN_TARGET or not self.is_patient or not refused.field:
                raise
            # What it answers may be among the erased: nobody can say it was not.
            self._hold(refused.field, no, act.rx)
            return self.standing.take(act, no)

    def _hold(self, slot: str, no: int, rx: int) -> None:
        head = Head(slot, NOBODY, 0, "", no, no, rx, slot.partition(":")[2], (), withdrawn=False)
        self.standing.heads[(self.rules.slug, slot, NOBODY)] = head
        self.standing.owners[(self.rules.slug, slot)] = NOBODY

    def _move_in(self, slot: str, voter: str) -> None:
        head = self.standing.heads.pop((self.rules.slug, slot, NOBODY))
        self.standing.heads[(self.rules.slug, slot, voter)] = head._replace(voter=voter)
        self.standing.owners[(self.rules.slug, slot)] = voter

    def _module(self, kind: str) -> Module | None:
        module = module_of(self.modules, self.rules, kind)
        return module if module is not None and kind in module.tables else None

    def _votes(self) -> dict[str, dict[str, int]]:
        votes: dict[str, dict[str, int]] = {}
        for (_, counted), number in self.standing.totals.items():
            votes.setdefault(counted.item, {})[counted.choice] = number
        return votes

    def _entry(self, head: Head, module: Module, number: int, votes: Mapping[str, Mapping[str, int]]) -> Entry:
        words = self._words.get(head.slot, _Words(None, head.first_rx))
        kind, _, identity = head.slot.partition(":")
        is_gone = words.payload is None
        return Entry(
            kind=kind, id=identity, subject=head.subject, number=number, no=head.first_no, received_at=head.first_rx,
            as_of=max(words.rx, self._as_of.get(identity, 0)), revised=head.rev > 1 and not is_gone,
            withdrawn=is_gone, unsigned=head.voter.startswith(FORM_VOTER), payload=words.payload,
            votes=votes.get(identity, {}) if module.choices else None, final_rules=self.rules,
        )  # fmt: skip
