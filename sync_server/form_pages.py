"""What a person without scripts reads: the review of an act, its number, or why it is not taken."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from flask import Response, render_template

from civic import modules as kinds
from civic.module import Module, Offered
from civic.refusals import Code
from sync_server.catalogue import Town
from sync_server.drafts import ADDRESSING, Draft
from sync_server.words import DEFAULT, Words, load_words

LONG = "text"
ONE_LINE = 120  # letters


class Row(NamedTuple):
    """A field that somebody filled in: as it came, and as it would be published."""

    name: str
    label: str
    value: str
    shown: str
    options: tuple[tuple[str, str], ...]  # what may be chosen; empty where words are typed
    chosen: tuple[str, ...]
    many: bool  # whether several of them may be chosen

    @property
    def is_long(self) -> bool:
        """Whether it takes several lines."""
        return self.name == LONG or "\n" in self.value or len(self.value) > ONE_LINE


class FormPages:
    """Draws the pages. `site_url` replaces the towns' own addresses where it is not ""."""

    def __init__(self, site_url: str) -> None:
        self._site_url = site_url
        self._words = load_words(kinds.HERE)
        self._css = (Path(__file__).parent / "templates" / "form.css").read_text("utf-8")
        digest = base64.b64encode(hashlib.sha256(self._css.encode("utf-8")).digest()).decode("ascii")
        self._policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )

    def words(self, lang: str) -> Words:
        """The words in `lang`, or in the language that a town most probably reads."""
        return self._words.get(lang, self._words[DEFAULT])

    def languages(self) -> frozenset[str]:
        """The languages the server speaks."""
        return frozenset(self._words)

    def draw(self, name: str, status: int, lang: str, back: str, **context: object) -> Response:
        """A whole page, with a policy that lets nothing in but its own style."""
        html = render_template(f"form/{name}.html", t=self.words(lang), css=self._css, back=back, **context)
        response = Response(html, status, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = self._policy
        return response

    def back_to(self, town: Town | None, path: str) -> str:
        """The address on the town's site that the form was on; its front page where that is not said well."""
        if town is None:
            return ""
        is_path = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
        return (self._site_url or town.content.space.site_url) + (path if is_path else "/")

    def rows(self, draft: Draft, town: Town, module: Module | None, body: Mapping[str, object]) -> list[Row]:
        """The entry of a draft, `body` being what would be published of it."""
        known = town.content.consultations.get(draft.slug)
        rows, lang = [], draft.fields.get("lang", "")
        for name, value in draft.entry().items():
            offered = None if known is None or module is None else module.offered(name, draft.fields, known)
            if value or offered is None or offered.options or offered.label:
                rows.append(self._row(name, value, body.get(name, value), lang, offered, module))
        return rows

    def about(self, draft: Draft, town: Town, answered: str) -> list[Row]:
        """What the act is about: the consultation, and the title of what it answers where there is one."""
        lang = draft.fields.get("lang", "")
        texts = town.content.texts[draft.slug]
        title = texts[lang if lang in texts else town.content.space.languages[0]].title
        found = (("consultation", title), ("target", answered))
        t = self.words(lang)
        return [Row(name, t(f"field.{name}"), "", value, (), (), many=False) for name, value in found if value]

    def _row(
        self, name: str, value: str, shown: object, lang: str, offered: Offered | None, module: Module | None
    ) -> Row:
        t, owner = self.words(lang), "" if module is None else module.name
        own = "" if offered is None else offered.label.get(lang, "")
        label = own or t.find(f"{owner}.form.{name}", f"{owner}.{name}", f"field.{name}") or name
        if offered is None or not offered.options:
            return Row(name, label, value, str(shown), (), (), many=False)
        chosen = tuple(value.split(" ")) if offered.many > 1 else (value,)
        options = tuple((one.value, one.label.get(lang) or t.find(one.word) or one.value) for one in offered.options)
        labels = dict(options)
        if offered.many == 1 and value not in labels:
            options = (("", t.find(f"{owner}.form.{name}.choose") or "–"), *options)
        said = ", ".join(labels.get(one, one) for one in chosen)
        return Row(name, label, value, said, options, chosen, many=offered.many > 1)

    def hidden(self, draft: Draft) -> list[tuple[str, str]]:
        """What the page of the site added to the entry, to be carried along."""
        return [(name, value) for name, value in draft.fields.items() if name in ADDRESSING]

    def reason(self, code: Code, field: str, lang: str) -> str:
        """A refusal in words; those of the field at fault where there are any."""
        t = self.words(lang)
        of_field = f"fault.{field}" if code in (Code.BAD_PAYLOAD, Code.BAD_OPTION) else ""
        return t.find(of_field, f"refusal.{code.value}") or code.value
