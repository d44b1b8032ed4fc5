"""A printed page as a reader and a camera see it: its words, and the squares on it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2

from tests.end_to_end.qr_reader import read_qr

DOTS = 200  # an inch
RIGHT, SIDE = 24, 32  # millimetres: the squares stand so far from the right edge, and are so wide
Pixels = list[list[bool]]


def words_of(file: Path) -> list[str]:
    """The words of every page, as somebody who copies them gets them."""
    with pypdfium2.PdfDocument(file) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def codes_of(file: Path) -> list[list[str]]:
    """What the squares of every page say, from the top."""
    with pypdfium2.PdfDocument(file) as document:
        return [[read_qr(one) for one in _squares(_pixels(page))] for page in document]


def _pixels(page: pypdfium2.PdfPage) -> Pixels:
    drawn = page.render(scale=DOTS / 72, grayscale=True)
    dark = [bytes(drawn.buffer)[at : at + drawn.width] for at in range(0, drawn.stride * drawn.height, drawn.stride)]
    right = drawn.width - int((RIGHT - 0.5) / 25.4 * DOTS)
    left = right - int((SIDE + 1) / 25.4 * DOTS)
    return [[shade < 128 for shade in row[left:right]] for row in dark]


def _squares(pixels: Sequence[list[bool]]) -> Iterator[Pixels]:
    """The runs of rows that hold something dark and are as high as a square: lines and words are not."""
    run: Pixels = []
    for row in [*pixels, [False]]:
        if any(row):
            run.append(row)
            continue
        if len(run) > 0.8 * SIDE / 25.4 * DOTS:
            yield run
        run = []
