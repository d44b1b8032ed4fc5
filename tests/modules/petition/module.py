"""The manifest of petitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.modules.petition.shelf import PetitionShelf

from civic.consultation import Consultation
from civic.module import Declared, Document, Entered, Entry, Offered
from civic.refusals import Code, Refused
from civic.settings import no_settings
from civic.slots import Counted
from civic.text import check_text, normalise


class Signature(NamedTuple):
    """A signature under the petition; `name` may be empty."""

    name: str


class Petition:
    """See civic.module.Module."""

    name = "petition"
    kinds: tuple[str, ...] = ("signature",)
    tables: Mapping[str, str] = {"signature": "signatures"}
    choices: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    def check(self, consultation: Consultation) -> None:
        """There is nothing to set."""
        no_settings(consultation, self.name)

    def parse(
        self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]
    ) -> Signature:
        """See Module."""
        if body.keys() != {"name"}:
            raise Refused(Code.BAD_PAYLOAD)
        return Signature(check_text(body["name"], "name", 0, 60))

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """See Module."""
        return Entered(own_id, {"name": normalise(fields["name"])})

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """See Module."""
        return None

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """See Module."""
        return ()

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """A signature's slot is its own."""
        return ""

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """A signature needs nothing."""
        return ()

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """Signatures are shown, not tallied against each other."""
        return ()

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """Itself."""
        return slot_id

    def document(self, entry: Entry) -> Document:
        """A row of `signatures`."""
        return {
            "id": entry.id,
            "number": entry.number,
            "name": "" if entry.payload is None else entry.payload.name,
            "text": "",
            "as_of": entry.as_of,
            "withdrawn": entry.withdrawn,
        }

    def shelf(self, consultation: Consultation) -> PetitionShelf:
        """See Module."""
        return PetitionShelf(consultation)
