"""Pictures of pages for those who share them (Open Graph): PNG, 1200 × 630, named by what they show (formats.md §25).

The name comes before the picture: a page names its own at once, and what is not there yet is drawn when the site has
nothing more urgent to do, by a process of its own, for the typesetter takes more memory than the builder has to spare.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from civic.canonical import canonical_json
from site_builder.failure import BuildFailure

TEMPLATE = Path(__file__).with_name("picture.typ").read_bytes()
WIDTH, HEIGHT = 1200, 630
_PATIENCE = 300  # seconds; a hundred pictures take two


class Picture(NamedTuple):
    """What a picture shows; `colour` is the roof's."""

    town: str
    title: str
    address: str
    colour: str
    lang: str

    @property
    def file(self) -> str:
        """Where the site has it: another text, or another way to draw it, is another file."""
        return _file_of(self)


@lru_cache(maxsize=4096)  # every page names one of a few
def _file_of(picture: Picture) -> str:
    told = hashlib.sha256(TEMPLATE + canonical_json(picture._asdict()))
    return f"partage/{told.hexdigest()[:16]}.png"


def draw(pictures: Collection[Picture]) -> dict[str, bytes]:
    """The pictures by file; BuildFailure where one can't be drawn."""
    if not pictures:
        return {}
    asked = json.dumps({one.file: one._asdict() for one in pictures}).encode()
    command = [sys.executable, "-m", "site_builder.draw"]
    place = Path(__file__).parents[1]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, check=True, timeout=_PATIENCE, cwd=place)
    except subprocess.CalledProcessError as error:
        raise BuildFailure(f"pictures: {error.stderr.decode(errors='replace')[-300:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildFailure(f"pictures: {error}") from error
    return {file: b64decode(data) for file, data in json.loads(done.stdout).items()}
