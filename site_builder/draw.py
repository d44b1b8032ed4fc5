"""`python -m site_builder.draw`: the process that draws pictures (pictures.py): `{file: inputs}`, `{file: base64}`."""

from __future__ import annotations

import json
import sys
from base64 import b64encode

import typst

from site_builder.pictures import TEMPLATE


def main() -> None:
    """Reads what to draw, writes the pictures."""
    asked = json.load(sys.stdin)
    drawn = {file: b64encode(_png(inputs)).decode("ascii") for file, inputs in asked.items()}
    json.dump(drawn, sys.stdout)


def _png(inputs: dict[str, str]) -> bytes:
    # A point a pixel.
    data = typst.compile(TEMPLATE, format="png", ppi=72, sys_inputs=inputs, ignore_system_fonts=True)
    if not isinstance(data, bytes):
        raise TypeError("a picture has one page")
    return data


if __name__ == "__main__":
    main()
