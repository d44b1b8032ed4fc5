"""The manifest of ideas: its kinds, what each needs, what it counts, how it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civic.consultation import Consultation
from civic.module import Declared, Document, Entered, Entry, Offered, Option
from civic.modules.ideas.payload import (
    CHOICES,
    Cosignature,
    Proposal,
    Vote,
    parse_cosignature,
    parse_proposal,
    parse_vote,
)
from civic.modules.ideas.settings import check_settings, settings_of
from civic.modules.ideas.shelf import IdeasShelf
from civic.photos import shown_photos
from civic.place import entered_place
from civic.slots import BEHIND, Counted
from civic.text import normalise


class Ideas:
    """See civic.module.Module."""

    name = "ideas"
    kinds: tuple[str, ...] = ("proposal", "vote", "cosign")
    tables: Mapping[str, str] = {"proposal": "proposals"}
    choices: tuple[str, ...] = (*CHOICES, BEHIND)
    targets: tuple[str, ...] = ("proposal",)
    statuses: tuple[str, ...] = ("submitted", "study", "accepted", "refused", "merged", "done")

    def check(self, consultation: Consultation) -> None:
        """See Module."""
        check_settings(consultation)

    def parse(
        self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]
    ) -> Proposal | Vote | Cosignature:
        """See Module."""
        if kind == "proposal":
            return parse_proposal(body, consultation, languages)
        return parse_vote(body) if kind == "vote" else parse_cosignature(body)

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """See Module."""
        if kind == "vote":
            seen = {"seen": fields["seen"]} if fields["seen"] else {}
            return Entered(fields["target"], {"choice": fields["choice"], **seen})
        if kind == "cosign":
            return Entered(fields["target"], {"choice": fields["choice"]})
        words = {"title": normalise(fields["title"]), "text": normalise(fields["text"], lines=True)}
        kept = {"category": fields["category"], "name": normalise(fields["name"]), "lang": fields["lang"]}
        return Entered(own_id, words | kept | _entered_perhaps(fields))

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """See Module."""
        if name == "choice":
            if fields["kind"] == "cosign":
                return Offered((Option(BEHIND, "ideas.cosign.choice"),))
            return Offered(tuple(Option(one, f"ideas.choice.{one}") for one in CHOICES))
        if name == "category":
            return Offered(tuple(Option(one.id, label=one.label) for one in consultation.categories))
        kind, _, tree = name.partition(".")
        asked = settings_of(consultation).trees.get(tree) if kind == "trees" else None
        if asked is None:
            return None
        return Offered(tuple(Option(one.id, label=one.label) for one in asked.choices()), label=asked.label)

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """Ideas come from citizens."""
        return ()

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """The slot of a vote, or of a co-signature, names the proposal, which `requires` asks for."""
        return ""

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """What is said of a proposal needs it."""
        return () if kind == "proposal" else (f"proposal:{slot_id}",)

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """A vote counts once for its proposal; a co-signature puts one more person behind it."""
        if kind == "proposal":
            return ()
        return (Counted(slot_id, payload.choice if kind == "vote" else BEHIND),)

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """The proposal itself, in all kinds."""
        return slot_id

    def attached(self, kind: str, payload: Any) -> tuple[str, ...]:
        """The photos of a proposal."""
        return tuple(one.sha256 for one in payload.photos) if kind == "proposal" else ()

    def document(self, entry: Entry) -> Document:
        """A row of `proposals` (docs/formats.md §6)."""
        proposal: Proposal = entry.payload or Proposal("", "", "", "", "")
        votes = entry.votes
        return {
            "id": entry.id,
            **({"head": entry.head} if entry.head else {}),
            "number": entry.number,
            **{name: getattr(proposal, name) for name in ("title", "text", "category", "name", "lang")},
            "received_at": entry.received_at,
            "as_of": entry.as_of,
            "revised": entry.revised,
            "withdrawn": entry.withdrawn,
            "unsigned": entry.unsigned,
            "votes": None if votes is None else {one: votes.get(one, 0) for one in CHOICES},
            **{name: value for name, value in _perhaps(proposal, entry).items() if value},
        }

    def shelf(self, consultation: Consultation) -> IdeasShelf:
        """See Module."""
        return IdeasShelf(consultation, self.statuses)


def _perhaps(proposal: Proposal, entry: Entry) -> Document:
    """The members that a row has only where they say something."""
    return {
        "photos": shown_photos(proposal.photos, entry.photos),
        "place": None if proposal.place is None else proposal.place._asdict(),
        "date": proposal.date,
        "trees": dict(proposal.trees),
        "cosigners": (entry.votes or {}).get(BEHIND, 0),
    }


def _entered_perhaps(fields: Mapping[str, str]) -> dict[str, Any]:
    """The members of a body that are left out where nothing was entered."""
    place = entered_place(fields)
    trees = {name.removeprefix("trees."): one for name, one in fields.items() if name.startswith("trees.") and one}
    found = {"place": place if any(place.values()) else {}, "date": fields.get("date", ""), "trees": trees}
    return {name: value for name, value in found.items() if value}
