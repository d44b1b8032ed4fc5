"""What a report, a "me too" and an "is it fixed?" say (README.md), parsed strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.modules.reports.rules import ReportRules
from civic.photos import Photo, check_photos
from civic.place import NOWHERE, Place, parse_place
from civic.refusals import Code, Refused
from civic.text import check_text

ME_TOO, FIXED, NOT_FIXED = "metoo", "yes", "no"
CHOICES = (ME_TOO, FIXED, NOT_FIXED)
OF_KIND: Mapping[str, tuple[str, ...]] = {"metoo": (ME_TOO,), "fixed": (FIXED, NOT_FIXED)}
_REPORT = frozenset({"category", "text", "place", "name", "lang"})


class Report(NamedTuple):
    """What somebody saw; `name` is "" for nobody's."""

    category: str
    text: str
    place: Place
    name: str
    lang: str
    photos: tuple[Photo, ...] = ()


class Answer(NamedTuple):
    """What somebody says about a report: seen too, fixed, not fixed."""

    choice: str


ERASED = Report("", "", NOWHERE, "", "")


def parse_answer(kind: str, body: Mapping[str, Any]) -> Answer:
    """The answer in `body`; Refused BAD_PAYLOAD or BAD_OPTION."""
    if body.keys() != {"choice"} or type(body["choice"]) is not str:
        raise Refused(Code.BAD_PAYLOAD, "choice")
    if body["choice"] not in OF_KIND[kind]:
        raise Refused(Code.BAD_OPTION, "choice")
    return Answer(body["choice"])


def parse_report(body: Mapping[str, Any], rules: ReportRules, languages: tuple[str, ...]) -> Report:
    """The report in `body`; Refused BAD_PAYLOAD or BAD_OPTION.

    A retired category is taken: an act waits on a phone longer than a form stands on a page.
    """
    if body.keys() - {"photos"} != _REPORT:
        raise Refused(Code.BAD_PAYLOAD)
    if type(body["lang"]) is not str or body["lang"] not in languages:
        raise Refused(Code.BAD_PAYLOAD, "lang")
    if type(body["category"]) is not str:
        raise Refused(Code.BAD_PAYLOAD, "category")
    if not rules.is_choice(body["category"]):
        raise Refused(Code.BAD_OPTION, "category")
    return Report(
        body["category"],
        check_text(body["text"], "text", 10, 2000, lines=True),
        parse_place(body["place"], rules.areas),
        check_text(body["name"], "name", 0, 60),
        body["lang"],
        check_photos(body["photos"]) if "photos" in body else (),
    )
