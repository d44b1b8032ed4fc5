"""One consultation's public state in memory, kept up to date record by record (docs/formats.md §6).

Pure: heads and totals of the ledger come in, documents go out. A vote costs the same however much there is to vote
on: it touches the document of what it is about, or, while counts are hidden, nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from civic.admission import FORM_VOTER, Rules
from civic.canonical import b64u_decode, parse_json
from civic.consultation import Consultation
from civic.happenings import Said
from civic.module import NONE_LISTED, Document, Entry, Module, Modules
from civic.official import answers_document
from civic.phases import Moment, are_counts_public
from civic.photos import NO_PHOTOS, Album, attached_by
from civic.queues import Place, queued_kinds, queues_of
from civic.replay import parse_again, widened
from civic.revisions import changes_of
from civic.secrecy import secret_question
from sync_server.storage.reading import HeadRow, Line, Participation
from sync_server.worker.parts import (
    ANSWERS,
    HIDDEN,
    LINES,
    NO_MARK,
    NO_QUEUES,
    NOTHING,
    NOTHING_DECIDED,
    Arrival,
    Decided,
    Kept,
    Mark,
    Put,
    Tables,
    Tally,
    erased,
    line_of,
)


class Fold:
    """The documents of one consultation under one version of its rules, at one moment.

    New rules or a boundary passed mean another Fold, loaded from the heads again. `past` are the manifests it ever
    had: what was admitted under the rules of its day still parses under those of today. `album` are the photos that
    can be shown; whoever changes it says of which acts (`redraw`).
    """

    def __init__(
        self,
        consultation: Consultation,
        languages: tuple[str, ...],
        past: Sequence[bytes],
        modules: Modules,
        now: Moment,
        album: Album = NO_PHOTOS,
    ) -> None:
        self.consultation, self.moment, self._album = consultation, now, album
        self.has_other_photos = False  # whether `photos` may differ from when this was last set to False
        self.is_public = are_counts_public(consultation, now.state)
        self._final_rules = consultation if now.state == "results" else None
        self._changes = changes_of(consultation, past)
        self._once = widened(Rules(consultation, frozenset(), languages), past)
        self._modules: dict[str, Module] = {}
        for name in consultation.modules:
            self._modules |= {kind: modules[name] for kind in modules[name].kinds if name in modules}
        declared = [(one, module) for module in self.modules for one in module.declared(consultation)]
        self._declared = {one.id: Put(one, one.number or at, module) for at, (one, module) in enumerate(declared, 1)}
        self._kept: dict[str, Kept] = {}  # id of a text that pages show, in order of arrival
        self._hidden, self._answers, self._listed = NOTHING_DECIDED
        self._numbers: dict[str, int] = {}  # kind -> how many
        self._tallies: dict[str, Tally] = {}
        self._queues: dict[str, tuple[Place, ...]] = {}  # by what they are for
        self.mark = NO_MARK
        self.figures = Participation(0, 0, 0)

    @property
    def shown_kinds(self) -> tuple[str, ...]:
        """Kinds of act that have documents of their own."""
        return tuple(kind for kind, module in self._modules.items() if module.tables.get(kind))

    @property
    def counted_kinds(self) -> tuple[str, ...]:
        """Kinds of act that are only counted."""
        return tuple(self.counted_modules)

    @property
    def counted_modules(self) -> Mapping[str, Module]:
        """`counted_kinds` with the module of each."""
        return {kind: module for kind, module in self._modules.items() if kind not in module.tables}

    @property
    def queued_kinds(self) -> tuple[str, ...]:
        """Kinds of act that stand in line, and may be seen there."""
        return tuple(kind for module in self.modules for kind in queued_kinds(module)) if self.is_public else ()

    def load(
        self,
        shown: Iterable[HeadRow],
        tallies: Mapping[str, Tally],
        mark: Mark,
        figures: Participation,
        decided: Decided = NOTHING_DECIDED,
        queued: Iterable[Line] = (),
    ) -> None:
        """Takes the whole standing of the ledger; `shown` by number of first record, `mark` over what may be seen.

        What the town hall has `decided` holds for this fold, whatever authors make of their words: another hiding,
        answer or verdict is a reason for another fold. `queued` are the standing acts of `queued_kinds`, in order of
        their records.
        """
        self._hidden, self._answers, self._listed = decided
        self._tallies = dict(tallies) if self.is_public else {}
        self._queues = queues_of(queued)
        for one in shown:
            self._keep(one)
        self.mark, self.figures = mark, figures

    @property
    def modules(self) -> list[Module]:
        """The modules of the consultation, in its order."""
        return list(dict.fromkeys(self._modules.values()))

    def arrived_after(self, no: int) -> list[Arrival]:
        """What is shown and came first after record `no`, oldest first, without what is gone; costs what it gives."""
        found: list[Arrival] = []
        for identity, one in reversed(self._kept.items()):
            if one.head.first_no <= no:
                break
            if one.payload is not None:
                module, first = self._modules[one.kind], one.head
                came = first.first_no, one.number, first.first_rx
                found.append(Arrival(module, one.kind, identity, *came, one.payload, first.subject))
        return found[::-1]

    def answered_after(self, at: int) -> list[Said]:
        """The answers that the town gave after that instant about what pages show."""
        given = [(n, one) for some in self._answers.values() for n, one in enumerate(some, 1) if one.at > at]
        return [Said(number, n, one) for n, one in given if (number := self._number_of(one.about))]

    def items(self, moved: Iterable[HeadRow]) -> list[str]:
        """The items whose totals `apply` must be given after these heads moved; none while counts are hidden."""
        if not self.is_public:
            return []
        return sorted({one.head.subject for one in moved if self._modules[one.kind].choices and not one.is_shown})

    def queues_moved(self, moved: Iterable[HeadRow]) -> list[str]:
        """What the lines are for that `apply` must be given whole after these heads moved."""
        return sorted({one.head.subject for one in moved if one.kind in self.queued_kinds})

    def apply(
        self,
        moved: Iterable[HeadRow],
        tallies: Mapping[str, Tally],
        queues: Mapping[str, tuple[Place, ...]] = NO_QUEUES,
    ) -> Tables:
        """Takes the heads, totals and lines that moved since the last time; the documents that differ.

        `moved` must hold every head moved since, for a text's number is the order of its first arrival.
        """
        seen = [one for one in moved if one.is_shown or self.is_public]
        shown = sorted((one for one in seen if one.is_shown), key=lambda one: one.head.first_no)
        changed: Tables = {}
        lines = self._renew(shown) + [
            row for identity in queues for row in self._moved_lines(identity, queues[identity])
        ]
        self._queues |= queues
        self._tallies |= tallies
        for identity in dict.fromkeys([*(one.head.slot.partition(":")[2] for one in shown), *tallies, *queues]):
            if identity in self._kept:
                self._redraw(changed, identity)
            elif (put := self._declared.get(identity)) is not None and put.declared.table:
                changed.setdefault(put.declared.table, []).append(self._declared_document(put))
        if lines:
            changed[LINES] = lines
        mark = max((Mark(one.head.no, one.rx) for one in seen), default=NO_MARK)
        if mark > self.mark:
            self.mark = mark
            changed["consultation"] = [self.row()]
        return changed

    def redraw(self, slots: Iterable[str]) -> Tables:
        """The documents of these slots again, after the album has changed."""
        changed: Tables = {}
        for identity in dict.fromkeys(slot.partition(":")[2] for slot in slots):
            if identity in self._kept:
                self._redraw(changed, identity)
        self.has_other_photos |= bool(changed)
        return changed

    def photos(self) -> set[str]:
        """The photos that documents show."""
        return {sha256 for kept in self._kept.values() for sha256 in kept.photos if sha256 in self._album}

    def _redraw(self, changed: Tables, identity: str) -> None:
        kept = self._kept[identity]
        table = self._modules[kept.kind].tables[kept.kind]
        changed.setdefault(table, []).append(self._document(identity, kept))

    def row(self) -> Document:
        """The consultation's own document."""
        rules, results = self.consultation, None
        if self.moment.state == "results":
            newest = max((tally.as_of for tally in self._tallies.values()), default=0)
            results = self.figures._asdict() | {"closed_at": rules.closes_at, "as_of": max(rules.closes_at, newest)}
        changes = {"changes": self._changes} if self._changes else {}
        return {
            "slug": rules.slug, "manifest": rules.mh, "seq": self.mark.seq, "as_of": self.mark.as_of,
            "since": self.moment.since, "phase": self.moment.phase, "state": self.moment.state, "results": results,
            **changes,
        }  # fmt: skip

    def tables(self, votes: Iterable[Line]) -> Tables:
        """Every document; `votes` are the standing acts that only count, given when results are public."""
        tables: Tables = {"consultation": [self.row()]}
        for module in self._modules.values():
            tables |= {table: [] for table in module.tables.values() if table}
        for put in (one for one in self._declared.values() if one.declared.table):
            tables.setdefault(put.declared.table, []).append(self._declared_document(put))
        lines: list[Document] = []
        for identity, kept in self._kept.items():
            tables[self._modules[kept.kind].tables[kept.kind]].append(self._document(identity, kept))
            lines += self._line(kept)
        answered = [
            self._answered(identity) for identity in (*self._declared, *self._kept) if identity in self._answers
        ]
        if answered:
            tables[ANSWERS] = answered
        # A number would tell between which other acts a secret ballot came.
        queued = self.queued_kinds
        lines += [self._vote_line(one) for one in votes if one.kind not in queued and not self._is_secret(one)]
        lines += [self._place_line(identity, one) for identity, places in self._queues.items() for one in places]
        tables[LINES] = sorted(lines, key=lambda line: int(line["no"]))
        return tables

    def _answered(self, identity: str) -> Document:
        return answers_document(identity, self._number_of(identity), self._answers[identity], self._number_of)

    def _is_secret(self, line: Line) -> bool:
        return secret_question(self.consultation, self._modules[line.kind], line.kind, line.subject) is not None

    def items_shown(self) -> dict[str, int]:
        """What acts may be about and pages show, with its number there: not what its author took back."""
        numbers = {identity: put.number for identity, put in self._declared.items()}
        kept = [(identity, one) for identity, one in self._kept.items() if self._modules[one.kind].choices]
        return numbers | {identity: one.number for identity, one in kept if not one.head.withdrawn}

    def _vote_line(self, line: Line) -> Document:
        chosen = " ".join(one.choice for one in line.counted if one.is_told)
        return line_of(line.no, line.kind, self._number_of(line.subject), chosen)

    def _moved_lines(self, identity: str, now: Sequence[Place]) -> list[Document]:
        """The lines of places in line that came and went."""
        before = set(self._queues.get(identity, ()))
        gone = [erased(one.no) for one in sorted(before - set(now))]
        return gone + [self._place_line(identity, one) for one in now if one not in before]

    def _place_line(self, identity: str, place: Place) -> Document:
        return line_of(place.no, place.kind, self._number_of(identity), "")

    def _renew(self, shown: Sequence[HeadRow]) -> list[Document]:
        """Keeps them all first: words may have moved to what arrived after their first revision."""
        before = [self._kept.get(one.head.slot.partition(":")[2]) for one in shown]
        for one in shown:
            self._keep(one)
        gone = [erased(one.head.no) for one in before if one is not None and not one.head.withdrawn]
        return gone + [line for one in shown for line in self._line(self._kept[one.head.slot.partition(":")[2]])]

    def _keep(self, one: HeadRow) -> None:
        identity = one.head.slot.partition(":")[2]
        before = self._kept.get(identity)
        if before is None:
            number = self._numbers[one.kind] = self._numbers.get(one.kind, 0) + 1
        else:
            number = before.number
        is_empty = one.head.withdrawn or one.envelope is None or one.head.slot in self._hidden
        payload = None if is_empty else self._payload(one.kind, str(one.envelope))
        photos = attached_by(self._modules[one.kind], one.kind, payload)
        self.has_other_photos |= photos != (() if before is None else before.photos)
        self._kept[identity] = Kept(one.kind, one.head, one.rx, payload, number, photos)

    def _payload(self, kind: str, envelope: str) -> Any:
        # The gate checked the signature before the ledger kept the envelope: here only the words are read again.
        body = parse_json(b64u_decode(envelope.split(".")[1]))["body"]
        return parse_again(self._modules[kind], kind, body, self._once.consultation, self._once.languages)

    def _document(self, identity: str, kept: Kept) -> Document:
        head, module, is_gone = kept.head, self._modules[kept.kind], kept.payload is None  # withdrawn, erased, hidden
        tally = self._tallies.get(identity, NOTHING)
        entry = Entry(
            kind=kept.kind, id=identity, subject=head.subject, number=kept.number, no=head.first_no,
            received_at=head.first_rx, as_of=max(kept.rx, tally.as_of), revised=head.rev > 1 and not is_gone,
            withdrawn=is_gone, unsigned=head.voter.startswith(FORM_VOTER), payload=kept.payload,
            votes=tally.votes if self.is_public and module.choices else None, photos=self._album,
            head="" if is_gone else head.id, final_rules=self._final_rules,
        )  # fmt: skip
        why = self._hidden.get(head.slot)
        return module.document(entry) | ({} if why is None else {"hidden": why._asdict()})

    def _line(self, kept: Kept) -> list[Document]:
        if kept.head.withdrawn:
            return []
        said = HIDDEN if kept.head.slot in self._hidden else ""  # so that its author's phone can tell them
        return [line_of(kept.head.no, kept.kind, self._number_of(kept.head.subject) or kept.number, said)]

    def _number_of(self, identity: str) -> int:
        """The number under which pages show what has this id, 0 where they do not."""
        if identity in self._declared:
            return self._declared[identity].number
        return self._kept[identity].number if identity in self._kept else 0

    def _declared_document(self, put: Put) -> Document:
        identity, module = put.declared.id, put.module
        tally = self._tallies.get(identity, NOTHING)
        entry = Entry(
            kind="", id=identity, subject=identity, number=put.number, no=0, received_at=0, as_of=tally.as_of,
            revised=False, withdrawn=False, unsigned=False, payload=None,
            votes=tally.votes if self.is_public and module.choices else None,
            places=self._queues.get(identity, ()), final_rules=self._final_rules,
            listed=self._listed.get(identity, NONE_LISTED),
        )  # fmt: skip
        return module.document(entry)
