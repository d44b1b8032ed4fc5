"""What is printed to lead people to a page: a poster of two sizes, and cards for a counter (docs/formats.md §25).

Every consultation and every project has them, whatever its modules are: the template takes what it says from the
consultation and from the words of its modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from civic.module import Page

SIZES = {
    "a4": "affiche/",
    "a3": "affiche/a3/",
    "cards": "affiche/cartes/",
}  # by the part of the stylesheet, its address


def posters(place: str, **context: Any) -> Iterator[Page]:
    """The pages to print that lead to `place`, the path of a page."""
    for size, end in SIZES.items():
        said = {"size": size, "sizes": SIZES, "place": place, **context}
        yield Page(f"{place}{end}", "poster.html", said, is_listed=False)
