"""From records to what counts: the ledger replayed from nothing gives the same heads and totals as its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from civic.admission import Act, Rules, settle
from civic.canonical import parse_json
from civic.consultation import Category, Consultation
from civic.envelope import Envelope
from civic.module import Module, Modules, module_of, needs_of
from civic.questions import widened_questions
from civic.refusals import Refused
from civic.slots import Counted, Head


@dataclass(slots=True)
class Standing:
    """Heads and totals after some records; also the plain in-memory LedgerView that tests and auditors use."""

    heads: dict[tuple[str, str, str], Head] = field(default_factory=dict)  # (consultation, slot, voter)
    owners: dict[tuple[str, str], str] = field(default_factory=dict)  # (consultation, slot) -> first voter
    held: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # (consultation, kind, voter)
    totals: Counter[tuple[str, Counted]] = field(default_factory=Counter)

    def head(self, consultation: str, slot: str, voter: str) -> Head | None:
        """See LedgerView."""
        return self.heads.get((consultation, slot, voter))

    def owner(self, consultation: str, slot: str) -> Head | None:
        """See LedgerView."""
        voter = self.owners.get((consultation, slot))
        return None if voter is None else self.heads[(consultation, slot, voter)]

    def slots_held(self, consultation: str, kind: str, voter: str) -> int:
        """See LedgerView."""
        return self.held[(consultation, kind, voter)]

    def take(self, act: Act, no: int) -> bool:
        """Settles `act` as record `no` and keeps what it does; True if it counts now. Refused as `settle`."""
        settlement = settle(act, no, self)
        if not settlement.is_winning:
            return False
        slug, head = act.consultation.slug, settlement.head
        self.heads[(slug, head.slot, head.voter)] = head
        if settlement.replaced is None:
            self.owners.setdefault((slug, head.slot), head.voter)
            self.held[(slug, act.kind, head.voter)] += 1
        for counted, step in count_changes(settlement.replaced, head):
            self.totals[(slug, counted)] += step
        return True


def count_changes(replaced: Head | None, head: Head) -> tuple[tuple[Counted, int], ...]:
    """What a new head adds to and takes from the totals."""
    taken = () if replaced is None else replaced.counted
    return tuple((one, -1) for one in taken) + tuple((one, 1) for one in head.counted)


def replay(acts: Iterable[tuple[int, Act]]) -> Standing:
    """The standing after all `(no, act)`, which must be the admitted records of a ledger in order."""
    standing = Standing()
    for no, act in acts:
        standing.take(act, no)
    return standing


def widened(rules: Rules, manifests: Iterable[bytes]) -> Rules:
    """Rules wide enough for every act ever admitted, whatever the town has changed since.

    What any of the consultation's `manifests` allowed is allowed; limits are gone, for they were kept at the time.
    """
    consultation, known = rules.consultation, [parse_json(one) for one in manifests]
    modules = dict.fromkeys(consultation.modules) | dict.fromkeys(_all(known, "modules"))
    labels = {one.id: one for one in consultation.categories}
    categories = [labels.get(one, Category(one, {})) for one in dict.fromkeys([*labels, *_all(known, "categories")])]
    if any(not one["categories"] for one in known) and categories:
        categories.append(Category("", {}))  # once there was none
    languages = dict.fromkeys([*rules.languages, *_all(known, "question_sha256")])
    asked = [one for manifest in known for one in manifest.get("questions", ())]
    questions = widened_questions(consultation.slug, consultation.questions, asked)
    wide = replace(
        consultation, modules=tuple(modules), categories=tuple(categories), limits={}, questions=questions
    )  # fmt: skip
    return rules._replace(consultation=replace(wide, earlier=_earlier(wide, known)), languages=tuple(languages))


def _earlier(wide: Consultation, manifests: Iterable[Mapping[str, Any]]) -> tuple[Consultation, ...]:
    """The rules under each of the settings of before, the newest first."""
    found: list[Consultation] = []
    for one in manifests:
        settings, languages = one.get("settings", {}), tuple(one["question_sha256"])
        if settings != wide.settings and all(settings != each.settings for each in found):
            found.insert(0, replace(wide, settings=settings, languages=languages))
    return tuple(found)


def parse_again(
    module: Module, kind: str, body: Mapping[str, Any], wide: Consultation, languages: tuple[str, ...]
) -> Any:
    """The payload of an act that was admitted once; `wide` is of `widened`. Refused where no rules of its time fit."""
    try:
        return module.parse(kind, body, wide, languages)
    except Refused:
        for one in wide.earlier:
            try:
                return module.parse(kind, body, one, languages)
            except Refused:
                continue
        raise


def _all(manifests: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    return [value for manifest in manifests for value in manifest[name]]


def admitted(envelope: Envelope, voter: str, rx: int, rules: Mapping[str, Rules], modules: Modules) -> Act:
    """The act of a record, whose envelope was admitted for `voter` at `rx`; `rules` are widened ones.

    KeyError where its consultation, or the module of its kind, is no longer there.
    """
    known, kind = rules[envelope.consultation], envelope.slot_kind
    module = module_of(modules, known.consultation, kind)
    if module is None:
        raise KeyError(kind)
    is_empty = envelope.kind == "withdraw"
    payload = None if is_empty else parse_again(module, kind, envelope.body, known.consultation, known.languages)
    wide, slot_id = known.consultation, envelope.slot_id
    needs = () if is_empty else needs_of(modules, module, wide, kind, slot_id, payload)
    return Act(envelope, wide, module, kind, voter, payload, rx, was_admitted=True, needs=needs)
