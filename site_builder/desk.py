"""The desk of one consultation: the shelves of all its modules, asked as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Modules, Page, Panel, Shelf, module_of
from civic.phases import are_counts_public
from civic.queues import queued_kinds
from site_builder.answers import answer_files
from site_builder.failure import BuildFailure
from site_builder.groups import group_files
from site_builder.open_data import Lines
from site_builder.posters import posters
from site_builder.snapshot import Tables

LINES, ROW, GROUPS, ANSWERS = "rows", "consultation", "groups", "answers"
POSTERS = "posters"  # topic: the consultation stands elsewhere than before
_SHOWN = ("state", "phase", "since", "results", "changes")


class Desk:
    """Takes documents, gives pages. Nothing here depends on how many pages there are but what asks for all of them."""

    def __init__(self, consultation: Consultation, modules: Modules) -> None:
        unknown = [name for name in consultation.modules if name not in modules]
        if unknown:
            raise BuildFailure(f"{consultation.slug}: there is no module '{unknown[0]}'")
        self.consultation, self._modules = consultation, modules
        self._shelves: tuple[Shelf, ...] = tuple(modules[name].shelf(consultation) for name in consultation.modules)
        self.row: Document = {}
        self.lines = Lines(consultation.slug)
        self._groups: dict[str, Document] = {}
        self._answers: dict[str, Document] = {}

    def put(self, tables: Tables) -> tuple[frozenset[str], bool]:
        """Takes documents; the topics they touch, and whether the consultation stands elsewhere than before."""
        before, topics = self.row, set[str]()
        for row in tables.get(ROW, ()):
            self.row = row
            topics |= self._put_one(ROW, row)
        for table in sorted(tables.keys() - {ROW, LINES, GROUPS}):
            for document in tables[table]:
                if document.get("votes") is not None and not self._is_public:
                    raise BuildFailure(f"{self.consultation.slug}: the snapshot holds counts that are still secret")
                topics |= self._put_one(table, document)
        self._answers |= {row["id"]: row for row in tables.get(ANSWERS, ())}
        for row in tables.get(LINES, ()):
            self._put_line(row)
        drawn = [self._put_group(row) for row in tables.get(GROUPS, ())]
        has_moved = bool(drawn) or any(before.get(name) != self.row.get(name) for name in _SHOWN)
        return frozenset(topics.union(drawn, {POSTERS} if has_moved else ())), has_moved

    def _put_one(self, table: str, document: Document) -> set[str]:
        return {topic for shelf in self._shelves for topic in shelf.put(table, document)}

    def _put_group(self, row: Document) -> str:
        if self.row["state"] != "results":
            raise BuildFailure(f"{self.consultation.slug}: the snapshot holds figures by group that are still secret")
        self._groups[row["id"]] = row
        return f"about:{row['item']}"

    def _put_line(self, row: Document) -> None:
        module = module_of(self._modules, self.consultation, row["kind"])
        # A line of what is only counted says what somebody chose: it may exist once results do.
        shown = () if module is None else (*module.tables, *queued_kinds(module))
        if module is not None and row["kind"] not in shown and self.row["state"] != "results":
            raise BuildFailure(f"{self.consultation.slug}: the snapshot holds choices that are still secret")
        self.lines.put(row)

    @property
    def groups(self) -> tuple[Document, ...]:
        """The tables of the result by group of people, in the order in which they were drawn."""
        return tuple(self._groups.values())

    @property
    def _is_public(self) -> bool:
        return are_counts_public(self.consultation, self.row["state"])

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """The pages that depend on `topics`, all for None; nobody shows those of a private consultation elsewhere."""
        for shelf in self._shelves:
            yield from (page for page in shelf.pages(topics) if not (page.is_framed and self.consultation.private))
        if topics is None or POSTERS in topics:
            yield from posters(f"/{self.consultation.slug}/", project=None)

    def files(self) -> Iterator[DataFile]:
        """The open data of all modules."""
        for shelf in self._shelves:
            yield from shelf.files()
        yield from group_files(self.consultation, self.groups)
        yield from answer_files(self.consultation, self._answers.values())

    def entries(self) -> list[FeedEntry]:
        """At most 20 lines for the feed, newest first."""
        entries = [entry for shelf in self._shelves for entry in shelf.entries()]
        return sorted(entries, key=lambda entry: (-entry.published_at, entry.path))[:20]

    def summary(self) -> tuple[tuple[str, int], ...]:
        """The public counts of all modules."""
        return tuple(count for shelf in self._shelves for count in shelf.summary())

    def outcome(self) -> Mapping[str, Any] | None:
        """The result in one line, from the first module that has one."""
        return next((outcome for shelf in self._shelves if (outcome := shelf.outcome()) is not None), None)

    def facts(self, target: str) -> list[tuple[str, int]]:
        """The counts shown beside `target` in a list."""
        return [fact for shelf in self._shelves if (fact := shelf.fact(target)) is not None]

    def panels(self, target: str) -> list[Panel]:
        """The parts at the foot of the page about `target`."""
        if not target:
            return []
        return [panel for shelf in self._shelves if (panel := shelf.panel(target)) is not None]
