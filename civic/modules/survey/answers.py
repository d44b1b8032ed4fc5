"""What somebody answered: read strictly against the questionnaire, and what it adds to the totals.

What is counted is written so that the totals alone can be told (figures.py): `<question>=` for anybody who answered it,
`<question>=<option>` (a step of a scale likewise), `<question>.<row>=<option>`, `<question>=<option>^<place>` of a
ranking, `<question>#<number>`, `<question>@<month>`, and `<question>*<question>=<answer>*<answer>` of two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from civic.modules.survey.questionnaire import Question, Survey, is_day
from civic.refusals import Code, Refused
from civic.text import check_text

SHORT, LONG = 120, 2000  # letters
_Keys = Iterator[str]


class Answers(NamedTuple):
    """The answers by the ids of their questions, and what they add to the totals."""

    values: Mapping[str, Any]
    counted: tuple[str, ...]


def parse_answers(values: Mapping[str, Any], survey: Survey) -> Answers:
    """The answers in `values`; Refused BAD_PAYLOAD, or BAD_OPTION for what is not on offer, or not asked."""
    if not values:
        raise Refused(Code.BAD_PAYLOAD, "answers")
    if any(survey.find(identity) is None for identity in values):
        raise Refused(Code.BAD_OPTION, "answers")
    counted: list[str] = []
    for question in survey.questions:
        is_asked = _is_asked(question, values)
        if question.id in values:
            if not is_asked:
                raise Refused(Code.BAD_OPTION, "condition")
            counted += [f"{question.id}=", *_READ[question.type](question, values[question.id])]
        elif is_asked and question.is_required:
            raise Refused(Code.BAD_PAYLOAD, "required")
    return Answers(values, (*counted, *_together(survey, values)))


def _is_asked(question: Question, values: Mapping[str, Any]) -> bool:
    if question.when is None:
        return True
    before = values.get(question.when.question)
    given = before if type(before) is list else [before]
    return any(one in question.when.options for one in given)


def _single(question: Question, value: Any) -> _Keys:
    yield f"{question.id}={_option(question, value)}"


def _multiple(question: Question, value: Any) -> _Keys:
    if type(value) is not list or not value or any(type(one) is not str for one in value):
        raise Refused(Code.BAD_PAYLOAD, "answers")
    if sorted(set(value)) != value:
        raise Refused(Code.BAD_PAYLOAD, "answers")
    if len(value) > question.most:
        raise Refused(Code.BAD_OPTION, "answers")
    for one in value:
        yield f"{question.id}={_option(question, one)}"


def _ranking(question: Question, value: Any) -> _Keys:
    """Ranks are told apart by their order: who leaves one out has still said which comes first."""
    ranks = _members(value)
    allowed = range(1, len(question.options) + 1)
    if any(type(rank) is not int or rank not in allowed for rank in ranks.values()):
        raise Refused(Code.BAD_OPTION, "answers")
    if len(set(ranks.values())) != len(ranks) or (question.is_required and len(ranks) < len(question.options)):
        raise Refused(Code.BAD_PAYLOAD, "ranking")
    for place, one in enumerate(sorted(ranks, key=ranks.__getitem__), 1):
        yield f"{question.id}={_option(question, one)}^{place}"


def _matrix(question: Question, value: Any) -> _Keys:
    given, rows = _members(value), [one.id for one in question.rows]
    if not set(given) <= set(rows):
        raise Refused(Code.BAD_OPTION, "answers")
    if question.is_required and len(given) < len(rows):
        raise Refused(Code.BAD_PAYLOAD, "required")
    for row in rows:
        if row in given:
            yield f"{question.id}.{row}={_option(question, given[row])}"


def _scale(question: Question, value: Any) -> _Keys:
    yield f"{question.id}={_whole(question, value)}"


def _number(question: Question, value: Any) -> _Keys:
    yield f"{question.id}#{_whole(question, value)}"


def _date(question: Question, value: Any) -> _Keys:
    if type(value) is not str or not is_day(value):
        raise Refused(Code.BAD_PAYLOAD, "answers")
    if value < question.first or (question.last and value > question.last):
        raise Refused(Code.BAD_OPTION, "answers")
    yield f"{question.id}@{value[:7]}"


def _short(_question: Question, value: Any) -> _Keys:
    check_text(value, "answers", 1, SHORT)
    yield from ()


def _long(_question: Question, value: Any) -> _Keys:
    check_text(value, "answers", 1, LONG, lines=True)
    yield from ()


_READ: Mapping[str, Callable[[Question, Any], _Keys]] = {
    "single": _single, "multiple": _multiple, "ranking": _ranking, "matrix": _matrix, "scale": _scale,
    "number": _number, "date": _date, "short": _short, "place": _short, "long": _long,
}  # fmt: skip


def _option(question: Question, value: Any) -> str:
    if type(value) is not str:
        raise Refused(Code.BAD_PAYLOAD, "answers")
    if value not in question.ids:
        raise Refused(Code.BAD_OPTION, "answers")
    return value


def _members(value: Any) -> Mapping[str, Any]:
    if type(value) is not dict or not value:
        raise Refused(Code.BAD_PAYLOAD, "answers")
    return value


def _whole(question: Question, value: Any) -> int:
    if type(value) is not int:
        raise Refused(Code.BAD_PAYLOAD, "answers")
    if not question.low <= value <= question.high or (value - question.low) % question.step:
        raise Refused(Code.BAD_OPTION, "answers")
    return value


def _together(survey: Survey, values: Mapping[str, Any]) -> _Keys:
    """Who answered one of the two only stands in the table too: its totals are then those of the questions."""
    for cross in survey.crosses:
        pair = [values.get(cross.rows, ""), values.get(cross.columns, "")]
        if pair != ["", ""]:
            yield f"{cross.rows}*{cross.columns}={pair[0]}*{pair[1]}"
