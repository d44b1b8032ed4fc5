"""What a template sees: the contract between builder and themes.

Globals, in every template:

- `space` (civic Space) · `site` (SiteView) · `lang` and `languages` (codes; the first is the default)
- `t(key, **values)` · `url(path, code=lang)` with the language's prefix · `raw_url(path)` without it
- `qr(text)`: a QR code as inline SVG
- `kept(macro, consultation, document, *rest)`: `macro(consultation, document, *rest)`, for a row of a list; the macro
  may use besides its arguments only `facts(document.id)` and what is the same on every page

Filters: `date` (18 juin 2026) · `day` (18 juin) · `month` (juin) · `weekday_date` (jeudi 18 juin à 20 h) · `time`
(20 h) · `datetime` (18 juin 2026 à 20 h) · `iso` (2026-06-18T18:00:00Z) · `number` · `percent(whole)` · `markdown` (a
town's text) · `paragraphs` (a citizen's text).

Variables, in every page: `page` (civic Page), its own context by name, `alternates` (tuple of Alternate), `picture`
(address of the picture that stands for it where it is shared) and `code` (path of its code for cameras, "" for none).
On a consultation's pages besides: `consultation` (ConsultationView), `facts(id)` (list of (word, n) from all modules)
and `panels` (list of Panel for page.target); elsewhere they are None, None and ().
The builder's own pages (home, decided, outbox, person, confirm, page, offline, not_found, open_data, register,
recount) get `consultations` (a tuple of ConsultationView with `summary_counts`, `outcome` and `files`: open first by
closing date, then coming, then decided, newest first), `projects` (a tuple of ProjectView) and `private` (a tuple of
PrivateView, which are not among `consultations`); project.html gets `project`; page.html gets `text` (TextView) and
`name`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from markupsafe import Markup

from civic.consultation import Consultation
from civic.module import Document
from site_builder.assets import Acting, acting_of
from site_builder.styles import Styles
from site_builder.town_map import MapView

# Stands for the page's policy until the page's styles are known. No text holds control characters.
CSP_MARK = "\x02csp\x03"


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page that the town wrote and other pages name: /mairie/, and those with a `menu` label for their feet."""

    path: str
    title: str
    menu: str


class Alternate(NamedTuple):
    """The same page in one of the site's languages, this one included; `url` is absolute."""

    lang: str
    url: str


@dataclass(frozen=True, slots=True)
class SiteView:
    """Where the site and its server are, and what every page carries; in the language of the page."""

    sync_url: str
    box_url: str  # where secret ballots go, "" where nothing is asked in secret
    site_url: str
    meta: str  # JSON for <meta name="preau-site"> (docs/formats.md §10)
    pages: tuple[PageLink, ...]
    feed_url: str
    script_url: str  # the page's script, "" where the theme has none
    part_urls: Mapping[str, str]  # what some pages load besides, by name (assets.py)
    acts_urls: Mapping[Acting, str]  # what the pages of a consultation load for their acts
    push_key: str  # the town's public key for web push, "" where it has none
    methods: tuple[str, ...]  # ways to be known that the installation offers
    icon_url: str  # SVG
    touch_icon_url: str  # PNG, 180 pixels
    spaces: tuple[Document, ...]  # affiliated to this one (docs/formats.md §6)
    mother: Mapping[str, str] | None  # name and site_url of the space this one is affiliated to
    has_log: bool  # whether there is a public log, below /log/
    town_key: str  # thumbprint of the town's own key in groups of four, "" where it has none
    arms: Markup  # the town's drawings, inline SVG, "" where there is none
    skyline: Markup
    styles: Styles
    map: MapView | None = None  # the town's own map, None where it drew none

    def css(self, *parts: str) -> Markup:
        """The text of this page's <style>: core, `parts` in this order, the town's colours. Once a page."""
        return self.styles.inline(parts)

    def css_alone(self, *parts: str) -> Markup:
        """The same without the core, for a page that other sites show inside theirs. Once a page."""
        return self.styles.inline(parts, core=False)

    def part_url(self, name: str, consultation: ConsultationView | None) -> str:
        """The address of a script that a page names (base.html); `acts` is that of its consultation."""
        if name == "acts" and consultation is not None:
            return self.acts_urls[acting_of(consultation.rules)]
        return self.part_urls[name]

    @property
    def csp(self) -> str:
        """The policy for <meta http-equiv="Content-Security-Policy" content="…"> of this page."""
        return CSP_MARK


@dataclass(frozen=True, slots=True)
class TextView:
    """A text of the town in the page's language."""

    title: str
    summary: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Step:
    """A phase as a square of the hopscotch; `status` is done, now or next."""

    id: str
    status: str
    starts_at: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class Window:
    """When acts of a kind are taken: from `opens` to `closes`, and until `until` if they were made in time."""

    opens: int
    closes: int
    until: int
    is_open: bool  # at the last boundary the snapshot passed
    is_over: bool


class NoticeView(NamedTuple):
    """Why the rules changed, in the page's language; `parts` are those of civic.revisions.PARTS, () where unknown."""

    at: int
    text: str
    parts: tuple[str, ...]


class PrivateView(NamedTuple):
    """What everybody may know of a private consultation; `teaser` is "" where the town says nothing."""

    slug: str
    teaser: str


class MilestoneView(NamedTuple):
    """A date of a project in the page's language; `at` is its noon, epoch seconds."""

    at: int
    label: str
    is_done: bool


class ProjectView(NamedTuple):
    """A project in the page's language, with what it groups; milestones by their day."""

    slug: str
    title: str
    summary: str
    html: Markup
    consultations: tuple[ConsultationView, ...]
    milestones: tuple[MilestoneView, ...]


@dataclass(frozen=True, slots=True)
class ConsultationView:
    """A consultation in the page's language, where the snapshot says it stands."""

    slug: str
    title: str
    summary: str
    html: Markup
    rules: Consultation
    labels: Mapping[str, str]  # of categories
    state: str  # before | open | between | grace | results
    phase: str  # id of the phase open, "" when none is
    since: int  # when that began
    results: Document | None
    notices: tuple[NoticeView, ...] = ()  # newest first
    summary_counts: tuple[tuple[str, int], ...] = ()  # (word, n); only where `consultations` are listed
    outcome: Mapping[str, Any] | None = None
    files: tuple[str, ...] = ()  # paths of its open data
    project: PageLink | None = None  # that it belongs to
    groups: tuple[Document, ...] = ()  # tables of the result by group (docs/formats.md §14.3)

    @property
    def opens_at(self) -> int:
        """Start of the first phase."""
        return self.rules.opens_at

    @property
    def closes_at(self) -> int:
        """End of the last phase that takes votes, or anything."""
        return self.rules.closes_at

    @property
    def accept_until(self) -> int:
        """Last instant at which an act made in time is taken; results come after it."""
        return self.rules.accept_until

    @property
    def is_permanent(self) -> bool:
        """Whether it has no end: no date is told, no square hopped."""
        return self.rules.is_permanent

    @property
    def short(self) -> str:
        """The path of its short address."""
        return f"/q/{self.rules.short}/"

    @property
    def is_private(self) -> bool:
        """Whether only some people read it: it has no feed and is shown on no other site (docs/formats.md §30)."""
        return self.rules.private

    @property
    def mode(self) -> str:
        """Whether the town has to know who acts (docs/formats.md §1)."""
        return self.rules.mode

    @property
    def mh(self) -> str:
        """The hash of the rules, which every act carries."""
        return self.rules.mh

    @property
    def steps(self) -> tuple[Step, ...]:
        """The phases, in order; one at most is `now`."""
        steps: list[Step] = []
        for phase in self.rules.phases:
            is_now = phase.starts_at <= self.since <= phase.ends_at and all(one.status != "now" for one in steps)
            status = "now" if is_now else "next" if self.since < phase.starts_at else "done"
            steps.append(Step(phase.id, status, phase.starts_at, phase.ends_at))
        return tuple(steps)

    @property
    def has_rows(self) -> bool:
        """Whether every ballot is published (docs/formats.md §12)."""
        return self.results is not None and self.rules.are_rows_public(self.results["voters"])

    def window(self, kind: str) -> Window | None:
        """The phase now open for `kind`, else the next one, else the last; None where no phase takes it."""
        windows = self.rules.windows(kind)
        for phase in windows:
            if self.since <= phase.ends_at or phase is windows[-1]:
                is_open = phase.starts_at <= self.since <= phase.ends_at
                until = phase.ends_at + self.rules.grace
                return Window(phase.starts_at, phase.ends_at, until, is_open, self.since > phase.ends_at)
        return None

    def category(self, identity: str) -> str:
        """The label of a category, "" for none."""
        return self.labels.get(identity, "")

    def takes(self, kind: str) -> bool:
        """Whether any phase takes acts of `kind`."""
        return bool(self.rules.windows(kind))

    def takes_unsigned(self, kind: str) -> bool:
        """Whether the plain form is taken for `kind`."""
        return kind in self.rules.unsigned and self.takes(kind)
