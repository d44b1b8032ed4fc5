"""What a proposal, a vote and a co-signature say (README.md), parsed strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from civic.consultation import Consultation
from civic.jws import HASH, is_matching
from civic.modules.ideas.settings import IdeasSettings, settings_of
from civic.photos import Photo, check_photos
from civic.place import Place, parse_place
from civic.refusals import Code, Refused
from civic.slots import BEHIND
from civic.text import check_text

_is_id = is_matching(HASH)
CHOICES = ("for", "against", "blank")
_PROPOSAL = frozenset({"title", "text", "category", "name", "lang"})
_PERHAPS = frozenset({"photos", "place", "date", "trees"})  # left out where nothing is said
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


class Proposal(NamedTuple):
    """A proposal's words; `category` is "" where the consultation has none, `date` an ISO day or ""."""

    title: str
    text: str
    category: str
    name: str
    lang: str
    photos: tuple[Photo, ...] = ()
    place: Place | None = None
    date: str = ""
    trees: tuple[tuple[str, str], ...] = ()  # (tree, category), in the order of the trees' ids


class Vote(NamedTuple):
    """A choice about one proposal; `seen` is the id of the revision of its words that the voter read, "" unknown."""

    choice: str
    seen: str = ""


class Cosignature(NamedTuple):
    """One more person behind an idea; no vote."""


def parse_cosignature(body: Mapping[str, Any]) -> Cosignature:
    """The co-signature in `body`; Refused BAD_PAYLOAD."""
    if body != {"choice": BEHIND}:
        raise Refused(Code.BAD_PAYLOAD, "choice")
    return Cosignature()


def parse_vote(body: Mapping[str, Any]) -> Vote:
    """The vote in `body`; Refused BAD_PAYLOAD or BAD_OPTION."""
    if not {"choice"} <= body.keys() <= {"choice", "seen"} or type(body["choice"]) is not str:
        raise Refused(Code.BAD_PAYLOAD, "choice")
    if "seen" in body and not _is_id(body["seen"]):
        raise Refused(Code.BAD_PAYLOAD, "seen")
    if body["choice"] not in CHOICES:
        raise Refused(Code.BAD_OPTION, "choice")
    return Vote(body["choice"], body.get("seen", ""))


def parse_proposal(body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]) -> Proposal:
    """The proposal in `body`; Refused BAD_PAYLOAD or BAD_OPTION."""
    if body.keys() - _PERHAPS != _PROPOSAL:
        raise Refused(Code.BAD_PAYLOAD)
    if body["lang"] not in languages:
        raise Refused(Code.BAD_PAYLOAD, "lang")
    if type(body["category"]) is not str:  # looked at first: a set cannot be asked for a list
        raise Refused(Code.BAD_PAYLOAD, "category")
    categories = {category.id for category in consultation.categories} or {""}
    if body["category"] not in categories:
        raise Refused(Code.BAD_OPTION, "category")
    asked = settings_of(consultation)
    return Proposal(
        check_text(body["title"], "title", 3, 120),
        check_text(body["text"], "text", 10, 4000, lines=True),
        body["category"],
        check_text(body["name"], "name", 0, 60),
        body["lang"],
        check_photos(body["photos"]) if "photos" in body else (),
        _parse_place(body["place"], asked) if "place" in body else None,
        _parse_day(body["date"], asked) if "date" in body else "",
        _parse_trees(body["trees"], asked) if "trees" in body else (),
    )


def _parse_place(value: object, asked: IdeasSettings) -> Place:
    if not asked.has_place:
        raise Refused(Code.BAD_PAYLOAD, "place")
    return parse_place(value, ())


def _parse_day(value: object, asked: IdeasSettings) -> str:
    if not asked.has_date or type(value) is not str or not _DAY.fullmatch(value):
        raise Refused(Code.BAD_PAYLOAD, "date")
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise Refused(Code.BAD_PAYLOAD, "date") from error
    return value


def _parse_trees(value: object, asked: IdeasSettings) -> tuple[tuple[str, str], ...]:
    """A retired category is taken: an act waits on a phone longer than a form stands on a page."""
    if type(value) is not dict or not value or any(type(one) is not str for one in value.values()):
        raise Refused(Code.BAD_PAYLOAD, "trees")
    for tree, category in value.items():
        if tree not in asked.trees or not asked.trees[tree].is_choice(category):
            raise Refused(Code.BAD_OPTION, "trees")
    return tuple(sorted(value.items()))
