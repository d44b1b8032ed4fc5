"""Texts of a town (Markdown) and of citizens (plain) as safe HTML."""

from __future__ import annotations

import nh3
import pyromark
from markupsafe import Markup, escape

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_CLEANER = nh3.Cleaner(
    tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"}, link_rel="noopener"
)
_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
# Private-use character that stands for "<" while Markdown is read: raw HTML then is text to it, as it is to us.
_LESS = "\ue000"


def markdown(text: str) -> Markup:
    """A town's Markdown as HTML; raw HTML is shown as text, titles start at the second level."""
    html = pyromark.html(text.replace(_LESS, "").replace("<", _LESS), options=_OPTIONS).replace(_LESS, "&lt;")
    html = html.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    # Both layers stay (docs/threat-model.md): a fault of one renderer must not become a script on a town's site.
    return Markup(_CLEANER.clean(html))  # noqa: S704


def paragraphs(text: str) -> Markup:
    """Citizens' plain text: paragraphs and line breaks, nothing else; addresses are not made into links."""
    blocks = (block.strip("\n") for block in text.split("\n\n"))
    html = "".join(f"<p>{str(escape(block)).replace(chr(10), '<br>')}</p>" for block in blocks if block)
    return Markup(html)  # noqa: S704
