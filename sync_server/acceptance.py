"""The only way in: grants, envelope, rules, ledger, commit, receipt — in this order, for phones and for forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from civic.admission import FORM_VOTER, Act, check
from civic.assurance import Person
from civic.envelope import Envelope, parse_envelope
from civic.module import Modules
from civic.receipt import Receipt, ReceiptItem, commitment, promised_by, seal_receipt
from civic.refusals import Code, Refused
from sync_server.catalogue import Town
from sync_server.identity.granting import Granting, GrantResult
from sync_server.keys import Keys
from sync_server.limits import Windows
from sync_server.storage import Asked, Ledger, Offer
from sync_server.storage.grants import BallotKey, Grants
from sync_server.writer import LedgerWriter

SALT_BYTES = 32


class Result(NamedTuple):
    """What became of one envelope; `id` is None where it could not be read."""

    id: str | None
    status: str  # accepted | superseded | duplicate | refused
    item: ReceiptItem | None = None
    head: tuple[int, str] | None = None
    code: Code | None = None


class Answer(NamedTuple):
    """The results in the order asked, and one receipt over all that is stored (None when nothing is)."""

    now: int
    results: list[Result]
    receipt: str | None
    grants: list[GrantResult]


class Acceptance:
    """Decides about envelopes. `now` gives epoch seconds, `random` so many bytes.

    `log_seconds` is how often the public log is published: receipts promise when an act is in it.
    """

    def __init__(
        self,
        ledger: Ledger,
        writer: LedgerWriter,
        modules: Modules,
        keys: Keys,
        per_key: Windows,
        now: Callable[[], int],
        random: Callable[[int], bytes],
        log_seconds: int,
    ) -> None:
        self._ledger, self._writer, self._modules, self._keys = ledger, writer, modules, keys
        self._per_key, self._now, self._random, self._log_seconds = per_key, now, random, log_seconds
        self._grants = Grants(ledger)
        self._granting = Granting(self._grants, now)

    def accept(self, town: Town, texts: Sequence[str], grants: Sequence[str] = (), *, is_box: bool = False) -> Answer:
        """Takes what can be taken, `grants` first; on return everything with a receipt is durable, and every grant.

        `is_box`: they came to the ballot box, which takes secret ballots and nothing else, as no other door takes
        these.

        LedgerUnavailable where acts had to be written and could not be: nothing is promised about any of them, and
        sending all again is harmless.
        """
        now, space = self._now(), town.content.space.id
        granted = self._granting.take(town, grants) if grants else []
        results: list[Result | None] = [None] * len(texts)
        acts: dict[int, Act] = {}
        refused: dict[int, Envelope] = {}
        envelopes = self._read(texts, results)
        persons = self._find_persons(town, envelopes)
        for place, envelope in envelopes:
            person = persons.get((envelope.consultation, envelope.voter))
            try:
                act = check(envelope, space, town.rules, self._modules, now, self._keys.form.kid, person)
                if act.is_secret != is_box:
                    raise Refused(Code.NOT_TAKEN, "door")
            except Refused as error:
                results[place] = Result(envelope.id, "refused", code=error.code)
                if (envelope.token is not None) == is_box:
                    refused[place] = envelope
            else:
                acts[place] = act
        if refused:
            self._find_stored(space, refused, persons, results)
        if acts:
            self._append(space, acts, results)
        answered = [one for one in results if one is not None]
        waits_until = _end_of(town, [one for _, one in envelopes]) if is_box else 0
        return Answer(now, answered, self._receipt(space, answered, waits_until), granted)

    def receipt_of(self, space: str, item: ReceiptItem, waits_until: int = 0) -> str:
        """The receipt of one record of `space`; `waits_until` as in civic.receipt.promised_by."""
        return self._seal(space, (item,), waits_until)

    def _read(self, texts: Sequence[str], results: list[Result | None]) -> list[tuple[int, Envelope]]:
        envelopes: list[tuple[int, Envelope]] = []
        by_key: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            try:
                envelope = parse_envelope(text)
            except Refused as error:
                results[place] = Result(None, "refused", code=error.code)
            else:
                envelopes.append((place, envelope))
                by_key.setdefault(envelope.voter, []).append(place)
        slow = {
            voter
            for voter, places in by_key.items()
            if voter != self._keys.form.kid and self._per_key.take(voter, len(places)) > 0
        }
        if slow:
            for place, envelope in envelopes:
                if envelope.voter in slow:
                    results[place] = Result(envelope.id, "refused", code=Code.RATE_LIMITED)
            envelopes = [(place, envelope) for place, envelope in envelopes if envelope.voter not in slow]
        return envelopes

    def _find_persons(self, town: Town, envelopes: Sequence[tuple[int, Envelope]]) -> Mapping[BallotKey, Person]:
        """Who stands behind the ballot keys of named consultations, looked up together; nothing for open ones."""
        named = {slug for slug, rules in town.rules.items() if rules.consultation.mode != "open"}
        # Of a secret ballot nobody may look up who it is: there is nothing to be found.
        asked = [one for _, one in envelopes if one.consultation in named and one.token is None] if named else []
        keys = [(one.consultation, one.voter) for one in asked]
        return self._grants.find_persons(town.content.space.id, keys) if keys else {}

    def _find_stored(
        self,
        space: str,
        refused: Mapping[int, Envelope],
        persons: Mapping[BallotKey, Person],
        results: list[Result | None],
    ) -> None:
        """An act taken before its phase closed is a duplicate for ever, whatever the rules say of it today."""
        asked = [Asked(one.id, one.consultation, self._voter(one, persons), one.slot) for one in refused.values()]
        with self._ledger.reading() as now:
            known = now.find_stored(space, asked)
        for place, envelope in refused.items():
            item = known.get(envelope.id)
            if item is not None:
                results[place] = Result(envelope.id, "duplicate", item)

    def _voter(self, envelope: Envelope, persons: Mapping[BallotKey, Person]) -> str:
        """Who holds the slot if the act was ever taken."""
        if envelope.voter == self._keys.form.kid:
            return FORM_VOTER + envelope.jti
        person = persons.get((envelope.consultation, envelope.voter))
        return envelope.voter if person is None else person.pid

    def _append(self, space: str, acts: Mapping[int, Act], results: list[Result | None]) -> None:
        salts = self._random(SALT_BYTES * len(acts))
        offers = []
        for number, act in enumerate(acts.values()):
            salt = salts[number * SALT_BYTES : (number + 1) * SALT_BYTES]
            offers.append(Offer(act, salt, commitment(salt, act.envelope.text)))
        outcomes = self._writer.append(space, offers)
        for (place, act), (status, item, head, code) in zip(acts.items(), outcomes, strict=True):
            results[place] = Result(act.envelope.id, status, item, head, code)

    def _receipt(self, space: str, results: Sequence[Result], waits_until: int) -> str | None:
        items = dict.fromkeys(one.item for one in results if one.item is not None)
        return self._seal(space, tuple(items), waits_until) if items else None

    def _seal(self, space: str, items: tuple[ReceiptItem, ...], waits_until: int) -> str:
        key, receipt = self._keys.receipt, Receipt(items, promised_by(items, self._log_seconds, waits_until))
        return seal_receipt(space, receipt, key.kid, key.sign)


def _end_of(town: Town, envelopes: Sequence[Envelope]) -> int:
    """When the last of the votes that these are about takes nothing more."""
    rules = [town.rules[one.consultation].consultation for one in envelopes if one.consultation in town.rules]
    return max((one.accept_until for one in rules), default=0)
