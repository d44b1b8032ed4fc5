"""What the town says about a contribution: a status, words, a name, a date; every answer stays (docs/formats.md §19).

The statuses are those of the item's module. Two of them mean something here: `refused` must say why, and `merged` must
say with what. Votes are never added up: a merged item keeps its number and what it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from civic.canonical import canonical_json, parse_json
from civic.refusals import Code, Refused
from civic.text import check_text

REFUSED, MERGED = "refused", "merged"
NO_VOTE = frozenset({REFUSED, MERGED})  # pages ask for no vote on these
MOST_LETTERS, MOST_OF_NAME, MOST_OF_COST = 2000, 80, 80
NOT_SAID = -1  # of `done`


class Answer(NamedTuple):
    """One answer; `words` by language, those left out not said. `done` is in percent, `milestone` YYYY-MM-DD or ""."""

    about: str  # id of the item
    status: str
    words: Mapping[str, str]
    name: str  # who answers, with what they are
    at: int
    into: str = ""  # id of the item that a merged one goes on in
    cost: str = ""
    done: int = NOT_SAID
    milestone: str = ""


def check_answer(answer: Answer, statuses: Collection[str], languages: Collection[str]) -> Answer:
    """The answer, if a town with these languages may give it to an item with these statuses.

    Refused BAD_OPTION where the status is none of them, else BAD_PAYLOAD with what is wrong.
    """
    if answer.status not in statuses:
        raise Refused(Code.BAD_OPTION, "status")
    if not answer.words.keys() <= set(languages):
        raise Refused(Code.BAD_PAYLOAD, "answer_words")
    for words in answer.words.values():
        check_text(words, "answer_words", 1, MOST_LETTERS, lines=True)
    if answer.status == REFUSED and not answer.words:
        raise Refused(Code.BAD_PAYLOAD, "why")
    check_text(answer.name, "answerer", 2, MOST_OF_NAME)
    check_text(answer.cost, "cost", 0, MOST_OF_COST)
    if answer.done != NOT_SAID and not 0 <= answer.done <= 100:
        raise Refused(Code.BAD_PAYLOAD, "done")
    if answer.milestone and not _is_day(answer.milestone):
        raise Refused(Code.BAD_PAYLOAD, "milestone")
    if bool(answer.into) != (answer.status == MERGED):
        raise Refused(Code.BAD_PAYLOAD, "into")
    return answer


def check_merging(about: str, into: str, merged: Mapping[str, str]) -> None:
    """Returns if `about` may go on in `into`; Refused BAD_PAYLOAD for itself, or for what already goes on in it.

    `merged` says of the items that are merged where each goes on.
    """
    seen = {about}
    while into:
        if into in seen:
            raise Refused(Code.BAD_PAYLOAD, "circle")
        seen.add(into)
        into = merged.get(into, "")


def merged_of(answers: Mapping[str, Sequence[Answer]]) -> dict[str, str]:
    """Where each item that is merged now goes on: the last answer is the one that holds."""
    return {item: some[-1].into for item, some in answers.items() if some and some[-1].status == MERGED}


def answer_bytes(answer: Answer) -> bytes:
    """The answer in canonical JSON: what is kept, and whose hash is in the journal."""
    return canonical_json(answer._asdict())


def read_answer(data: bytes | str) -> Answer:
    """The answer that `answer_bytes` wrote; what was checked when it was given is not checked again."""
    return Answer(**parse_json(data))


def answers_document(
    item: str, number: int, answers: Sequence[Answer], number_of: Callable[[str], int]
) -> dict[str, Any]:
    """The row of the snapshot's table `answers`: all answers about one item, the oldest first.

    `number_of` gives the number under which pages show an item.
    """
    said = [_published(one) | ({"into_number": number_of(one.into)} if one.into else {}) for one in answers]
    return {"id": item, "number": number, "answers": said}


def _published(answer: Answer) -> dict[str, Any]:
    members = answer._asdict()
    del members["about"]
    return members | {"done": None if answer.done == NOT_SAID else answer.done}


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
