"""The questions that a town asks, as it declares them (docs/formats.md §1), and as the manifest names them (§2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from civic.canonical import b64u_encode, canonical_json
from civic.declaration import DeclarationError, check_members, check_slug, read_member, read_slug, read_words

BLANK = "blank"
TYPES = ("single", "multi")
MOST_QUESTIONS, MOST_OPTIONS = 20, 20
_QUESTION = frozenset({"id", "type", "title", "text", "option", "max", "wins", "secret"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers on offer; `label` is empty for the plain *for* and *against*, which have words already."""

    id: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the town. `slot` is the id that ballots about it have in their slot, and pages know it by."""

    id: str
    type: str  # "single": one answer, "multi": up to `max`; blank is always possible
    options: tuple[Answer, ...]
    max: int
    wins: str  # "most": the answer with most votes; a tie has no winner
    title: Mapping[str, str]
    text: Mapping[str, str]  # Markdown, {} where there is none
    slot: str
    secret: bool = False  # ballots come with a token and nobody knows whose they are (docs/formats.md §15)

    def has(self, option: str) -> bool:
        """Whether `option` is one of the answers."""
        return any(one.id == option for one in self.options)


def slot_id(slug: str, question: str) -> str:
    """The 22 characters of the slot of a question: b64u of the first 16 bytes of SHA-256 (docs/formats.md §3)."""
    digest = hashlib.sha256(canonical_json({"a": slug, "question": question})).digest()
    return b64u_encode(digest[:16])


def read_questions(table: Mapping[str, Any], where: str, slug: str, languages: tuple[str, ...]) -> tuple[Question, ...]:
    """The `[[question]]` of a consultation, in the town's order; DeclarationError says what to mend."""
    questions = tuple(
        _read_question(one, f"{where}, question {number}", slug, languages)
        for number, one in enumerate(read_member(table, "question", list, where, []), 1)
    )
    if len({one.id for one in questions}) != len(questions):
        raise DeclarationError(f"{where}: two questions have the same id")
    if len(questions) > MOST_QUESTIONS:
        raise DeclarationError(f"{where}: at most {MOST_QUESTIONS} questions")
    return questions


def _read_question(table: Any, where: str, slug: str, languages: tuple[str, ...]) -> Question:
    if not isinstance(table, Mapping):
        raise DeclarationError(f"{where}: a question is a table, written under [[question]]")
    check_members(table, where, _QUESTION)
    identity, kind = read_slug(table, "id", where), read_member(table, "type", str, where, "single")
    if kind not in TYPES:
        raise DeclarationError(f"{where}: 'type' is {' or '.join(TYPES)}")
    options = _read_options(table, where, languages)
    most = read_member(table, "max", int, where, 1 if kind == "single" else len(options))
    if (kind == "single" and most != 1) or not 1 <= most <= len(options):
        raise DeclarationError(f"{where}: 'max' is how many of its {len(options)} answers one may choose, 1 if single")
    wins = read_member(table, "wins", str, where, "most")
    if wins != "most":
        raise DeclarationError(f"{where}: 'wins' is most")
    text = read_words(table, "text", where, languages) if "text" in table else {}
    title = read_words(table, "title", where, languages)
    if any("\n" in one or len(one) > 200 for one in title.values()):
        raise DeclarationError(f"{where}: a title is one line of at most 200 letters")
    secret = read_member(table, "secret", bool, where, default=False)
    return Question(identity, kind, options, most, wins, title, text, slot_id(slug, identity), secret)


def _read_options(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> tuple[Answer, ...]:
    declared = read_member(table, "option", list, where, [])
    if not declared:
        return Answer("for", {}), Answer("against", {})
    options = []
    for number, one in enumerate(declared, 1):
        place = f"{where}, option {number}"
        check_members(one, place, frozenset({"id", "label"}))
        options.append(Answer(read_slug(one, "id", place), read_words(one, "label", place, languages)))
    if any(one.id == BLANK for one in options):
        raise DeclarationError(f"{where}: '{BLANK}' is on every ballot already; give this answer another id")
    if len({one.id for one in options}) != len(options):
        raise DeclarationError(f"{where}: two answers have the same id")
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise DeclarationError(f"{where}: from 2 to {MOST_OPTIONS} answers are needed")
    return tuple(options)


def manifest_member(question: Question) -> dict[str, Any]:
    """What the manifest says of a question; its words are hashed, in every language (docs/formats.md §2)."""
    labels = {one.id: dict(one.label) for one in question.options}
    words = canonical_json({"title": dict(question.title), "text": dict(question.text), "options": labels})
    # Named only where it is so: a manifest that was hashed into acts keeps its bytes.
    return ({"secret": True} if question.secret else {}) | {
        "id": question.id,
        "type": question.type,
        "options": [one.id for one in question.options],
        "max": question.max,
        "wins": question.wins,
        "text_sha256": b64u_encode(hashlib.sha256(words).digest()),
    }


class Words(NamedTuple):
    """What a question says, apart from its rules: each by language, labels by the id of the answer."""

    title: Mapping[str, str]
    text: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]


NO_WORDS = Words({}, {}, {})


def question_of_member(slug: str, member: Mapping[str, Any], words: Words = NO_WORDS) -> Question:
    """The question that a manifest names, with `words` that it only has the hash of; ValueError if it is none.

    Whether they are the words of then, `manifest_member` tells: it gives `member` again.
    """
    identity, options = check_slug(member["id"], "question"), member["options"]
    is_whole = member["type"] in TYPES and type(member["max"]) is int and type(options) is list
    if not is_whole or any(type(one) is not str for one in options) or len(set(options)) != len(options):
        raise ValueError("not a manifest: a question")
    answers = tuple(Answer(one, words.labels.get(one, {})) for one in options)
    return Question(
        identity, member["type"], answers, member["max"], str(member["wins"]), words.title, words.text,
        slot_id(slug, identity), member.get("secret") is True,
    )  # fmt: skip


def widened_questions(
    slug: str, questions: Iterable[Question], past: Iterable[Mapping[str, Any]]
) -> tuple[Question, ...]:
    """Questions wide enough for every ballot taken under any of the `past` members of manifests."""
    wide = {one.id: one for one in questions}
    for member in past:
        identity = member["id"]
        known = wide.get(identity)
        labels = {} if known is None else {one.id: one.label for one in known.options}
        options = tuple(Answer(one, labels.get(one, {})) for one in dict.fromkeys([*labels, *member["options"]]))
        most = max(member["max"], 0 if known is None else known.max)
        kind, title, text = ("single", {}, {}) if known is None else (known.type, known.title, known.text)
        secret = member.get("secret") is True if known is None else known.secret
        wide[identity] = Question(
            identity, kind, options, most, member["wins"], title, text, slot_id(slug, identity), secret
        )  # fmt: skip
    return tuple(wide.values())
