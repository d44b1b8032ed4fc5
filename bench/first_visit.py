"""What a first visit fetches, in Brotli: the page with its styles inside, its script, the service worker.

Beside it, only the script that a rival asks for before there is any page: kinto.js, Isso's embed, parts of Workbox.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import brotli

from bench.budget import Figure, Size, at_most
from bench.house import House, send
from bench.ingest_bodies import sixty_proposals
from bench.peers.install import package, site_packages
from bench.town import SLUG

FORM = "proposer"


def measure(_: Size) -> list[Figure]:
    """The consultation's first page, with 60 proposals; a proposal's own page; the form."""
    with tempfile.TemporaryDirectory() as name:
        house = House(Path(name) / "var", {"PREAU_PRECOMPRESS": "0"})
        with house.serving() as url:
            send(url, sixty_proposals(house.consultation))
        subprocess.run(house.command("build"), env=house.environment, check=True, capture_output=True, timeout=300)
        site = house.var / "site"
        visit = {path: fetched(site, path) for path in (f"{SLUG}/", f"{SLUG}/60/", f"{SLUG}/{FORM}/")}
    total = sum(visit[f"{SLUG}/"].values()) / 1000
    rivals = rival_sizes()
    return [
        Figure(
            "first visit of the consultation: HTML + CSS + JS + SW",
            total,
            "kB",
            beside=listed(visit[f"{SLUG}/"]),
            hard=at_most(40),
            goal=at_most(12),
        ),
        *(
            Figure(f"first visit / {name} alone", total / kilobytes, beside=f"{total:.1f} kB / {kilobytes:.1f} kB")
            for name, kilobytes in rivals.items()
        ),
        *(
            Figure(f"first visit of /{path}", sum(parts.values()) / 1000, "kB", beside=listed(parts))
            for path, parts in list(visit.items())[1:]
        ),
    ]


def fetched(site: Path, path: str) -> dict[str, int]:
    """Brotli bytes of what a browser fetches for a page it has never seen, by what it is."""
    html = (site / path / "index.html").read_text("utf-8")
    parts = {"HTML with CSS": html.encode()}
    scripts = re.findall(r'<script[^>]*\bsrc="([^"]+)"', html)
    styles = re.findall(r'<link[^>]*\brel="?stylesheet"?[^>]*\bhref="([^"]+)"', html)
    images = re.findall(r'<(?:img|source)[^>]*\bsrc="([^"]+)"', html)
    for name, addresses in (("JS", scripts), ("CSS", styles), ("images", images)):
        if addresses:
            parts[name] = b"".join((site / one.lstrip("/")).read_bytes() for one in addresses)
    parts["SW"] = (site / "sw.js").read_bytes()
    return {name: len(brotli.compress(data)) for name, data in parts.items()}


def listed(parts: dict[str, int]) -> str:
    """The parts in words."""
    return " + ".join(f"{name} {size / 1000:.1f}" for name, size in parts.items())


def rival_sizes() -> dict[str, float]:
    """Kilobytes of script, in Brotli; minified as published."""
    files = {
        "kinto.js": [package("kinto") / "dist" / "kinto.min.js"],
        "Isso embed": [site_packages() / "isso" / "js" / "embed.min.js"],
        "Workbox sw + core + background-sync": [
            package("workbox-sw") / "build" / "workbox-sw.js",
            package("workbox-core") / "build" / "workbox-core.prod.js",
            package("workbox-background-sync") / "build" / "workbox-background-sync.prod.js",
        ],
    }
    return {
        name: sum(len(brotli.compress(without_map(one.read_bytes()))) for one in some) / 1000
        for name, some in files.items()
    }


def without_map(script: bytes) -> bytes:
    """The script without the line that names its source map."""
    return re.sub(rb"\n?//# sourceMappingURL=.*\s*$", b"", script)
