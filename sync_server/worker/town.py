"""One town's site, kept up to the ledger: folds in memory, snapshot files, the warm builder, the host.

How to read it: `rebuild` makes everything from the heads; `catch_up` does the least that new records ask for;
`settle` does what may wait; `publish` brings the host up to date. Each may be cut off anywhere: the next start begins
with `rebuild`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from civic.consultation import Consultation
from civic.content import Content, parse_content
from civic.log.checkpoint import origin_of
from civic.module import Modules, private_kinds
from civic.phases import moment_at, next_boundary
from civic.queues import Place, queues_of
from civic.secrecy import least_persons
from civic.space import Space
from civic.town_signature import is_signed_by_town
from sync_server.catalogue import read_files, stamp_of
from sync_server.photos.shelf import PhotoShelf
from sync_server.rules import past_rules, register_rules
from sync_server.storage.answers import answers_of
from sync_server.storage.hidden import hidden_of
from sync_server.storage.ledger import Ledger
from sync_server.storage.photos import Photos
from sync_server.storage.profiles import GroupTables
from sync_server.storage.queues import lines_for
from sync_server.storage.reading import HeadRow, Participation, Reading
from sync_server.storage.secret_log import standing_ballots
from sync_server.worker.builder import WarmBuilder
from sync_server.worker.fold import Fold
from sync_server.worker.installation import Installation
from sync_server.worker.log import LogUnsound, TownLog
from sync_server.worker.parts import NO_MARK, Decided, Mark, Tables, tallies_of
from sync_server.worker.photos import TownPhotos
from sync_server.worker.publish import Publisher
from sync_server.worker.rows import BallotFiles
from sync_server.worker.snapshot_folder import SnapshotFolder

COPIES = (".br", ".gz")  # compressed beside the file they are of
GROUPS = "groups"
RESULTS = "{slug}/donnees/results.json"  # of a site: what the log's closing entry is about
FAR_BEHIND = 5_000  # records: more than this are not applied one by one, everything is read again

log = logging.getLogger("preau.worker")


class Town:
    """`now` gives the instant in epoch seconds."""

    def __init__(
        self,
        content: Path,
        snapshots: Path,
        ledger: Ledger,
        modules: Modules,
        builder: WarmBuilder,
        publisher: Publisher,
        installation: Installation,
        now: Callable[[], int],
    ) -> None:
        self.folder, self.snapshots, self.ledger, self.modules = content, snapshots, ledger, modules
        self.builder, self.publisher, self.installation, self.now = builder, publisher, installation, now
        self.position = 0  # number of the last record folded
        self.boundary: int | None = None  # when a phase begins or ends next
        self.dirty: set[str] = set()  # consultations whose snapshot file and cold files are behind
        self._content: Content | None = None
        self._past: Mapping[str, list[bytes]] = {}
        self._folds: dict[str, Fold] = {}
        self._log: TownLog | None = None
        self._files = SnapshotFolder(snapshots, installation.reading_keys)
        self._ballots = BallotFiles(snapshots, ledger, installation.pepper)
        self._photos = TownPhotos(Photos(ledger), PhotoShelf(installation.media), snapshots)
        self._drawn: set[str] = set()  # consultations whose tables by group are drawn
        self._is_unpublished = True

    def stamp(self) -> object:
        """Another value means that what the site is built from was written, by the town or those affiliated to it."""
        return stamp_of(self.folder), self.installation.surroundings()

    def rebuild(self) -> None:
        """Reads content and heads again, writes every snapshot, builds the whole site.

        DeclarationError, with nothing changed, where what the town wrote can't be read.
        """
        content = parse_content(read_files(self.folder), self.modules)
        for slug in _unsigned(content):
            log.warning("%s: manifest.jws is not the town's signature under these rules; run `preau sign`", slug)
        # Before the site shows a version of the rules: a phone may sign under it at once.
        register_rules(self.ledger, content)
        self._content = content
        self._photos.reopen(content.space.id)
        now = self.now()
        with self.ledger.reading() as reading:
            self.position = reading.last_no(content.space.id)
            self._past = past_rules(reading.manifests(content.space.id))
            self._folds = {slug: self._load(reading, one, now) for slug, one in content.consultations.items()}
            tables = {slug: self._tables(reading, fold) for slug, fold in self._folds.items()}
        self._look_ahead(now)
        self._files.write_town(self.installation.document(content))
        for slug, content_of_file in tables.items():
            self._files.write(content.consultations[slug], content_of_file)
        self._files.forget_others(content.consultations.values())
        self._photos.place(content.space.id, self._folds.values(), is_whole=True)
        self._ballots.hide(self._over())
        if self._log is None or self._log.origin != origin_of(content.space.site_url):
            self._log = self.installation.open_log(content.space)
        self._publish_log({}, is_whole=True)
        self._written(self.builder.reload())
        self.dirty.clear()
        self._draw_groups()
        self.tell()

    def catch_up(self) -> bool:
        """Folds the records since the last time and has the pages they touch written; False if it must `rebuild`.

        The cost grows with the number of new records only.
        """
        space = self._space()
        with self.ledger.reading() as reading:
            changes = reading.changes_after(space, self.position, FAR_BEHIND)
            if changes.last_no - self.position >= FAR_BEHIND:  # numbers have no gaps
                return False
            moved: dict[str, list[HeadRow]] = {}
            for one in changes.heads:
                moved.setdefault(one.consultation, []).append(one)
            changed = {slug: self._apply(reading, slug, heads) for slug, heads in moved.items() if slug in self._folds}
        self.position = changes.last_no
        self._photos.place(space, self._folds.values())
        for slug, tables in changed.items():
            self._build(slug, tables)
        return True

    def show_photos(self) -> bool:
        """Has the pages written of which a photo can be shown since the last time; whether there were any."""
        new = self._photos.find_new(self._space())
        changed = {slug: self._folds[slug].redraw(slots) for slug, slots in new.items() if slug in self._folds}
        self._photos.place(self._space(), self._folds.values())
        for slug, tables in changed.items():
            self._build(slug, tables)
        return bool(changed)

    def pass_boundary(self) -> None:
        """Loads the consultations whose phase or state is no more what it was and builds their pages."""
        now = self.now()
        for slug, fold in list(self._folds.items()):
            if moment_at(fold.consultation, now) != fold.moment:
                with self.ledger.reading() as reading:
                    self._folds[slug] = self._load(reading, fold.consultation, now)
                    tables = self._tables(reading, self._folds[slug])
                self._build(slug, tables)
        self._look_ahead(now)

    @property
    def has_more(self) -> bool:
        """Whether something waits: files that are behind, copies to be made smaller, a host that is behind."""
        return bool(self.dirty) or self.builder.waiting > 0 or self._is_unpublished

    def settle(self) -> None:
        """Writes the snapshots that are behind, then everything cold of the site."""
        for slug in sorted(self.dirty):
            with self.ledger.reading() as reading:
                # What came in since the last fold is not in these files: they go with the pages as they are.
                tables = self._tables(reading, self._folds[slug])
            self._files.write(self._folds[slug].consultation, tables)
        self._written(self.builder.settle())
        self.dirty.clear()
        self.tell()

    @property
    def is_log_due(self) -> bool:
        """Whether the public log is to be published next."""
        return self._log is not None and self._log.is_due

    def grow_log(self) -> None:
        """Publishes in the public log what has happened since the last time; costs next to nothing if nothing has."""
        if self._publish_log(dict(self._results())):
            self._written(self.builder.settle())
        if self._draw_groups():
            self.settle()

    def finish(self) -> None:
        """Brings log, snapshots and cold files up to date at once: for the end of a worker."""
        if self._publish_log({}) or self.dirty:
            self.settle()

    def publish(self) -> None:
        """Brings the host up to date if anything was written since; after PublishFailed that is still to be done."""
        if self._is_unpublished:
            self.publisher.publish()
            self._is_unpublished = False

    def _publish_log(self, results: Mapping[str, bytes], *, is_whole: bool = False) -> bool:
        try:
            has_grown = self._log is not None and self._log.publish(results, self._ended(), is_whole=is_whole)
            # Right after the log: each ballot that is shown has its entry in what is signed.
            return self._ballots.write(self._space(), self._over(), self._past) or has_grown
        except LogUnsound as error:
            # The pages go on; the log stays as it was shown until somebody has found out what happened.
            log.critical("%s: the public log is not published any more: %s", self._space(), error)
            return False

    def _draw_groups(self) -> bool:
        """Adds the tables by group to results that no act changes any more; whether any is new."""
        before = len(self._drawn)
        for slug, fold in self._folds.items():
            if slug not in self._drawn and _has_groups(fold) and self._is_final(fold):
                self._build(slug, {GROUPS: self.installation.draw_groups(self._own_space(), fold)})
                self._drawn.add(slug)
        return len(self._drawn) > before

    def tell(self) -> None:
        """Has it written down who is to be told of what has happened; costs next to nothing if nothing has."""
        self.installation.dispatch(self._own_space(), [*self._folds.values()])

    def _results(self) -> Iterator[tuple[str, bytes]]:
        """The results that are on the site and final, by consultation."""
        for slug, fold in self._folds.items():
            file = self.builder.folders.output / RESULTS.format(slug=slug)
            if fold.moment.state == "results" and slug not in self.dirty and self._is_final(fold) and file.is_file():
                yield slug, file.read_bytes()

    def _over(self) -> dict[str, Consultation]:
        """The consultations whose ballots are published: over, by the rules, and with enough people taking part."""
        return {
            slug: self._folds[slug].consultation
            for slug in self._ended()
            if self._folds[slug].consultation.are_rows_public(self._folds[slug].figures.voters)
            and not private_kinds(self.modules, self._folds[slug].consultation)
        }

    def _ended(self) -> list[str]:
        """The consultations into which nothing comes any more, not even what was on its way."""
        return [slug for slug, one in self._folds.items() if one.moment.state == "results" and self._is_final(one)]

    def _is_final(self, fold: Fold) -> bool:
        return self._log is not None and self.now() >= fold.consultation.accept_until + self._log.closing_delay

    def _apply(self, reading: Reading, slug: str, moved: list[HeadRow]) -> Tables:
        fold, space = self._folds[slug], self._space()
        moved = [one for one in moved if one.kind in (*fold.shown_kinds, *fold.counted_kinds)]
        if fold.moment.state == "results" and any(not one.is_shown for one in moved):
            # Received in time, committed just after the results were drawn: participation must be read again.
            self._folds[slug] = self._load(reading, fold.consultation, self.now())
            return self._tables(reading, self._folds[slug])
        items, lines = fold.items(moved), fold.queues_moved(moved)
        tallies = tallies_of(reading.totals(space, slug, items)) if items else {}
        return fold.apply(moved, tallies, _queues(reading, fold, space, lines) if lines else {})

    def _build(self, slug: str, tables: Tables) -> None:
        if any(tables.values()):
            self.dirty.add(slug)
            self._written(self.builder.apply(slug, tables))

    def _written(self, files: Sequence[str]) -> None:
        self._is_unpublished |= any(not file.endswith(COPIES) for file in files)

    def _load(self, reading: Reading, consultation: Consultation, now: int) -> Fold:
        space, slug = self._space(), consultation.slug
        languages = () if self._content is None else self._content.space.languages
        past, moment = self._past.get(slug, []), moment_at(consultation, now)
        fold = Fold(consultation, languages, past, self.modules, moment, self._photos.album)
        heads = reading.heads(space, slug, fold.shown_kinds)
        kinds = fold.shown_kinds + (fold.counted_kinds if fold.is_public else ())
        newest = reading.newest(space, slug, kinds)
        tallies = tallies_of(reading.totals(space, slug)) if fold.is_public else {}
        mark = NO_MARK if newest is None else Mark(*newest)
        figures = _figures(reading, space, consultation)
        queued = reading.lines(space, slug, fold.queued_kinds) if fold.queued_kinds else ()
        listed = self.installation.listed(reading, fold)
        decided = Decided(hidden_of(reading, space, slug), answers_of(reading, space, slug), listed)
        fold.load(heads, tallies, mark, figures, decided, queued)
        return fold

    def _tables(self, reading: Reading, fold: Fold) -> Tables:
        is_final = fold.moment.state == "results"
        votes = reading.lines(self._space(), fold.consultation.slug, fold.counted_kinds) if is_final else ()
        tables = fold.tables(votes)
        if _has_groups(fold):
            tables[GROUPS] = GroupTables(self.ledger).find(self._space(), fold.consultation.slug) or []
        return tables

    def _look_ahead(self, now: int) -> None:
        instants = [next_boundary(fold.consultation, now) for fold in self._folds.values()]
        self.boundary = min((one for one in instants if one is not None), default=None)

    def _space(self) -> str:
        return self._own_space().id

    def _own_space(self) -> Space:
        if self._content is None:
            raise RuntimeError("a town is rebuilt before anything else")
        return self._content.space


def _queues(reading: Reading, fold: Fold, space: str, subjects: Sequence[str]) -> dict[str, tuple[Place, ...]]:
    """The lines for these, whole: who leaves one moves everybody behind."""
    found = queues_of(lines_for(reading, space, fold.consultation.slug, fold.queued_kinds, subjects))
    return {one: found.get(one, ()) for one in subjects}


def _has_groups(fold: Fold) -> bool:
    return fold.consultation.profile is not None and fold.moment.state == "results"


def _figures(reading: Reading, space: str, consultation: Consultation) -> Participation:
    """How many took part: of secret votes, how many at the least, for the ledger takes each ballot for one voter."""
    figures = reading.participation(space, consultation.slug)
    if not consultation.issuers:
        return figures
    ballots = standing_ballots(reading, space, consultation.slug)
    return figures._replace(voters=least_persons(figures.voters - sum(ballots), ballots))


def _unsigned(content: Content) -> list[str]:
    """The consultations whose rules were signed once, but not as they are now, or not by the town's key."""
    key, rules = content.town_key, content.consultations
    return [
        slug
        for slug, jws in content.signatures.items()
        if key is None or not is_signed_by_town(jws, rules[slug].manifest, key)
    ]
