"""What a count of ballots says, and who wins by the declared rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.module import Document
from civic.questions import BLANK, Question


class Count(NamedTuple):
    """The ballots of one question: votes of each answer in the town's order, blank ones, all of them."""

    votes: Mapping[str, int]
    blank: int
    ballots: int

    @property
    def expressed(self) -> int:
        """Ballots that are not blank: what percentages without blanks are of."""
        return self.ballots - self.blank

    @property
    def ranked(self) -> list[str]:
        """The answers from most to fewest votes; equal ones in the town's order."""
        return sorted(self.votes, key=lambda one: -self.votes[one])

    @property
    def leaders(self) -> list[str]:
        """The answers with most votes: one wins, several are tied, none where nobody chose any."""
        most = max(self.votes.values(), default=0)
        return [one for one, n in self.votes.items() if n == most] if most else []


def count_of(question: Question, document: Document) -> Count | None:
    """The count in the row of a question, None while it is hidden."""
    if document["votes"] is None:
        return None
    votes = {one.id: document["votes"].get(one.id, 0) for one in question.options}
    return Count(votes, document["votes"].get(BLANK, 0), document["ballots"])


def view_of(question: Question, document: Document) -> dict[str, Any]:
    """The question as templates show it, with its count where that is public (`count` is None else)."""
    count = count_of(question, document)
    return {
        "id": question.slot,
        "name": question.id,
        "number": document["number"],
        "type": question.type,
        "max": question.max,
        "secret": question.secret,
        "title": dict(question.title),
        "text": dict(question.text),
        "labels": {one.id: dict(one.label) for one in question.options},
        "count": None
        if count is None
        else {
            "votes": dict(count.votes), "blank": count.blank, "ballots": count.ballots,
            "expressed": count.expressed, "ranked": count.ranked, "leaders": count.leaders,
        },
    }  # fmt: skip
