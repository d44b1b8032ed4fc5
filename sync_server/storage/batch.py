"""Acts settled together inside one transaction: everything they may ask is fetched first, by one query each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine.interfaces import DBAPICursor

from civic.admission import Act, Settlement, settle
from civic.canonical import b64u_encode
from civic.receipt import ReceiptItem
from civic.refusals import Code, Refused
from civic.replay import count_changes
from civic.slots import Counted, Head, Remains, is_ballot, is_winning
from civic.tombstones import Tombstone
from sync_server.storage.photo_tables import attached_rows
from sync_server.storage.statements import Statements


class Offer(NamedTuple):
    """An act that fits the rules, with what its record will keep: the salt, and the commitment made with it.

    An act that was erased elsewhere (an import's) comes with its tombstone instead of words and salt.
    """

    act: Act
    salt: bytes
    c: str
    stone: Tombstone | None = None


class Outcome(NamedTuple):
    """What became of an offer. `code` is None unless it was refused; then there is neither item nor head."""

    status: str  # accepted | superseded | duplicate | refused
    item: ReceiptItem | None
    head: tuple[int, str] | None  # (rev, envelope id) that counts in the slot now
    code: Code | None


class Kept(NamedTuple):
    """A head with what the tables know besides."""

    head: Head
    kind: str
    is_shown: bool


Key = tuple[str, str, str]  # consultation, voter, slot: as in the table


def counted_text(counted: Iterable[Counted]) -> str:
    """How a head's `counted` is stored: "item:choice item:choice"."""
    return " ".join(f"{one.item}:{one.choice}" for one in counted)


def parse_counted(text: str) -> tuple[Counted, ...]:
    """The reverse of counted_text."""
    return tuple(Counted(*one.split(":")) for one in text.split(" ")) if text else ()


def head_row(space: str, slug: str, head: Head, kind: str, is_shown: bool) -> tuple[Any, ...]:
    """A row of the table `heads`."""
    return (
        space, slug, head.voter, head.slot, kind, head.rev, head.id, head.no, head.first_no, head.first_rx,
        head.subject, counted_text(head.counted), int(head.withdrawn), int(is_shown),
    )  # fmt: skip


def stone_row(space: str, stone: Tombstone) -> tuple[Any, ...]:
    """A row of the table `tombstones`."""
    remains = stone.remains
    return (
        space, stone.no, stone.voter, stone.slot, stone.rev, remains.subject, counted_text(remains.counted),
        int(remains.withdrawn), stone.reason, stone.at,
    )  # fmt: skip


def stone_of(row: Any) -> Tombstone:
    """The tombstone in a row of the table `tombstones`."""
    _, no, voter, slot, rev, subject, counted, withdrawn, reason, at = row
    return Tombstone(no, voter, slot, rev, Remains(subject, parse_counted(counted), bool(withdrawn)), reason, at)


def held_text(held: Mapping[str, int]) -> str:
    """How the slots a voter fills are stored: "<kind>:2 <kind>:7"."""
    return " ".join(f"{kind}:{number}" for kind, number in sorted(held.items()))


def head_of(row: Any) -> Head:
    """The head in a row that begins with the columns of the table `heads`."""
    _, _, voter, slot, _, rev, envelope_id, no, first_no, first_rx, subject, counted, withdrawn, _ = row[:14]
    return Head(slot, voter, rev, envelope_id, no, first_no, first_rx, subject, parse_counted(counted), bool(withdrawn))


def find_stored(cursor: DBAPICursor, say: Statements, space: str, asked: Mapping[str, Head]) -> dict[str, ReceiptItem]:
    """Those of the acts `asked` for that are in the ledger; each by its id, with the head of its slot."""
    numbers = {(head.no,): None for envelope_id, head in asked.items() if head.id == envelope_id}
    older = [(envelope_id,) for envelope_id, head in asked.items() if head.id != envelope_id]
    numbers.update({(no,): None for _, _, no in say.find_superseded.find(cursor, space, older)})
    rows = say.find_records.find(cursor, space, [*numbers])
    salts = {no: b64u_encode(bytes.fromhex(salt)) for no, salt in say.find_salts.find(cursor, space, [*numbers])}
    return {
        envelope_id: ReceiptItem(envelope_id, no, rx, c, salts.get(no)) for _, no, _, _, _, envelope_id, c, rx in rows
    }


class Batch:
    """A LedgerView over what was fetched and what the batch itself has done; `write` puts that into the tables."""

    def __init__(self, cursor: DBAPICursor, statements: Statements, space: str, offers: Sequence[Offer]) -> None:
        self.cursor, self.statements, self.space = cursor, statements, space
        self.last_no = self._lock_space()
        self.known: dict[str, ReceiptItem] = {}
        self.heads: dict[Key, Kept] = {}
        self.owners: dict[tuple[str, str], Key] = {}
        self.held: dict[tuple[str, str], dict[str, int]] = {}
        self.standing: Counter[tuple[str, str]] = Counter()
        self.records: list[tuple[Any, ...]] = []
        self.payloads: list[tuple[Any, ...]] = []
        self.stones: list[tuple[Any, ...]] = []
        self.secret: list[tuple[Any, ...]] = []
        self.attached: list[tuple[Any, ...]] = []
        self.superseded: list[tuple[str, str, int]] = []
        self.moved: set[Key] = set()
        self.totals: Counter[tuple[str, Counted]] = Counter()
        self.as_of: dict[tuple[str, Counted], int] = {}
        self.participation: dict[str, list[int]] = {}
        self._fetch(offers)

    def _lock_space(self) -> int:
        """The number of the last record; from here on nobody else numbers records of this space."""
        cursor, say = self.cursor, self.statements
        cursor.execute(say.position, (self.space,))
        rows = cursor.fetchall()
        if not rows:
            cursor.execute(say.first_position, (self.space,))
            cursor.execute(say.position, (self.space,))
            rows = cursor.fetchall()
        return int(rows[0][0])

    def _fetch(self, offers: Sequence[Offer]) -> None:
        keys: dict[Key, None] = {}  # in order of arrival, each once
        slots: dict[tuple[str, str], None] = {}
        persons: dict[tuple[str, str], None] = {}
        for act, _, _, _ in offers:
            slug, voter = act.consultation.slug, act.voter
            keys[(slug, voter, act.envelope.slot)] = None
            persons[(slug, voter)] = None
            for slot in _slots_asked(act):
                slots[(slug, slot)] = None
        cursor, say, space = self.cursor, self.statements, self.space
        for row in say.find_heads.find(cursor, space, [*keys]):
            self._remember(row)
        self.known = find_stored(cursor, say, space, self._maybe_known(offers))
        for row in say.find_owners.find(cursor, space, [*slots]):
            self._remember(row)
        for _, slug, voter, held, standing in say.find_voters.find(cursor, space, [*persons]):
            pairs = (one.split(":") for one in held.split(" "))
            self.held[(slug, voter)] = {kind: int(number) for kind, number in pairs}
            self.standing[(slug, voter)] = standing

    def _maybe_known(self, offers: Sequence[Offer]) -> dict[str, Head]:
        """Ids that the ledger may hold: what is greater than its slot's head was never stored, or it would be it."""
        found: dict[str, Head] = {}
        for act, _, _, _ in offers:
            envelope = act.envelope
            head = self.head(act.consultation.slug, envelope.slot, act.voter)
            if head is not None and not is_winning(envelope.rev, envelope.id, head):
                found[envelope.id] = head
        return found

    def _remember(self, row: tuple[Any, ...]) -> None:
        slug, voter, slot, kind, is_shown = row[1], row[2], row[3], row[4], bool(row[13])
        key = (slug, voter, slot)
        self.heads[key] = Kept(head_of(row), kind, is_shown)
        if is_shown:
            self.owners[(slug, slot)] = key

    def head(self, consultation: str, slot: str, voter: str) -> Head | None:
        """See LedgerView."""
        kept = self.heads.get((consultation, voter, slot))
        return None if kept is None else kept.head

    def owner(self, consultation: str, slot: str) -> Head | None:
        """See LedgerView."""
        key = self.owners.get((consultation, slot))
        return None if key is None else self.heads[key].head

    def slots_held(self, consultation: str, kind: str, voter: str) -> int:
        """See LedgerView."""
        return self.held.get((consultation, voter), {}).get(kind, 0)

    def take(self, offer: Offer) -> Outcome:
        """Settles `offer` as the next record; a refused or known one takes no number."""
        act, envelope = offer.act, offer.act.envelope
        known = self.known.get(envelope.id)
        if known is not None:
            head = self.head(act.consultation.slug, envelope.slot, act.voter)
            return Outcome("duplicate", known, None if head is None else (head.rev, head.id), None)
        no = self.last_no + 1
        try:
            settlement = settle(act, no, self)
        except Refused as refused:
            return Outcome("refused", None, None, refused.code)
        self.last_no = no
        item = self.known[envelope.id] = ReceiptItem(envelope.id, no, act.rx, offer.c, b64u_encode(offer.salt))
        slug = act.consultation.slug
        self.records.append((self.space, no, slug, act.module.name, envelope.kind, envelope.id, offer.c, act.rx))
        if offer.stone is None:
            self.payloads.append((self.space, no, act.voter, envelope.slot, envelope.text, offer.salt))
        else:
            self.stones.append(stone_row(self.space, offer.stone._replace(no=no)))
        if act.is_secret:
            self.secret.append((self.space, no, slug, 0))
        self.attached += attached_rows(self.space, act, no)
        head = settlement.head
        if settlement.is_winning:
            self._move(act, settlement)
        else:
            self.superseded.append((self.space, envelope.id, no))
        return Outcome("accepted" if settlement.is_winning else "superseded", item, (head.rev, head.id), None)

    def _move(self, act: Act, settlement: Settlement) -> None:
        slug, head, replaced = act.consultation.slug, settlement.head, settlement.replaced
        key, person = (slug, head.voter, head.slot), (slug, head.voter)
        is_shown = act.kind in act.module.tables
        self.heads[key] = Kept(head, act.kind, is_shown)
        self.moved.add(key)
        if replaced is None:
            if is_shown:
                self.owners[(slug, head.slot)] = key
            held = self.held.setdefault(person, {})
            held[act.kind] = held.get(act.kind, 0) + 1
        else:
            self.superseded.append((self.space, replaced.id, replaced.no))
        for counted, step in count_changes(replaced, head):
            self.totals[(slug, counted)] += step
            self.as_of[(slug, counted)] = max(act.rx, self.as_of.get((slug, counted), 0))
        step = is_ballot(head.counted) - (replaced is not None and is_ballot(replaced.counted))
        if step:
            self._stand(slug, person, step, is_unsigned=act.is_unsigned)

    def _stand(self, slug: str, person: tuple[str, str], step: int, *, is_unsigned: bool) -> None:
        before = self.standing[person]
        self.standing[person] = before + step
        sums = self.participation.setdefault(slug, [0, 0, 0])
        sums[0] += step
        sums[1] += bool(before + step) - bool(before)
        sums[2] += step if is_unsigned else 0

    def write(self) -> None:
        """Puts records and everything that follows from them into the tables; the caller commits."""
        cursor, say, space = self.cursor, self.statements, self.space
        say.records.write(cursor, self.records)
        say.payloads.write(cursor, self.payloads)
        say.tombstones.write(cursor, self.stones)
        say.superseded.write(cursor, self.superseded)
        say.secret_ballots.write(cursor, self.secret)
        say.attached.write(cursor, self.attached)
        moved = sorted(self.moved)  # in the order of the table: neighbours are written together
        say.heads.write(cursor, [head_row(space, key[0], *self.heads[key]) for key in moved])
        persons = sorted({(slug, voter) for slug, voter, _ in moved})
        rows = [(space, *person, held_text(self.held[person]), self.standing[person]) for person in persons]
        say.voters.write(cursor, rows)
        say.totals.write(
            cursor,
            [(space, slug, *one, n, self.as_of[(slug, one)]) for (slug, one), n in sorted(self.totals.items())],
        )
        say.participation.write(cursor, [(space, slug, *sums) for slug, sums in sorted(self.participation.items())])
        cursor.execute(say.move, (self.last_no, space))


def _slots_asked(act: Act) -> Iterator[str]:
    """Slots whose owner `settle` will ask for."""
    if act.kind in act.module.tables:
        yield act.envelope.slot
    for slots in act.needs:
        yield from slots
