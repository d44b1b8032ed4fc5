"""The manifest of ideas: its kinds, what each needs, what it counts, how it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civic.consultation import Consultation
from civic.module import Declared, Document, Entered, Entry, Offered, Option
from civic.modules.ideas.payload import CHOICES, Proposal, Vote, parse_proposal, parse_vote
from civic.modules.ideas.shelf import IdeasShelf
from civic.settings import no_settings
from civic.slots import Counted
from civic.text import normalise


class Ideas:
    """See civic.module.Module."""

    name = "ideas"
    kinds: tuple[str, ...] = ("proposal", "vote")
    tables: Mapping[str, str] = {"proposal": "proposals"}
    choices: tuple[str, ...] = CHOICES
    targets: tuple[str, ...] = ("proposal",)

    def check(self, consultation: Consultation) -> None:
        """There is nothing to set."""
        no_settings(consultation, self.name)

    def parse(
        self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]
    ) -> Proposal | Vote:
        """See Module."""
        return parse_vote(body) if kind == "vote" else parse_proposal(body, consultation, languages)

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """See Module."""
        if kind == "vote":
            return Entered(fields["target"], {"choice": fields["choice"]})
        words = {"title": normalise(fields["title"]), "text": normalise(fields["text"], lines=True)}
        kept = {"category": fields["category"], "name": normalise(fields["name"]), "lang": fields["lang"]}
        return Entered(own_id, words | kept)

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """See Module."""
        if name == "choice":
            return Offered(tuple(Option(one, f"ideas.choice.{one}") for one in CHOICES))
        if name == "category":
            return Offered(tuple(Option(one.id, label=one.label) for one in consultation.categories))
        return None

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """Ideas come from citizens."""
        return ()

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """A vote's slot names the proposal, which `requires` asks for."""
        return ""

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """A vote needs its proposal."""
        return (f"proposal:{slot_id}",) if kind == "vote" else ()

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """A vote counts once for its proposal."""
        return (Counted(slot_id, payload.choice),) if kind == "vote" else ()

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """The proposal itself, in both kinds."""
        return slot_id

    def document(self, entry: Entry) -> Document:
        """A row of `proposals` (docs/formats.md §6)."""
        proposal: Proposal = entry.payload or Proposal("", "", "", "", "")
        return {
            "id": entry.id,
            "number": entry.number,
            **proposal._asdict(),
            "received_at": entry.received_at,
            "as_of": entry.as_of,
            "revised": entry.revised,
            "withdrawn": entry.withdrawn,
            "unsigned": entry.unsigned,
            "votes": None if entry.votes is None else {one: entry.votes.get(one, 0) for one in CHOICES},
        }

    def shelf(self, consultation: Consultation) -> IdeasShelf:
        """See Module."""
        return IdeasShelf(consultation)
