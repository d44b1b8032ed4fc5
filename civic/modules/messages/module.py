"""The manifest of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.consultation import Consultation
from civic.declaration import DeclarationError, check_members, read_member
from civic.module import Declared, Document, Entered, Entry, Offered
from civic.modules.messages.shelf import MessagesShelf
from civic.sealed_letter import SealedLetter, parse_sealed_letter, read_point
from civic.settings import SettingsReader
from civic.slots import Counted


class Keys(NamedTuple):
    """The town's keys by their thumbprints: letters are sealed to `newest`, and read with all of them."""

    newest: str
    points: Mapping[str, str]


def read_keys(table: Mapping[str, Any], where: str, _languages: tuple[str, ...]) -> Keys:
    """The keys that the town declares, none where there is no table; DeclarationError says what to mend."""
    check_members(table, where, frozenset({"key", "earlier"}))
    if not table:
        return Keys("", {})
    points = [read_member(table, "key", str, where, ""), *read_member(table, "earlier", list, where, [])]
    try:
        found = {read_point(one): one for one in points}
    except ValueError as error:
        raise DeclarationError(f"{where}: run `preau keys messages` and write what it says") from error
    return Keys(next(iter(found)), found)


keys_of = SettingsReader("messages", read_keys)


class Messages:
    """See civic.module.Module."""

    name = "messages"
    kinds: tuple[str, ...] = ("missive",)
    tables: Mapping[str, str] = {"missive": ""}
    choices: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def check(self, consultation: Consultation) -> None:
        """Its keys are keys, it stands alone, and nothing of it is published."""
        where = f"consultations/{consultation.slug}/consultation.toml"
        if not keys_of(consultation).points:
            raise DeclarationError(f"{where}: [messages] is missing: run `preau keys messages` and write what it says")
        if consultation.modules != (self.name,) or consultation.unsigned:
            raise DeclarationError(f"{where}: messages stand in a consultation of their own, which takes them signed")
        if consultation.publish_rows:
            raise DeclarationError(f"{where}: with messages, publish_rows = false")

    def parse(
        self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]
    ) -> SealedLetter:
        """See Module."""
        return parse_sealed_letter(body, keys_of(consultation).points)

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """The plain form can't seal anything: whatever it brings is refused by `parse`."""
        return Entered(own_id, {})

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """Everything is typed."""
        return None

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """Nothing of its own."""
        return ()

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """A letter's slot is its own."""
        return ""

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """A letter that goes on with a talk needs the first one."""
        return (f"{kind}:{payload.thread}",) if payload.thread else ()

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """Letters are not votes."""
        return ()

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """The talk it belongs to, by the id of its first letter."""
        return str(payload.thread or slot_id)

    def document(self, entry: Entry) -> Document:
        """No table shows a letter."""
        raise LookupError(entry.kind)

    def shelf(self, consultation: Consultation) -> MessagesShelf:
        """See Module."""
        return MessagesShelf(consultation, keys_of(consultation).newest, keys_of(consultation).points)
