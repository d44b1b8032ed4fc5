"""The site in one language: its words, its view of every consultation, its pages rendered to bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

from civic.consultation import Consultation
from civic.content import Content
from civic.module import Document, Page
from civic.project import Project
from civic.space import Space
from civic.town_key import on_paper
from site_builder.assets import Assets
from site_builder.codes import FILE as CODE
from site_builder.codes import has_code
from site_builder.colour import palette
from site_builder.context import (
    CSP_MARK,
    Alternate,
    ConsultationView,
    MilestoneView,
    NoticeView,
    PageLink,
    PrivateView,
    ProjectView,
    SiteView,
    TextView,
)
from site_builder.desk import Desk
from site_builder.drawings import code_svg, inline_svg
from site_builder.failure import BuildFailure
from site_builder.headers import policy
from site_builder.language import Language, iso
from site_builder.pictures import Picture
from site_builder.prose import markdown, paragraphs
from site_builder.snapshot import Installation
from site_builder.styles import Styles
from site_builder.theme import Theme
from site_builder.town_map import map_view
from site_builder.words import Words

_KEPT = 20_000  # parts of pages, about 700 bytes each
_ORDER = {"open": 0, "between": 0, "grace": 0, "before": 1, "results": 2}


def make_editions(
    content: Content,
    installation: Installation,
    theme: Theme,
    assets: Assets,
    environment: jinja2.Environment,
) -> list[Edition]:
    """The editions of a town, one a language, the default one first."""
    space = content.space
    languages = [Language(code, space.timezone, is_default=not at) for at, code in enumerate(space.languages)]
    styles = Styles(theme.parts, space.colour)
    drawings = [
        inline_svg(content.images[name], name) if name in content.images else Markup("")
        for name in (space.coat_of_arms, space.skyline)
    ]
    drawn = None if content.map is None else map_view(content.map)
    paper = "" if content.town_key is None else on_paper(content.town_key.kid)
    box = installation.box_url if any(one.issuers for one in content.consultations.values()) else ""
    editions = []
    for language in languages:
        site = SiteView(
            sync_url=installation.sync_url, box_url=box, site_url=installation.site_url,
            meta=_meta(space, installation, language, box), pages=_links(content, language.code),
            feed_url=f"{language.prefix}/flux.xml", script_url=assets.scripts[language.code],
            part_urls=assets.parts[language.code], acts_urls=assets.acts[language.code],
            methods=installation.methods, push_key=installation.push_key, icon_url=assets.icon,
            touch_icon_url=assets.touch_icon, has_log=bool(installation.log),
            spaces=installation.spaces, mother=installation.mother, town_key=paper,
            arms=drawings[0], skyline=drawings[1], styles=styles, map=drawn,
        )  # fmt: skip
        words = Words(dict(theme.words[language.code]), language)
        editions.append(Edition(language, content, site, words, environment))
    return editions


def _meta(space: Space, installation: Installation, language: Language, box: str) -> str:
    """docs/formats.md §10."""
    site: dict[str, Any] = {
        "space": space.id, "sync": installation.sync_url, "root": "/", "lang": language.code,
        "prefix": language.prefix, "receipt": installation.receipt_key, "langs": list(space.languages),
        "tz": space.timezone,
    }  # fmt: skip
    logged = {"log": installation.log} if installation.log else {}
    offered = {"methods": list(installation.methods)} if installation.methods else {}
    secret = {"box": box} if box else {}
    return json.dumps(site | secret | logged | offered, ensure_ascii=False, separators=(",", ":"))


def _links(content: Content, code: str) -> tuple[PageLink, ...]:
    # Only these: what every page may name must not grow with the number of pages.
    named = ((name, texts[code]) for name, texts in content.pages.items())
    return tuple(PageLink(f"/{name}/", text.title, text.menu) for name, text in named if text.menu or name == "mairie")


class Edition:
    """Renders pages. Everything it shows came in as an argument: the same arguments give the same bytes."""

    def __init__(
        self, language: Language, content: Content, site: SiteView, words: Words, environment: jinja2.Environment
    ) -> None:
        self.language, self.content, self.site, self.words = language, content, site, words
        self._codes = content.space.languages
        self._views: dict[str, ConsultationView] = {}
        self._consultations: tuple[ConsultationView, ...] = ()
        self._projects: tuple[ProjectView, ...] = ()
        self._as_of = 0
        self._policies: dict[tuple[str, bool], str] = {}
        rules = content.consultations.values()
        self.private = tuple(
            PrivateView(one.slug, one.privacy.teaser.get(language.code, "")) for one in rules if one.private
        )
        self._pictures: dict[tuple[str, str], Picture] = {}
        self._templates: dict[str, jinja2.Template] = {}
        self._facts: Callable[[str], list[tuple[str, int]]] = lambda _: []  # of the page being rendered
        self._kept: dict[tuple[object, ...], tuple[Document, ConsultationView, list[tuple[str, int]], Markup]] = {}
        self._environment = self._own(environment)

    def _own(self, environment: jinja2.Environment) -> jinja2.Environment:
        # Every template of a theme is kept, so there is no least used one to look for at each import.
        own, language = environment.overlay(cache_size=-1), self.language
        own.filters = {
            **environment.filters,
            "date": language.date, "day": language.day, "month": language.month, "time": language.time,
            "short_day": language.short_day, "short_month": language.short_month,
            "weekday_date": language.weekday_date, "datetime": language.datetime, "iso": iso,
            "calendar_day": language.calendar_day,
            "number": language.number, "percent": language.percent, "markdown": markdown, "paragraphs": paragraphs,
        }  # fmt: skip
        own.globals = {
            **environment.globals,
            "space": self.content.space, "site": self.site, "lang": language.code, "languages": self._codes,
            "t": self.words, "url": self.path_of, "raw_url": str, "qr": code_svg,
            "kept": self.kept,
        }  # fmt: skip
        # Jinja chains a template's own globals, which ours never have, before these; it then copies the chain, slowly,
        # for each of the dozen templates that a page is made of.
        own.make_globals = lambda _: own.globals  # type: ignore[assignment]
        return own

    def path_of(self, path: str, code: str = "") -> str:
        """The address of a page in the language `code`, this edition's where it is not given."""
        if not code or code == self.language.code:
            return f"{self.language.prefix}{path}"
        return path if code == self._codes[0] else f"/{code}{path}"

    def file_of(self, path: str) -> str:
        """The file behind an address of this edition."""
        file = self.path_of(path)[1:]
        return f"{file}index.html" if not file or file.endswith("/") else file

    def kept(
        self, macro: Callable[..., Markup], view: ConsultationView, document: Document, *rest: str | bool
    ) -> Markup:
        """`macro(view, document, *rest)`, which may depend on nothing else but the facts beside the document.

        It is rendered again only if one of these is new: a vote changes one row of each list, not twenty-five.
        """
        facts = self._facts(document["id"])
        key = (getattr(macro, "name", ""), view.slug, document["id"], *rest)
        known = self._kept.pop(key, None)
        if known is None or known[0] is not document or known[1] is not view or known[2] != facts:
            known = document, view, facts, macro(view, document, *rest)
        self._kept[key] = known  # the one used last stands last
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return known[3]

    def show(self, desk: Desk) -> None:
        """Takes note of where a consultation stands now."""
        rules, row, code = desk.consultation, desk.row, self.language.code
        text, known = self.content.texts[rules.slug][code], self._views.get(rules.slug)
        self._views[rules.slug] = ConsultationView(
            slug=rules.slug, title=text.title, summary=text.summary,
            html=known.html if known else markdown(text.body), rules=rules, labels=_labels(rules, code),
            state=row["state"], phase=row["phase"], since=row.get("since", 0), results=row["results"],
            notices=_notices(rules, row.get("changes", {}), code),
            groups=desk.groups, project=self._project_of(rules.slug),
        )  # fmt: skip

    def list_all(self, desks: Collection[Desk]) -> bool:
        """Takes note of what the core pages say of all consultations; whether it is something new."""
        views = [
            replace(
                self._views[desk.consultation.slug],
                summary_counts=desk.summary(),
                outcome=desk.outcome(),
                files=tuple(file.path for file in desk.files() if not file.path.endswith(".webp")),
            )
            for desk in desks
        ]
        before = self._consultations, self._as_of
        self._consultations = tuple(sorted(views, key=_rank))
        self._projects = tuple(self._project(one) for one in self.content.projects.values())
        self._as_of = max((desk.row["as_of"] for desk in desks), default=0)
        return before != (self._consultations, self._as_of)

    def view(self, slug: str) -> ConsultationView:
        """What was last taken note of."""
        return self._views[slug]

    def render(self, page: Page, desk: Desk | None) -> tuple[bytes, str]:
        """The page, and the CSP source of its style; a page that can't be rendered whole raises BuildFailure."""
        if desk is None and "name" not in page.context:
            page = replace(page, as_of=self._as_of)  # it shows counts of all consultations
        variables: dict[str, Any] = dict(page.context)
        if desk is None:
            variables |= {"consultation": None, "facts": None, "panels": (), "consultations": self._consultations}
            variables |= {"projects": self._projects, "private": self.private}
            if "project_slug" in page.context:
                variables["project"] = self.project(page.context["project_slug"])
            if "name" in page.context:
                variables["text"] = self.text(page.context["name"])
        else:
            self._facts = desk.facts
            panels = desk.panels(page.target) if page.target else ()
            variables |= {"consultation": self._views[desk.consultation.slug], "facts": desk.facts, "panels": panels}
        return self.fill(page, variables, desk)

    def fill(
        self, page: Page, variables: Mapping[str, Any], desk: Desk | None = None, *, is_sealed: bool = False
    ) -> tuple[bytes, str]:
        """The page's template filled with `variables`, and the CSP source of its style; BuildFailure as above.

        A page that `is_sealed` carries another one, which its script opens.
        """
        alternates = tuple(Alternate(one, self.site.site_url + self.path_of(page.path, one)) for one in self._codes)
        picture = f"{self.site.site_url}/{self.picture(page, desk).file}"
        code = self.path_of(page.path) + CODE if has_code(page, None if desk is None else desk.consultation) else ""
        every = {"page": page, "alternates": alternates, "picture": picture, "code": code}
        styles = self.site.styles
        styles.used = ""
        try:
            html = self._template(page.template).render({**variables, **every})
        except (jinja2.TemplateError, BuildFailure, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise BuildFailure(f"{self.path_of(page.path)} ({page.template}): {error!r}") from error
        return html.replace(CSP_MARK, self._policy(styles.used, is_sealed)).encode("utf-8"), styles.used

    def _project(self, one: Project) -> ProjectView:
        text, code = self.content.project_texts[one.slug][self.language.code], self.language.code
        known = next((each for each in self._projects if each.slug == one.slug), None)
        views = {view.slug: view for view in self._consultations}
        noon = time(12, tzinfo=ZoneInfo(self.content.space.timezone))
        dates = (
            MilestoneView(int(datetime.combine(each.day, noon).timestamp()), each.label[code], each.is_done)
            for each in one.milestones
        )
        html = known.html if known else markdown(text.body)
        grouped = tuple(views[slug] for slug in one.consultations if slug in views)
        return ProjectView(one.slug, text.title, text.summary, html, grouped, tuple(dates))

    def _project_of(self, slug: str) -> PageLink | None:
        for one in self.content.projects.values():
            if slug in one.consultations:
                return PageLink(
                    f"/projets/{one.slug}/", self.content.project_texts[one.slug][self.language.code].title, ""
                )
        return None

    def picture(self, page: Page, desk: Desk | None) -> Picture:
        """What stands for a page where somebody shares it: its own picture, its consultation's or the town's."""
        space, title, path = self.content.space, self.words("site.picture"), "/"
        if desk is not None:
            title, path = self._views[desk.consultation.slug].title, f"/{desk.consultation.slug}/"
        if page.is_pictured and page.searched:
            title, path = page.searched.get(self.language.code, next(iter(page.searched.values()))).title, page.path
        address = (self.site.site_url + self.path_of(path)).partition("//")[2].rstrip("/")
        key = title, address
        if key not in self._pictures:
            self._pictures[key] = Picture(space.name, title, address, palette(space.colour).town, self.language.code)
        return self._pictures[key]

    def _template(self, name: str) -> jinja2.Template:
        template = self._templates.get(name)
        if template is None:
            template = self._templates[name] = self._environment.get_template(name)
        return template

    def _policy(self, style: str, is_sealed: bool) -> str:
        key = style, is_sealed
        if key not in self._policies:
            styles = [style] if style else []
            self._policies[key] = policy(styles, self.site.sync_url, self.site.box_url, is_sealed=is_sealed)
        return self._policies[key]

    def project(self, slug: str) -> ProjectView:
        """What was last taken note of a project."""
        return next(one for one in self._projects if one.slug == slug)

    def text(self, name: str) -> TextView:
        """A page of the town."""
        text = self.content.pages[name][self.language.code]
        return TextView(text.title, text.summary, markdown(text.body))


def _notices(rules: Consultation, changes: Mapping[str, Sequence[str]], code: str) -> tuple[NoticeView, ...]:
    return tuple(
        NoticeView(one.at, one.text[code], tuple(changes.get(str(one.revision), ()))) for one in reversed(rules.notices)
    )


def _labels(rules: Consultation, code: str) -> dict[str, str]:
    return {category.id: category.label[code] for category in rules.categories}


def _rank(view: ConsultationView) -> tuple[int, int, str]:
    """Open ones first, the next to close first; then coming ones; then decided ones, the newest first."""
    order = _ORDER[view.state]
    instant: Callable[[], int] = (lambda: view.closes_at, lambda: view.opens_at, lambda: -view.closes_at)[order]
    return order, instant(), view.slug
