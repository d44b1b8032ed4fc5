"""`python -m sync_server.photos.pictures SENT LARGE SMALL`: the two pictures of a photo, without what it tells.

Runs as a process of its own: what strangers send is decoded where a fault of the decoder, or a photo that swells to
gigabytes, ends nothing else, and its memory goes with it. Prints width and height of the smaller picture; ends with
NO_PICTURE where there is none to be made.
"""

from __future__ import annotations

import os
import resource
import sys
import warnings
from pathlib import Path

from PIL import Image, ImageOps

from civic.photos import LARGE, SMALL

MOST_PIXELS = 24_000_000  # more than any phone sends after making it smaller; 96 MB while it is looked at
MOST_MEMORY, MOST_SECONDS = 512 << 20, 20
MOST_PUBLISHED = 150_000  # bytes of a picture, where a lower quality gets there
QUALITIES = (74, 60, 45)
FORMATS = ("JPEG", "PNG", "WEBP")
NO_PICTURE = 3


class NoPicture(ValueError):
    """The bytes are no picture that can be shown."""


def make_pictures(sent: Path, targets: dict[int, Path]) -> tuple[int, int]:
    """Writes the photo in `sent` as WebP, at most as many pixels long as each of `targets` says; the smallest's size.

    Upright as it was taken, on white where it was clear, and with nothing but pixels: no place, no date, no name of a
    device. NoPicture where it can't be decoded or has too many pixels.
    """
    picture = _decode(sent)
    for side in sorted(targets, reverse=True):
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        _write(picture, targets[side])
    return picture.size


def _write(picture: Image.Image, target: Path) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    for quality in QUALITIES:
        picture.save(draft, "WEBP", quality=quality, method=4, exif=b"", xmp=b"", icc_profile=None)
        if draft.stat().st_size <= MOST_PUBLISHED:
            break
    draft.replace(target)


def _decode(sent: Path) -> Image.Image:
    try:
        with Image.open(sent, formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NoPicture(f"{opened.width} x {opened.height} pixels")
            opened.draft("RGB", (LARGE, LARGE))
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError, Warning) as error:
        raise NoPicture(str(error)) from error
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


def main(sent: str, large: str, small: str) -> int:
    """Makes the pictures within bounds of memory and time; the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    warnings.simplefilter("error")
    try:
        width, height = make_pictures(Path(sent), {LARGE: Path(large), SMALL: Path(small)})
    except NoPicture as error:
        sys.stderr.write(f"{error}\n")
        return NO_PICTURE
    sys.stdout.write(f"{width} {height}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
