"""The published ballots, one by one: each opens its entry of the log, is signed, fits the rules, and is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from civic.admission import FORM_VOTER, Act, Rules, check_right
from civic.canonical import b64u_decode
from civic.envelope import Envelope, parse_envelope
from civic.manifest import Manifest, parse_manifest
from civic.module import Modules, module_of
from civic.phases import check_open
from civic.receipt import commitment
from civic.refusals import Code, Refused
from civic.replay import admitted, widened
from civic.rows import Row, RulesLine, SecretRow, Withheld
from site_builder.verify.public_log import Held, Logged
from site_builder.verify.standing import Recount

MOST_TOLD = 5  # ballots that are named below a sentence


class Faults:
    """What is wrong with some ballots, by kind: how many, and the first few by number."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}
        self.told: dict[str, list[tuple[int, str]]] = {}

    def add(self, kind: str, no: int, why: str = "") -> None:
        """Notes one more."""
        self.number[kind] = self.number.get(kind, 0) + 1
        told = self.told.setdefault(kind, [])
        if len(told) < MOST_TOLD:
            told.append((no, why))


class Versions(NamedTuple):
    """The rules acts were made under: the newest, and every version by its hash."""

    newest: Manifest
    by_hash: Mapping[str, Manifest]

    @property
    def rules(self) -> Mapping[str, Rules]:
        """Rules wide enough for every act ever admitted."""
        one = self.newest.consultation
        known = Rules(one, frozenset(self.by_hash), self.newest.languages)
        return {one.slug: widened(known, [each.consultation.manifest for each in self.by_hash.values()])}


@dataclass(slots=True)
class Counts:
    """How many rows there were of each sort."""

    opened: int = 0
    withheld: int = 0
    hidden: int = 0  # by the town hall, which need not prove anything
    unsigned: int = 0  # rows of the plain form, whoever made them
    erased: int = 0  # entries whose act exists no more
    missing: int = 0  # entries that nothing speaks of
    form_keys: set[str] = field(default_factory=set)
    secret: int = 0  # rows that are secret ballots
    secret_keys: set[str] = field(default_factory=set)


class Ballots:
    """Takes the rows of one consultation in their order; `recount` is then what they add up to.

    `held` is what the log has of it. Every entry must be met once: by a row, or as one that was erased.
    """

    def __init__(self, versions: Versions, held: Held, erased: Mapping[int, str], modules: Modules, space: str) -> None:
        self.versions, self.modules, self.space = versions, modules, space
        self.faults, self.counts = Faults(), Counts()
        self.rules = versions.rules
        rules = next(iter(self.rules.values())).consultation
        is_patient = not erased.keys().isdisjoint(held.indexes)
        self.recount = Recount(rules, modules, is_patient=is_patient)
        self.is_named = versions.newest.consultation.mode == "named"
        self._entries = iter(held)
        self._erased = erased
        self._last = -1
        self._waiting: Logged | None = next(self._entries, None)
        self._signed_keys: set[str] = set()
        self._windows: dict[str, list[tuple[int, int]]] = {}  # when acts of a kind were taken, by any version

    def take(self, line: Row | SecretRow | Withheld) -> None:
        """Checks one row and counts it; what is wrong with it is in `faults`."""
        # A secret ballot has no number but that of its entry.
        no, name = (0, f"#{line.i} ") if isinstance(line, SecretRow) else (line.no, "")
        if line.i <= self._last:
            self.faults.add("twice", no, name)
            return
        c = self._entry(line, no, name)
        if isinstance(line, Withheld):
            self.counts.hidden += line.is_hidden
            self.counts.withheld += not line.is_hidden
            self.recount.leave_room(line)
            return
        self.counts.opened += 1
        if c is not None and not (line.jws.isascii() and b64u_decode(commitment(line.salt, line.jws)) == c):
            self.faults.add("unopened", no, name)
        try:
            envelope = parse_envelope(line.jws)
            self._check_scope(line, envelope)
            act = self._act(line, envelope)
            head = self.recount.standing.head(envelope.consultation, envelope.slot, act.voter)
            if head is not None and head.id == envelope.id:
                self.faults.add("twice", no, name)
            self.recount.take(act, line.i if isinstance(line, SecretRow) else line.no)
        except Refused as refused:
            kind = "signature" if refused.code is Code.BAD_SIGNATURE else "refused"
            self.faults.add(kind, no, name + refused.code.value)
        except KeyError as error:
            self.faults.add("unknown_kind", no, str(error.args[0]))

    def end(self) -> None:
        """Notes what the rows have not spoken of."""
        while self._waiting is not None:
            self._pass_over(self._waiting.i)
            self._waiting = next(self._entries, None)
        for slot in self.recount.unjustified():
            self.faults.add("withheld", 0, slot)

    def _entry(self, line: Row | SecretRow | Withheld, no: int, name: str) -> bytes | None:
        """The commitment that the log has at this row's entry; None, and a fault, where it has no such act."""
        self._last = line.i
        while self._waiting is not None and self._waiting.i < line.i:
            self._pass_over(self._waiting.i)
            self._waiting = next(self._entries, None)
        found = self._waiting
        if found is None or found.i != line.i:
            self.faults.add("not_logged", no, name)
            return None
        self._waiting = next(self._entries, None)
        if found.is_secret != isinstance(line, SecretRow):
            self.faults.add("not_logged", no, name)
            return None
        return found.c

    def _pass_over(self, index: int) -> None:
        if index in self._erased:
            self.counts.erased += 1
        else:
            self.counts.missing += 1
            self.faults.add("missing", 0, f"#{index}")

    def _check_scope(self, row: Row | SecretRow, envelope: Envelope) -> None:
        if envelope.aud != self.space:
            raise Refused(Code.WRONG_AUDIENCE)
        if envelope.consultation not in self.rules:
            raise Refused(Code.UNKNOWN_CONSULTATION)
        if envelope.mh not in self.versions.by_hash:
            raise Refused(Code.WRONG_MANIFEST)
        if isinstance(row, Row):
            self._check_window(envelope.slot_kind, row.rx)
        elif not self._windows_of(envelope.slot_kind):
            raise Refused(Code.NOT_TAKEN, envelope.slot_kind)

    def _check_window(self, kind: str, rx: int) -> None:
        """Received while a version of the rules took such acts: the town may have moved a date since."""
        if not any(first <= rx <= last for first, last in self._windows_of(kind)):
            check_open(self.versions.newest.consultation, kind, rx)
            raise Refused(Code.CLOSED, kind)

    def _windows_of(self, kind: str) -> list[tuple[int, int]]:
        if kind not in self._windows:
            versions = [one.consultation for one in self.versions.by_hash.values()]
            self._windows[kind] = [
                (phase.starts_at, phase.ends_at + one.grace) for one in versions for phase in one.windows(kind)
            ]
        return self._windows[kind]

    def _act(self, row: Row | SecretRow, envelope: Envelope) -> Act:
        consultation, kind = self.rules[envelope.consultation].consultation, envelope.slot_kind
        module = module_of(self.modules, consultation, kind)
        if module is None:
            raise KeyError(kind)
        if check_right(envelope, consultation, module) != isinstance(row, SecretRow):
            raise Refused(Code.NOT_TAKEN, "secret")  # told as another's, it would count a second time
        if isinstance(row, Row):
            return admitted(envelope, self._voter(row, envelope), row.rx, self.rules, self.modules)
        self.counts.secret += 1
        self.counts.secret_keys.add(envelope.voter)
        return admitted(envelope, envelope.voter, 0, self.rules, self.modules)

    def _voter(self, row: Row, envelope: Envelope) -> str:
        """Who the act counts for. A server can't make one person many by calling their acts unsigned."""
        if row.is_unsigned:
            taken = {kind for each in self.versions.by_hash.values() for kind in each.consultation.unsigned}
            if envelope.rev != 1 or envelope.kind == "withdraw" or envelope.slot_kind not in taken:
                raise Refused(Code.NOT_TAKEN, "unsigned")
            self.counts.unsigned += 1
            self.counts.form_keys.add(envelope.voter)
            if envelope.voter in self._signed_keys:
                raise Refused(Code.NOT_TAKEN, "unsigned")
            return FORM_VOTER + envelope.jti
        self._signed_keys.add(envelope.voter)
        if envelope.voter in self.counts.form_keys or (row.person is not None) != self.is_named:
            raise Refused(Code.NOT_TAKEN, "person")
        return row.person or envelope.voter


def read_versions(lines: Iterable[RulesLine], newest: Manifest, logged: set[str]) -> Versions:
    """The versions of the rules that rows.jsonl brings; ValueError for one that is not in the log or not itself."""
    found = {newest.consultation.mh: newest}
    for line in lines:
        manifest = parse_manifest(line.manifest)
        mh, slug = manifest.consultation.mh, manifest.consultation.slug
        if (
            mh != line.mh
            or mh not in logged
            or slug != newest.consultation.slug
            or manifest.consultation.mode != newest.consultation.mode
        ):
            raise ValueError(line.mh)
        found.setdefault(mh, manifest)
    return Versions(newest, found)
