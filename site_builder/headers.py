"""The site's policy and its hosts' rules, from one source: the <meta> of every page and `_headers`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

TEXT = "text/plain; charset=utf-8"
IMMUTABLE = "public, max-age=31536000, immutable"
# Of the public log (C2SP tlog-tiles): a tile never changes, a partial one neither; the rest does.
LOG = (("/log/tile/*", "application/octet-stream"), ("/log/checkpoint", TEXT), ("/log/vkey", TEXT))
# A picture may be taken down: whoever kept it looks again after a day.
PHOTOS = ("/photos/*", "public, max-age=86400")
LOG_FRESH = ("/log/checkpoint", "/log/vkey", "/log/find/*")
_POLICY, _FRAMES = "Content-Security-Policy", "X-Frame-Options"
FIXED = (
    ("X-Content-Type-Options", "nosniff"),
    (_FRAMES, "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


def policy(styles: Iterable[str], sync_url: str, box_url: str = "", *, is_sealed: bool = False) -> str:
    """The content security policy that allows inline styles with these hashes, for <meta>.

    Pages may talk to the server at `sync_url`, and to `box_url` where secret ballots go elsewhere. A page that
    `is_sealed` may make nodes of the text that it has opened (themes/town/static/js/sealed_asset.mjs), and no other.
    """
    sync, box = _source(sync_url), _source(box_url)
    served = sync + (box if box != sync else "")
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src {' '.join(sorted(styles)) or chr(39) + 'none' + chr(39)}",
            "img-src 'self' data: blob:",
            f"connect-src 'self'{served}",
            f"form-action 'self'{sync}",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            f"trusted-types preau {'preau-sealed' if is_sealed else 'suivre'}",
        )
    )


def _source(address: str) -> str:
    """An origin as the policy names it, "" where there is none."""
    parts = urlsplit(address)
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""


def headers_file(
    styles: Collection[str],
    sync_url: str,
    fresh: Iterable[str],
    box_url: str = "",
    framed: Iterable[str] = (),
    sealed: Iterable[str] = (),
) -> bytes:
    """`_headers` (Netlify, Cloudflare Pages and the demo's file server); the paths in `fresh` are never kept.

    Any site may show those in `framed` inside a page of its own, and no other. Below those in `sealed` pages open what
    they carry. `frame-ancestors` is only here: a
    <meta> that has it is an error in the browser's console.
    """
    allowed = policy(styles, sync_url, box_url)
    lines = ["/*", f"  {_POLICY}: {allowed}; frame-ancestors 'none'"]
    lines += [f"  {name}: {value}" for name, value in FIXED]
    for path in sorted(framed):
        # Where the rule of a longer path does not replace the one of all paths (Cloudflare), "!" takes that away.
        lines += [path, f"  ! {_FRAMES}", f"  ! {_POLICY}", f"  {_POLICY}: {allowed}; frame-ancestors *"]
    opening = policy(styles, sync_url, box_url, is_sealed=True)
    for path in sorted(sealed):
        lines += [path, f"  ! {_POLICY}", f"  {_POLICY}: {opening}; frame-ancestors 'none'"]
    for path in ("/a/*", "/p/*", "/partage/*", "/log/tile/*"):
        lines += [path, f"  Cache-Control: {IMMUTABLE}"]
    lines += [PHOTOS[0], f"  Cache-Control: {PHOTOS[1]}"]
    for path, kind in LOG:
        lines += [path, f"  Content-Type: {kind}"]
    for path in sorted([*fresh, *LOG_FRESH]):
        lines += [path, "  Cache-Control: no-cache"]
    return ("\n".join(lines) + "\n").encode("utf-8")
