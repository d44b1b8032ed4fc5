"""What a kind of participation brings: one folder under civic/modules/, met only through this protocol.

A module's package has an attribute `MODULE`. Nothing outside names it or its kinds: `civic.modules.load()` finds the
folders, the server asks `parse`, `requires` and `counted` of each act, the worker asks `document` of each head, the
builder asks `shelf` for pages and files. Its templates are in `templates/<name>/`, its words in `words/<lang>.json`,
what its pages say and do in the browser in `script_words/<lang>.json` and `script.mjs` (docs/adding-a-module.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

from civic.consultation import Consultation
from civic.listing import Listed
from civic.photos import NO_PHOTOS, Album
from civic.queues import Place
from civic.slots import Counted

Document = dict[str, Any]  # JSON values only: a row of a snapshot's table
NONE_LISTED: Mapping[str, Listed] = {}


class Entry(NamedTuple):
    """A head as the snapshot shows it; `payload` is what `parse` returned, None when withdrawn."""

    kind: str
    id: str  # the slot's id
    subject: str
    number: int  # 1, 2, 3… in order of first arrival, per consultation and kind
    no: int  # number of the first record
    received_at: int
    as_of: int  # receive time of the newest record that shows here
    revised: bool
    withdrawn: bool
    unsigned: bool
    payload: Any
    votes: Mapping[str, int] | None  # totals of the choices for this id; None while they are hidden
    photos: Album = NO_PHOTOS  # photos that have arrived and can be shown
    places: tuple[Place, ...] = ()  # the acts that stand in line for it (civic.queues), while counts are public
    head: str = ""  # id of the envelope whose words show, "" where none do
    final_rules: Consultation | None = None  # the rules, once the votes are final; None before
    listed: Mapping[str, Listed] = NONE_LISTED  # once they are: words about it (ListsWords), by the ids of `listable`


class Searched(NamedTuple):
    """What a page says, for those who search the site: text in the language `lang`.

    `kind` is what the page is about in one word, `found.<kind>` of the catalogue.
    """

    title: str
    text: str
    lang: str
    kind: str
    at: int  # when it was written, 0 where that says nothing
    is_markdown: bool = False  # `text` is the town's, with marks that nobody looks for


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be rendered in every language: the same path behind each prefix.

    `target` is the id that other modules may attach a panel to; `pack` names the block of pages it is kept offline
    with ("" = not kept); `is_listed` says whether the sitemap shows it; `is_framed`, whether other sites
    may show it inside a page of theirs. `searched` is what it is found by, by the
    language of the site, "" for what is the same in all; empty while its words may not be found (withdrawn, hidden),
    None for a page that has none of its own. `is_pictured`: who shares it shows a picture with its own title;
    `is_coded`: and a code for cameras, which the first page of a consultation has anyhow (site_builder/codes.py).
    """

    path: str
    template: str
    context: Mapping[str, Any]
    target: str = ""
    as_of: int = 0
    pack: str = ""
    is_listed: bool = True
    is_framed: bool = False
    searched: Mapping[str, Searched] | None = None
    is_pictured: bool = False
    is_coded: bool = False


class DataFile(NamedTuple):
    """A file of open data, the same in every language."""

    path: str
    content: Callable[[], bytes]


class FeedEntry(NamedTuple):
    """A line of a feed: plain text, newest first."""

    id: str
    path: str
    title: str
    text: str
    name: str
    lang: str
    published_at: int
    updated_at: int


class Entered(NamedTuple):
    """An act as a plain form gives it: the id of its slot, and its body."""

    slot_id: str
    body: dict[str, Any]


class Option(NamedTuple):
    """What may be chosen in a plain form: its label by language or, where that is empty, `word` of the catalogue."""

    value: str
    word: str = ""
    label: Mapping[str, str] = {}


class Offered(NamedTuple):
    """The options of a field, of which `many` may be chosen at most; where words are typed there are none.

    `label` names the field, by language, where the catalogue has no word for it.
    """

    options: tuple[Option, ...]
    many: int = 1
    label: Mapping[str, str] = {}


class Declared(NamedTuple):
    """Something that the town itself put up for acts: it exists before any of them, and `table` shows it.

    `table` is "" where the rules alone say all that its page shows. `number` is the one that pages show it under, 0 for
    its place in the town's order. `page` is what the address of its page ends in, below that of the consultation; None
    for its number.
    """

    id: str
    table: str
    number: int = 0
    page: str | None = None


class Panel(NamedTuple):
    """A part that a module adds at the foot of another module's page about `target`, and the words in it to search."""

    template: str
    context: Mapping[str, Any]
    text: str = ""


class Shelf(Protocol):
    """One consultation's documents of one module, kept in the builder so that a change finds its pages at once.

    A topic is a short text: `about:<id>` (everything that shows what has this id) is shared by all modules; a module
    may use others of its own. The builder puts documents first, then asks every shelf for the pages of all topics.
    """

    def put(self, table: str, document: Document) -> frozenset[str]:
        """Stores a document (of any table; those of others are ignored) and returns the topics it touches.

        The consultation's own row (table "consultation") is put before any other.
        """

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """The pages that depend on one of `topics`, or all pages for None. No page is left out that could differ."""

    def files(self) -> Iterator[DataFile]:
        """The open data of this module."""

    def entries(self) -> Iterator[FeedEntry]:
        """At most 20 lines for the consultation's feed, newest first."""

    def summary(self) -> tuple[tuple[str, int], ...]:
        """Counts for the town's home page, as (word of the catalogue, number); public ones only."""

    def outcome(self) -> Mapping[str, Any] | None:
        """The result in one line for the home page, once results are public."""

    def panel(self, target: str) -> Panel | None:
        """What to show at the foot of the page about `target`."""

    def fact(self, target: str) -> tuple[str, int] | None:
        """A count to show beside `target` in a list, as (word of the catalogue, number)."""


class Module(Protocol):
    """A kind of participation.

    One whose acts stand in line is a civic.queues.Queueing besides, one whose acts may bring photos a
    civic.photos.Attaching, one whose pages change by themselves a Timed.
    """

    name: str
    kinds: tuple[str, ...]
    # kind -> table of the snapshot that shows its heads, "" where nobody but its author and the town may see it; a kind
    # not here is only counted
    tables: Mapping[str, str]
    choices: tuple[str, ...]  # what `counted` may answer whatever the town declares; () where nothing is counted
    targets: tuple[str, ...]  # kinds whose acts other modules may be about
    statuses: tuple[str, ...]  # what the town may say of one of `targets` (civic.official); () where it answers none

    def check(self, consultation: Consultation) -> None:
        """Returns if the town's settings for this module can be used; DeclarationError says what to mend."""

    def parse(self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]) -> Any:
        """The typed payload of `body`; Refused BAD_PAYLOAD or BAD_OPTION."""

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """The act that somebody entered in a plain form: `fields` by the names of its inputs, "" where absent.

        Words are brought into the form that `parse` asks for; it is `parse` that refuses. `own_id` is a new id, for
        a kind whose slot is its own.
        """

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """What may be chosen in the field `name` of the plain form that `fields` fill; None where words are typed."""

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """What the town put up for this module's acts, in order; other modules' acts may be about it too."""

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """The id that the slot of this act must have, "" where it may have any."""

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """Slots (`<kind>:<id>`) that must already hold something not withdrawn.

        `*:<id>` asks for the thing of that id that an act may be about, whichever module has it.
        """

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """What a standing act of this kind adds to the totals."""

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """The id whose page the act shows on: what a vote or a comment is about, a text itself.

        Not asked for a withdrawal: it keeps the subject of what it withdraws.
        """

    def document(self, entry: Entry) -> Document:
        """The row of the snapshot for a head, or for something declared (`kind` is "" then); public data only."""

    def shelf(self, consultation: Consultation) -> Shelf:
        """An empty shelf for one consultation."""


@runtime_checkable
class Timed(Protocol):
    """What a module has besides where its pages change at hours that are no phase's: an event is over."""

    def instants(self, consultation: Consultation) -> tuple[int, ...]:
        """From which instants on something of its pages is different; `since` of the snapshot passes each of them."""


class Confided(NamedTuple):
    """Words for the town hall: what they answer, its place among others, in the town's first language.

    `listed` is the id (ListsWords.listable) under which they may be published once read, "" where the town hall alone
    may ever read them.
    """

    place: int
    about: str
    words: str
    listed: str = ""


@runtime_checkable
class Confides(Module, Protocol):
    """A module whose acts hold words that no page shows: the town hall reads them (`preau words`)."""

    def confided(self, payload: Any, consultation: Consultation) -> tuple[Confided, ...]:
        """The words of an act, given what `parse` returned."""


class Listable(NamedTuple):
    """Something that people write about in words of their own, which the town may publish once it has read them.

    `item` is the id of what it `declared` whose page lists them; `title` by language.
    """

    id: str
    item: str
    title: Mapping[str, str]


@runtime_checkable
class ListsWords(Confides, Protocol):
    """A module some of whose confided words are published, with the result, after a moderator has read them."""

    def listable(self, consultation: Consultation) -> tuple[Listable, ...]:
        """What words may be published about: people were told so before they wrote."""


Modules = Mapping[str, Module]


def module_of(modules: Modules, consultation: Consultation, kind: str) -> Module | None:
    """The module of the consultation that takes acts of `kind`."""
    for name in consultation.modules:
        module = modules.get(name)
        if module is not None and kind in module.kinds:
            return module
    return None


def private_kinds(modules: Modules, consultation: Consultation) -> frozenset[str]:
    """The kinds of act of the consultation that are in no published file: nobody but author and town may see them."""
    own = [modules[name] for name in consultation.modules if name in modules]
    return frozenset(kind for module in own for kind, table in module.tables.items() if not table)


def needs_of(
    modules: Modules, module: Module, consultation: Consultation, kind: str, slot_id: str, payload: Any
) -> tuple[tuple[str, ...], ...]:
    """What must be there before the act (Module.requires): of each tuple one slot must hold something that stands."""
    own = [modules[name] for name in consultation.modules if name in modules]
    needs: list[tuple[str, ...]] = []
    for slot in module.requires(kind, slot_id, payload):
        wanted, _, identity = slot.partition(":")
        if wanted != "*":
            needs.append((slot,))
        elif all(identity != one.id for each in own for one in each.declared(consultation)):
            needs.append(tuple(f"{target}:{identity}" for each in own for target in each.targets) or (slot,))
    return tuple(needs)
