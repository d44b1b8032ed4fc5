"""`make bench` is not part of `make test`: here only that what it measures can still be measured."""

from __future__ import annotations

from pathlib import Path

from bench.full_build import build_ours
from bench.town import write_town


def test_the_theme_of_the_whole_build_has_every_page_that_a_town_has(tmp_path: Path) -> None:
    write_town(tmp_path / "ours", pages=3, with_consultation=False)
    assert build_ours(tmp_path) > 0
    assert "Page 00002" in (tmp_path / "site" / "p00002" / "index.html").read_text("utf-8")
