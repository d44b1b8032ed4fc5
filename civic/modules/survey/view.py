"""The questionnaire as templates show it, and its figures question by question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civic.modules.survey.figures import Figures, middle_of
from civic.modules.survey.questionnaire import Choice, Question, Survey, Words

View = dict[str, Any]


def sections_of(survey: Survey) -> list[View]:
    """Its sections with their questions, numbered through."""
    number, numbers = 0, {one.id: at for at, one in enumerate(survey.questions, 1)}
    sections: list[View] = []
    for section in survey.sections:
        questions = []
        for one in section.questions:
            number += 1
            questions.append(_question(one, number, survey, numbers))
        shown = {"id": section.id, "title": dict(section.title), "text": dict(section.text)}
        sections.append(shown | {"questions": questions})
    return sections


def _question(one: Question, number: int, survey: Survey, numbers: Mapping[str, int]) -> View:
    return {
        "id": one.id, "number": number, "type": one.type, "title": dict(one.title), "text": dict(one.text),
        "is_required": one.is_required, "options": [_choice(option) for option in one.options],
        "rows": [_choice(row) for row in one.rows], "low": one.low, "high": one.high, "step": one.step,
        "first": one.first, "last": one.last, "low_label": dict(one.low_label), "high_label": dict(one.high_label),
        "most": one.most, "is_random": one.is_random, "when": _when(one, survey, numbers),
        "is_published": one.is_published,
    }  # fmt: skip


def _choice(choice: Choice) -> View:
    return {"id": choice.id, "label": dict(choice.label)}


def _when(one: Question, survey: Survey, numbers: Mapping[str, int]) -> View | None:
    asked = None if one.when is None else survey.find(one.when.question)
    if one.when is None or asked is None:
        return None
    labels = [dict(option.label) for option in asked.options if option.id in one.when.options]
    field = f"answers.{asked.id}{'[]' if asked.type == 'multiple' else ''}"
    options = list(one.when.options)
    return {"question": asked.id, "field": field, "number": numbers[asked.id], "options": options, "labels": labels}


def results_of(survey: Survey, figures: Figures) -> list[View]:
    """Each question with what was answered: see `_told` for what stands beside its number and title."""
    shown = [question for section in sections_of(survey) for question in section["questions"]]
    by_id = {one.id: one for one in survey.questions}
    return [view | _told(by_id[view["id"]], figures) for view in shown]


def _told(question: Question, figures: Figures) -> View:
    """`answered`: people; `lines`: an answer with its people each, first ones first in a ranking; `peak`: the most of
    them; `grid`: rows of a matrix; `middle`: mean and median."""
    told: View = {"answered": figures["answered"].get(question.id, 0), "lines": [], "grid": [], "middle": None}
    choices = figures["choices"]
    if question.type == "ranking":
        told["lines"] = _ranked(question, choices)
    elif question.type == "matrix":
        told["grid"] = [
            {**_choice(row), "cells": [choices.get(f"{question.id}.{row.id}={one}", 0) for one in question.ids]}
            for row in question.rows
        ]
    elif question.type == "scale":
        steps = {step: choices.get(f"{question.id}={step}", 0) for step in range(question.low, question.high + 1)}
        told["lines"] = [{"id": str(step), "label": {}, "n": n} for step, n in steps.items()]
        told["middle"] = middle_of(steps)
    elif question.type == "number":
        told["middle"] = figures["numbers"].get(question.id)
    elif question.type == "date":
        months = figures["months"].get(question.id, {})
        told["lines"] = [{"id": month, "label": {}, "n": n} for month, n in months.items()]
    else:
        told["lines"] = [{**_choice(one), "n": choices.get(f"{question.id}={one.id}", 0)} for one in question.options]
    told["peak"] = max((one["n"] for one in told["lines"]), default=0)
    return told


def _ranked(question: Question, choices: Mapping[str, int]) -> list[View]:
    """By points: as many as there are options for the first place, one less for each place behind it."""
    lines = []
    for one in question.options:
        places = [choices.get(f"{question.id}={one.id}^{at}", 0) for at in range(1, len(question.options) + 1)]
        points = sum(n * (len(places) - at) for at, n in enumerate(places))
        lines.append({**_choice(one), "n": points, "first": places[0], "places": places})
    return sorted(lines, key=lambda line: (-line["n"], -line["first"]))


def crosses_of(survey: Survey, figures: Figures) -> list[View]:
    """The declared tables of two questions; `lines` is empty where too few people are behind them."""
    shown = []
    for cross in survey.crosses:
        rows, columns = survey.find(cross.rows), survey.find(cross.columns)
        if rows is None or columns is None:
            continue
        found = {(one["row"], one["column"]): one["n"] for one in figures["pairs"].get(f"{rows.id}*{columns.id}", ())}
        heads = [one for one in _answers(columns) if any(column == one["id"] for _, column in found)]
        lines = [
            {**row, "cells": [found.get((row["id"], column["id"])) for column in heads]}
            for row in _answers(rows)
            if any(name == row["id"] for name, _ in found)
        ]
        shown.append({"rows": dict(rows.title), "columns": dict(columns.title), "heads": heads, "lines": lines})
    return shown


def _answers(question: Question) -> list[View]:
    """Every answer to a question of one choice, and none at all, whose id is ""."""
    none: Words = {}
    steps = [Choice(str(step), none) for step in range(question.low, question.high + 1)]
    offered = steps if question.type == "scale" else [*question.options]
    return [_choice(one) for one in (*offered, Choice("", none))]
