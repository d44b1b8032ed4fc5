"""What a proposal and a vote say (docs/formats.md §3), parsed strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.consultation import Consultation
from civic.jws import HASH, is_matching
from civic.photos import Photo, check_photos
from civic.refusals import Code, Refused
from civic.text import check_text

_is_id = is_matching(HASH)
CHOICES = ("for", "against", "blank")
_PROPOSAL = frozenset({"title", "text", "category", "name", "lang"})


class Proposal(NamedTuple):
    """A proposal's words; `category` is "" where the consultation has none."""

    title: str
    text: str
    category: str
    name: str
    lang: str
    photos: tuple[Photo, ...] = ()


class Vote(NamedTuple):
    """A choice about one proposal; `seen` is the id of the revision of its words that the voter read, "" unknown."""

    choice: str
    seen: str = ""


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
    if body.keys() - {"photos"} != _PROPOSAL:
        raise Refused(Code.BAD_PAYLOAD)
    if body["lang"] not in languages:
        raise Refused(Code.BAD_PAYLOAD, "lang")
    if type(body["category"]) is not str:  # looked at first: a set cannot be asked for a list
        raise Refused(Code.BAD_PAYLOAD, "category")
    categories = {category.id for category in consultation.categories} or {""}
    if body["category"] not in categories:
        raise Refused(Code.BAD_OPTION, "category")
    return Proposal(
        check_text(body["title"], "title", 3, 120),
        check_text(body["text"], "text", 10, 4000, lines=True),
        body["category"],
        check_text(body["name"], "name", 0, 60),
        body["lang"],
        check_photos(body["photos"]) if "photos" in body else (),
    )
