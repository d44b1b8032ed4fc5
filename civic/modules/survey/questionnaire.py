"""What a town asks in `[survey]`, as it declares it (README.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from civic.declaration import DeclarationError, check_members, read_member, read_names, read_slug, read_words
from civic.settings import SettingsReader

CHOSEN = ("single", "multiple", "ranking", "matrix")  # those with options
WRITTEN = ("short", "long", "place")
PUBLISHED = ("short", "long")  # where somebody lives is never
TYPES = (*CHOSEN, "scale", *WRITTEN, "number", "date")
MOST_QUESTIONS, MOST_OPTIONS, MOST_ROWS, MOST_FIELDS = 40, 20, 10, 100
WIDEST_SCALE = 10
_LIMIT = 10**9
_TAKEN = ("blank",)  # a word of every form (docs/formats.md §10)
_BOUNDS = {"scale": (1, 5), "number": (0, _LIMIT)}
_MEMBERS = frozenset(
    {
        "id", "type", "title", "text", "required", "option", "row", "min", "max", "step", "min_label", "max_label",
        "max_chosen", "random", "when", "published",
    }
)  # fmt: skip

Words = Mapping[str, str]


class Choice(NamedTuple):
    """An answer on offer, or a row of a matrix."""

    id: str
    label: Words


class When(NamedTuple):
    """A question is asked only where one before it was answered with any of these options."""

    question: str
    options: tuple[str, ...]


class Question(NamedTuple):
    """A question. `low`, `high` and `step` are those of a scale or number; `first` and `last` days, "" for any."""

    id: str
    type: str
    title: Words
    text: Words
    is_required: bool
    options: tuple[Choice, ...]
    rows: tuple[Choice, ...]
    low: int
    high: int
    step: int
    first: str
    last: str
    low_label: Words
    high_label: Words
    most: int  # options that may be chosen together
    is_random: bool
    when: When | None
    is_published: bool  # whether the town may publish its words, once read

    @property
    def fields(self) -> int:
        """How many fields it has in a form."""
        return {"matrix": len(self.rows), "ranking": len(self.options)}.get(self.type, 1)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its options."""
        return tuple(one.id for one in self.options)


class Section(NamedTuple):
    """Questions under a title, which may be empty."""

    id: str
    title: Words
    text: Words
    questions: tuple[Question, ...]


class Cross(NamedTuple):
    """Two questions whose answers are told side by side, where enough people gave them."""

    rows: str
    columns: str


class Survey(NamedTuple):
    """The whole questionnaire."""

    sections: tuple[Section, ...]
    crosses: tuple[Cross, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """In the town's order."""
        return tuple(question for section in self.sections for question in section.questions)

    def find(self, identity: str) -> Question | None:
        """The question with this id."""
        return next((one for one in self.questions if one.id == identity), None)


def _read_survey(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> Survey:
    check_members(table, where, frozenset({"section", "cross"}))
    sections: list[Section] = []
    for number, one in enumerate(read_member(table, "section", list, where, []), 1):
        before = [question for section in sections for question in section.questions]
        sections.append(_read_section(one, f"{where}, section {number}", languages, before))
    survey = Survey(tuple(sections), tuple(_read_crosses(table, where, sections)))
    _check_distinct([one.id for one in sections], where)
    if len(survey.questions) > MOST_QUESTIONS or sum(one.fields for one in survey.questions) > MOST_FIELDS:
        raise DeclarationError(f"{where}: at most {MOST_QUESTIONS} questions, and {MOST_FIELDS} lines to fill in")
    return survey


survey_of = SettingsReader("survey", _read_survey)


def _read_section(
    table: Mapping[str, Any], where: str, languages: tuple[str, ...], before: Sequence[Question]
) -> Section:
    check_members(table, where, frozenset({"id", "title", "text", "question"}))
    questions: list[Question] = []
    for number, one in enumerate(read_member(table, "question", list, where, []), 1):
        questions.append(_read_question(one, f"{where}, question {number}", languages, [*before, *questions]))
    _check_distinct([one.id for one in (*before, *questions)], where)
    title, text = (_optional(table, name, where, languages) for name in ("title", "text"))
    return Section(read_slug(table, "id", where), title, text, tuple(questions))


def _read_question(
    table: Mapping[str, Any], where: str, languages: tuple[str, ...], before: Sequence[Question]
) -> Question:
    check_members(table, where, _MEMBERS)
    kind = read_member(table, "type", str, where, "single")
    if kind not in TYPES:
        raise DeclarationError(f"{where}: 'type' is one of {', '.join(TYPES)}")
    options = _read_choices(table, "option", where, languages, MOST_OPTIONS if kind in CHOSEN else 0)
    if kind in CHOSEN and len(options) < 2:
        raise DeclarationError(f"{where}: from 2 to {MOST_OPTIONS} options are needed")
    rows = _read_choices(table, "row", where, languages, MOST_ROWS if kind == "matrix" else 0)
    if kind == "matrix" and not rows:
        raise DeclarationError(f"{where}: a matrix has from 1 to {MOST_ROWS} rows")
    title = read_words(table, "title", where, languages)
    if any("\n" in one or len(one) > 200 for one in title.values()):
        raise DeclarationError(f"{where}: a title is one line of at most 200 letters")
    most = read_member(table, "max_chosen", int, where, len(options) if kind == "multiple" else 1)
    if not 1 <= most <= (len(options) if kind == "multiple" else 1):
        raise DeclarationError(f"{where}: 'max_chosen' is how many of its options one may choose together")
    low, high, step = _read_bounds(table, kind, where)
    first, last = _read_days(table, kind, where)
    return Question(
        id=read_slug(table, "id", where), type=kind, title=title, text=_optional(table, "text", where, languages),
        is_required=read_member(table, "required", bool, where, default=False), options=options, rows=rows, low=low,
        high=high, step=step, first=first, last=last,
        low_label=_optional(table, "min_label", where, languages),
        high_label=_optional(table, "max_label", where, languages), most=most,
        is_random=read_member(table, "random", bool, where, default=False), when=_read_when(table, where, before),
        is_published=_read_published(table, kind, where),
    )  # fmt: skip


def _read_choices(
    table: Mapping[str, Any], name: str, where: str, languages: tuple[str, ...], most: int
) -> tuple[Choice, ...]:
    choices = []
    for number, one in enumerate(read_member(table, name, list, where, []), 1):
        place = f"{where}, {name} {number}"
        check_members(one, place, frozenset({"id", "label"}))
        choices.append(Choice(read_slug(one, "id", place), read_words(one, "label", place, languages)))
    _check_distinct([one.id for one in choices], where)
    if any(one.id in _TAKEN for one in choices):
        raise DeclarationError(f"{where}: give the option 'blank' another id")
    if len(choices) > most:
        raise DeclarationError(f"{where}: '{name}': at most {most} in a question of this type")
    return tuple(choices)


def _read_bounds(table: Mapping[str, Any], kind: str, where: str) -> tuple[int, int, int]:
    if kind not in _BOUNDS:
        return 0, 0, 1
    low, high = (
        read_member(table, name, int, where, usual) for name, usual in zip(("min", "max"), _BOUNDS[kind], strict=True)
    )
    step = read_member(table, "step", int, where, 1)
    if not -_LIMIT <= low < high <= _LIMIT or step < 1 or (high - low) % step:
        raise DeclarationError(f"{where}: 'max' is above 'min', by a number of whole steps")
    if kind == "scale" and (high - low > WIDEST_SCALE or step != 1):
        raise DeclarationError(f"{where}: a scale has at most {WIDEST_SCALE + 1} steps of 1")
    return low, high, step


def _read_days(table: Mapping[str, Any], kind: str, where: str) -> tuple[str, str]:
    if kind != "date":
        if kind not in _BOUNDS and ("min" in table or "max" in table or "step" in table):
            raise DeclarationError(f"{where}: 'min', 'max' and 'step' are of a scale or a number")
        return "", ""
    first, last = (read_member(table, name, str, where, "") for name in ("min", "max"))
    if not all(not one or is_day(one) for one in (first, last)):
        raise DeclarationError(f"{where}: 'min' and 'max' are days, such as 2026-09-01")
    return first, last


def is_day(text: str) -> bool:
    """Whether it is a day of the calendar, written 2026-09-01."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _read_published(table: Mapping[str, Any], kind: str, where: str) -> bool:
    is_published = read_member(table, "published", bool, where, default=False)
    if is_published and kind not in PUBLISHED:
        raise DeclarationError(f"{where}: 'published' is of a question of type {' or '.join(PUBLISHED)}")
    return is_published


def _read_when(table: Mapping[str, Any], where: str, before: Sequence[Question]) -> When | None:
    if "when" not in table:
        return None
    when = read_member(table, "when", dict, where)
    check_members(when, f"{where}, 'when'", frozenset({"question", "in"}))
    asked = next((one for one in before if one.id == when.get("question")), None)
    if asked is None or asked.type not in ("single", "multiple"):
        raise DeclarationError(f"{where}: 'when' names a question before this one, of type single or multiple")
    options = read_names(when, "in", where)
    if not options or not set(options) <= set(asked.ids):
        raise DeclarationError(f"{where}: 'when' lists options of question '{asked.id}'")
    return When(asked.id, options)


def _read_crosses(table: Mapping[str, Any], where: str, sections: Sequence[Section]) -> list[Cross]:
    told = {one.id for section in sections for one in section.questions if one.type in ("single", "scale")}
    crosses = []
    for number, one in enumerate(read_member(table, "cross", list, where, []), 1):
        place = f"{where}, cross {number}"
        check_members(one, place, frozenset({"rows", "columns"}))
        cross = Cross(read_slug(one, "rows", place), read_slug(one, "columns", place))
        if cross.rows == cross.columns or not {*cross} <= told:
            raise DeclarationError(f"{place}: 'rows' and 'columns' are two questions of type single or scale")
        crosses.append(cross)
    return crosses


def _optional(table: Mapping[str, Any], name: str, where: str, languages: tuple[str, ...]) -> Words:
    return read_words(table, name, where, languages) if name in table else {}


def _check_distinct(ids: Sequence[str], where: str) -> None:
    if len(set(ids)) != len(ids):
        raise DeclarationError(f"{where}: two have the same id")
