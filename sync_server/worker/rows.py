"""The ballots of closed consultations as files for the builder (docs/formats.md §12). Derived: delete them freely.

Each is written in one pass, however many ballots there are; nothing of it exists before the results do.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from civic.admission import FORM_VOTER
from civic.canonical import b64u_encode
from civic.consultation import Consultation
from civic.log.entries import Erased, parse_entry
from civic.rows import Line, Row, RulesLine, SecretRow, Withheld, line_bytes, pseudonym
from sync_server.storage import Ledger
from sync_server.storage.hidden import hidden_of
from sync_server.storage.log import PublicLog
from sync_server.storage.rows import LoggedRecord, logged_records

FILE = "{slug}.rows.jsonl"
WITHDRAW = "withdraw"
WINDOW = 5_000  # entries of the log read at once
_PIECE = 1 << 20


class BallotFiles:
    """The files of one town below `folder`, one a consultation. `secret` as in `rows_of`."""

    def __init__(self, folder: Path, ledger: Ledger, secret: bytes) -> None:
        self.folder, self._ledger, self._secret = folder, ledger, secret
        self._stored = PublicLog(ledger)
        self._read_to = 0  # entries of the log that have been looked at
        # Consultations whose file holds all of them -> the rules it was written under, and the slots that were hidden.
        self._fresh: dict[str, tuple[str, frozenset[str]]] = {}

    def write(self, space: str, over: Mapping[str, Consultation], past: Mapping[str, Sequence[bytes]]) -> bool:
        """Brings the files of the consultations that are `over` up to the log, and removes others; whether any differs.

        What is in the log by now is published with it: call it right after the log was. Costs what the log has grown
        by, and a whole file only where an act of that consultation was added or erased.
        """
        self._look_at_log(space)
        has_changed = False
        for slug, one in over.items():
            with self._ledger.reading() as now:
                hidden = frozenset(hidden_of(now, space, slug))
                if self._fresh.get(slug) != (one.mh, hidden):
                    records = logged_records(now, space, slug)
                    lines = rows_of(records, past.get(slug, ()), one, self._secret, hidden)
                    has_changed |= write_rows(self.folder / FILE.format(slug=slug), lines)
            self._fresh[slug] = (one.mh, hidden)
        return self._remove_all_but(over) or has_changed

    def hide(self, shown: Mapping[str, Consultation]) -> None:
        """Removes what may not be published, or not any more, before a builder can meet it."""
        self._remove_all_but(shown)

    def _remove_all_but(self, shown: Mapping[str, Consultation]) -> bool:
        kept = {FILE.format(slug=slug) for slug in shown}
        others = [file for file in self.folder.glob(FILE.format(slug="*")) if file.name not in kept]
        for file in others:
            file.unlink()
            self._fresh.pop(file.name.partition(".")[0], None)
        return bool(others)

    def _look_at_log(self, space: str) -> None:
        while entries := self._stored.entries(space, self._read_to, self._read_to + WINDOW):
            for entry in map(parse_entry, entries):
                if isinstance(entry, Erased):
                    self._fresh.clear()  # rare, and the entry does not say whose act it was
                else:
                    self._fresh.pop(entry.consultation, None)
            self._read_to += len(entries)


def rows_of(
    records: Iterable[LoggedRecord],
    past: Sequence[bytes],
    consultation: Consultation,
    secret: bytes,
    hidden: Collection[str] = (),
) -> Iterator[Line]:
    """The lines of rows.jsonl: every version of the rules, then every record, in the order of the log.

    Words that their author has replaced or taken back, or the town hall hides, stay out, but their place: what a page
    shows no more must not come back here. `secret` makes the names of persons, in mode named, that hold in this
    consultation only.
    """
    for manifest in dict.fromkeys([*past, consultation.manifest]):
        yield RulesLine(b64u_encode(hashlib.sha256(manifest).digest()), manifest)
    is_named = consultation.mode == "named"
    for one in records:
        if one.is_secret:
            yield SecretRow(one.i, bytes(one.salt), one.envelope)
            continue
        is_hidden = one.is_shown and one.slot in hidden
        if one.is_shown and one.kind != WITHDRAW and (is_hidden or one.no != one.head_no):
            yield Withheld(one.i, one.no, one.rx, one.slot, is_hidden)
            continue
        is_unsigned = one.voter.startswith(FORM_VOTER)
        who = f"words|{one.voter}" if one.is_shown else one.voter  # an idea's author is not to be found by the votes
        person = pseudonym(secret, consultation.slug, who) if is_named and not is_unsigned else None
        yield Row(one.i, one.no, one.rx, bytes(one.salt), one.envelope, person, is_unsigned)


def write_rows(path: Path, lines: Iterable[Line]) -> bool:
    """Makes `lines` the content of `path`, durably and whole at any moment; False if they already were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft, digest = path.with_name(f".{path.name}.{os.getpid()}"), hashlib.blake2b()
    with draft.open("wb") as file:
        for line in lines:
            data = line_bytes(line)
            digest.update(data)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if path.is_file() and _digest(path) == digest.digest():
        draft.unlink()
        return False
    draft.replace(path)
    return True


def _digest(path: Path) -> bytes:
    digest = hashlib.blake2b()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.digest()
