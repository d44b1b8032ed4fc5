"""A whole build of 10,000 pages from nothing: ours, Hugo's and stock Pelican's, whole processes, in turn.

The same text and as good as the same bytes: one minimal template, a folder a page, an index of all. No copies are
compressed on our side (`precompress` off), for the others make none.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.budget import Figure, Size, at_most
from bench.peers.generators import build_with_hugo, build_with_pelican, make_hugo_site, make_pelican_site
from bench.programs import REPOSITORY
from bench.timing import in_turn, paired_ratio, spread, wall_seconds
from bench.town import write_town

THEME = REPOSITORY / "bench" / "theme"


def measure(size: Size) -> list[Figure]:
    """Ratios of whole runs, each from an empty output folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_town(folder / "ours", pages=size.pages, with_consultation=False)
        make_hugo_site(folder / "hugo", size.pages)
        make_pelican_site(folder / "pelican", size.pages)
        ours = from_nothing(folder / "site", lambda: build_ours(folder))
        hugo = from_nothing(folder / "hugo" / "public", lambda: build_with_hugo(folder / "hugo"))
        pelican = from_nothing(folder / "pelican" / "out", lambda: build_with_pelican(folder / "pelican"))
        hugo()  # the first run of a program reads it from the disk
        built, beside_hugo = in_turn(size.rounds, ours, hugo)
        check_same(folder, size.pages)
        built_again, beside_pelican = in_turn(1 if size.is_quick else 2, ours, pelican)
        again = in_turn(1, lambda: build_ours(folder))[0]
    seconds = f"{spread(built)} s"
    return [
        Figure(
            f"whole build of {size.pages:,} pages / Hugo",
            paired_ratio(built, beside_hugo),
            beside=f"{seconds} / {spread(beside_hugo)} s",
            hard=at_most(2.0),
            goal=at_most(1.0),
        ),
        Figure(
            f"whole build of {size.pages:,} pages / stock Pelican",
            paired_ratio(built_again, beside_pelican),
            beside=f"{spread(built_again)} s / {spread(beside_pelican, '{:.1f}')} s",
            hard=at_most(0.125),
        ),
        Figure("the same over its own output, nothing changed / from nothing", median(again) / median(built)),
    ]


def build_ours(folder: Path) -> float:
    """Seconds of one whole builder process."""
    command = [sys.executable, "-m", "site_builder", "build", "--content", str(folder / "ours")]
    command += ["--snapshots", str(folder / "none"), "--theme", str(THEME), "--output", str(folder / "site")]
    return wall_seconds(command, REPOSITORY)


def from_nothing(output: Path, build: Callable[[], float]) -> Callable[[], float]:
    """The build, its output folder deleted first (not timed, nor what the disk has left to do for it)."""

    def run() -> float:
        shutil.rmtree(output, ignore_errors=True)
        os.sync()
        return build()

    return run


def check_same(folder: Path, pages: int) -> None:
    """Both sides wrote every page, with the same words."""
    name = f"p{pages - 1:05d}/index.html"
    for output in ("site", "hugo/public"):
        text = (folder / output / name).read_text("utf-8")
        if f"Page {pages - 1:05d}" not in text or "<h2" not in text or text.count("<li>") < 3:
            raise RuntimeError(f"{output}/{name} is not the page it should be")
