"""What people wrote that the town has read and publishes, as pages show it (README.md, "Words that are published")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civic.module import Document
from civic.modules.survey.questionnaire import Survey

View = dict[str, Any]
FIRST, FIRST_LETTERS = 8, 1_500  # beside the figures
A_PAGE, PAGE_LETTERS = 60, 10_000


def heard_of(survey: Survey, document: Document) -> dict[str, View]:
    """What is told of the words of each published question, by its id; nothing of one that too few have answered.

    `listed` and `left_out` are people; `first` the words beside the figures, `is_whole` if these are all of them.
    """
    words = document.get("words", {})
    return {one.id: _told(words[one.id]) for one in survey.questions if one.is_published and one.id in words}


def _told(told: Mapping[str, Any]) -> View:
    first = cut(told["words"], FIRST, FIRST_LETTERS)[:1]
    return {
        **told, "first": first[0] if first else [], "is_whole": sum(map(len, first)) == len(told["words"]),
        "listed": sum(one["people"] for one in told["words"]), "left_out": sum(told["left"].values()),
    }  # fmt: skip


def cut(words: Sequence[View], most: int = A_PAGE, letters: int = PAGE_LETTERS) -> list[list[View]]:
    """The words page by page: at most `most` each and, unless one alone has more, `letters`."""
    pages: list[list[View]] = []
    room = 0
    for one in words:
        size = len(one["words"])
        if not pages or len(pages[-1]) == most or size > room:
            pages.append([])
            room = letters
        pages[-1].append(one)
        room -= size
    return pages
