"""The manifest of questions: one kind of act, the ballot, about what the town declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.consultation import Consultation
from civic.module import Declared, Document, Entered, Entry, Offered, Option
from civic.modules.question.shelf import QuestionShelf
from civic.questions import BLANK, Question
from civic.refusals import Code, Refused
from civic.settings import no_settings
from civic.slots import SUM, Counted

BALLOTS = f"{SUM}ballots"
_MEMBERS = frozenset({"question", "choice"})


class Ballot(NamedTuple):
    """What somebody answered; no choice is blank."""

    question: str
    choice: tuple[str, ...]


class QuestionModule:
    """See civic.module.Module."""

    name = "question"
    kinds: tuple[str, ...] = ("ballot",)
    tables: Mapping[str, str] = {}
    choices: tuple[str, ...] = (BLANK,)
    targets: tuple[str, ...] = ()

    def check(self, consultation: Consultation) -> None:
        """There is nothing to set."""
        no_settings(consultation, self.name)

    def parse(
        self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]
    ) -> Ballot:
        """See Module. The ids chosen stand in their order as texts, so that one choice is written in one way."""
        if body.keys() != _MEMBERS or type(body["question"]) is not str:
            raise Refused(Code.BAD_PAYLOAD, "question")
        choice = body["choice"]
        if type(choice) is not list or any(type(one) is not str for one in choice) or sorted(set(choice)) != choice:
            raise Refused(Code.BAD_PAYLOAD, "choice")
        question = _find(consultation, body["question"])
        if question is None:
            raise Refused(Code.BAD_OPTION, "question")
        if len(choice) > question.max or not all(question.has(one) for one in choice):
            raise Refused(Code.BAD_OPTION, "choice")
        return Ballot(question.id, tuple(choice))

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """See Module. Boxes ticked together come as one text; no box at all is no answer, and not a blank one."""
        said = fields["choice"]
        choice = None if not said else [] if said == BLANK else sorted(said.split(" "))
        return Entered(fields["target"], {"question": fields["question"], "choice": choice})

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """See Module."""
        question = _find(consultation, fields.get("question", ""))
        if question is None or name not in _MEMBERS:
            return None
        if name == "question":
            return Offered((Option(question.id, label=question.title),))
        options = [Option(one.id, f"question.choice.{one.id}", one.label) for one in question.options]
        return Offered((*options, Option(BLANK, "question.choice.blank")), question.max)

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """The questions, which people may also talk about."""
        return tuple(Declared(one.slot, "questions") for one in consultation.questions)

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """A ballot lies in the slot of its question: one a person."""
        question = _find(consultation, payload.question)
        return "" if question is None else question.slot

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """A question is there as soon as it is declared."""
        return ()

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """One vote for each answer chosen, or a blank; and one ballot, for several answers are still one person's."""
        chosen = payload.choice or (BLANK,)
        return (*(Counted(slot_id, one) for one in chosen), Counted(slot_id, BALLOTS))

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """The question."""
        return slot_id

    def document(self, entry: Entry) -> Document:
        """A row of `questions` (docs/formats.md §6)."""
        votes = entry.votes
        return {
            "id": entry.id,
            "number": entry.number,
            "as_of": entry.as_of,
            "votes": None if votes is None else {one: n for one, n in votes.items() if not one.startswith(SUM)},
            "ballots": None if votes is None else votes.get(BALLOTS, 0),
        }

    def shelf(self, consultation: Consultation) -> QuestionShelf:
        """See Module."""
        return QuestionShelf(consultation)


def _find(consultation: Consultation, identity: str) -> Question | None:
    return next((one for one in consultation.questions if one.id == identity), None)
