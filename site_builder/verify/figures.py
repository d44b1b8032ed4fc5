"""The result as the ballots give it, beside the result as it was published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from civic.canonical import parse_json
from civic.consultation import Consultation
from civic.module import Document, Modules
from civic.questions import Words
from site_builder.desk import Desk
from site_builder.verify.standing import Recount

RESULTS = "results."  # files of open data whose names begin so hold final figures (docs/formats.md §7)


class Difference(NamedTuple):
    """A place in the result where the two say something else; None where one of them says nothing."""

    place: str
    published: Any
    counted: Any

    @property
    def gap(self) -> int | None:
        """By how much two numbers differ; None where they are not both numbers."""
        both = (self.published, self.counted)
        return abs(both[0] - both[1]) if all(type(one) is int for one in both) else None


def result_files(recount: Recount, rules: Consultation, modules: Modules) -> dict[str, bytes]:
    """The files of final figures that a site publishes of these ballots, by path: made as the builder makes them."""
    desk = Desk(rules, modules)
    row: Document = {
        "slug": rules.slug, "manifest": rules.mh, "seq": 0, "as_of": 0, "since": rules.accept_until + 1, "phase": "",
        "state": "results", "results": recount.results(),
    }  # fmt: skip
    desk.put({"consultation": [row], **recount.documents()})
    files = ((file.path[1:], file) for file in desk.files())
    return {path: file.content() for path, file in files if path.rpartition("/")[2].startswith(RESULTS)}


def sources_in(results: bytes) -> dict[str, str]:
    """The names that a published result gives its items in the file they were imported from: it alone knows them."""
    items = _parsed(results).get("items")
    named = [one for one in items if type(one) is dict] if type(items) is list else []
    pairs = ((one.get("id"), one.get("source")) for one in named)
    return {name: source for name, source in pairs if type(name) is str and type(source) is str and source}


def words_in(results: bytes, first: str) -> dict[str, Words]:
    """What a published result says that its questions say, by their ids; the rules have the hash of it.

    `first` is the language that the site speaks first: no published file has its languages in the town's order.
    """
    asked = _parsed(results).get("questions")
    named = [one for one in asked if type(one) is dict] if type(asked) is list else []
    return {
        str(one.get("question")): Words(
            _texts(one.get("title"), first), _texts(one.get("text"), first), _labels(one.get("options"), first)
        )
        for one in named
    }


def _texts(value: Any, first: str) -> dict[str, str]:
    texts = value if type(value) is dict else {}
    return {lang: texts[lang] for lang in sorted(texts, key=lambda one: one != first) if type(texts[lang]) is str}


def _labels(options: Any, first: str) -> dict[str, dict[str, str]]:
    named = [one for one in options if type(one) is dict] if type(options) is list else []
    return {str(one.get("option")): _texts(one.get("label"), first) for one in named}


def differences(published: bytes, counted: bytes) -> list[Difference]:
    """Where two results differ, in the order of the counted one."""
    theirs, ours = dict(_flat(_parsed(published), "")), dict(_flat(_parsed(counted), ""))
    places = [*ours, *(place for place in theirs if place not in ours)]
    found = (Difference(place, theirs.get(place), ours.get(place)) for place in places)
    return [one for one in found if one.published != one.counted]


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        value = parse_json(data)
    except ValueError:
        return {}
    return value if type(value) is dict else {}


def _flat(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Every number and text with its place; an item of a list is named by its number, title or id where it has one."""
    if isinstance(value, Mapping):
        for name in value:
            yield from _flat(value[name], f"{place} · {name}" if place else str(name))
    elif isinstance(value, list):
        for at, one in enumerate(value, 1):
            name = next((str(one[key]) for key in ("number", "id") if key in one), str(at)) if type(one) is dict else at
            yield from _flat(one, f"{place} · {name}")
    else:
        yield place, value
