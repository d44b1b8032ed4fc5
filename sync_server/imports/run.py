"""An import from beginning to end: declare, replay through the front door, close, wait until it is published.

Every step may be cut off: what is in the files and in the ledger says where to go on. A second run makes the same
envelopes again, which the ledger knows, so that nothing is ever doubled.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from civic.canonical import parse_json
from civic.consultation import Consultation
from civic.content import Content, parse_content
from sync_server.catalogue import read_files
from sync_server.imports.declaration import consultation_files, consultation_toml, space_files, write_files
from sync_server.imports.door import Door, DoorClosed, batches
from sync_server.imports.envelopes import baskets, proposal_id, proposals, votes
from sync_server.imports.plan import ImportRefused, Plan
from sync_server.signers import Sealed, Signers

OPEN_SECONDS = 30 * 86_400  # how long an import may take before its votes would come too late
RULES_TRIES = 75
PUBLISH_TRIES = 1_200
LOOK_SECONDS = 0.2


class House(NamedTuple):
    """Where the town lives: its files under `content`, its published site, the secret its imported keys come from."""

    content: Path  # holds one folder a space
    site: Path
    secret: bytes
    now: Callable[[], int]
    sleep: Callable[[float], object]


class Crew(NamedTuple):
    """The server and worker that take the import; `check` raises if one of them has ended."""

    url: str
    receipt_key: tuple[bytes, bytes]
    check: Callable[[], object]


class Report(NamedTuple):
    """What an import has done: votes sent, votes that were new, receipts checked, and where the result is."""

    sent: int
    fresh: int
    receipts: int
    results: Path


Advance = Callable[[int], object]


class Import:
    """One file's way into consultation `slug` of the town in `house`."""

    def __init__(self, plan: Plan, slug: str, house: House) -> None:
        self.plan, self.slug, self.house = plan, slug, house
        self.folder = self._town_folder()

    def declare(self) -> None:
        """Writes the consultation, and a town to hold it where there is none; nothing if a run before has done so."""
        if not (self.folder / "space.toml").is_file():
            write_files(self.folder, space_files(self.plan.language))
        languages = self._town().space.languages
        folder = self.folder / "consultations" / self.slug
        if not (folder / "consultation.toml").is_file():
            start = self.house.now() - 60
            signers = self._signers("")
            sources = {proposal_id(signers, item.source): item.source for item in self.plan.items}
            write_files(folder, consultation_files(self.plan, languages, sources, start, start + OPEN_SECONDS))
        self._check_same()

    @property
    def results(self) -> Path:
        """Where the published result is, or will be."""
        return self.house.site / self.slug / "donnees" / "results.json"

    @property
    def is_closed(self) -> bool:
        """Whether a run before has replayed everything and closed the consultation."""
        return self._consultation().revision > 1

    @property
    def is_published(self) -> bool:
        """Whether the published result is that of the closed consultation."""
        if not self.is_closed or not self.results.is_file():
            return False
        found = parse_json(self.results.read_bytes())
        return bool(found["ballots"] == self.plan.ballots)

    def replay(self, crew: Crew, advance: Advance) -> Report:
        """Sends every proposal, then every vote or basket, through the front door; each receipt is checked."""
        town, consultation = self._town(), self._consultation()
        signers = self._signers(consultation.mh)
        language = self.plan.language if self.plan.language in town.space.languages else town.space.languages[0]
        door = Door(crew.url, town.space.id, crew.receipt_key, self.house.sleep)
        self._send(door, crew, proposals(self.plan, signers, language), advance)
        cast = chain(votes(self.plan, signers), baskets(self.plan, signers))
        sent, fresh = self._send(door, crew, cast, advance)
        return Report(sent, fresh, sent, self.results)

    def close(self) -> None:
        """Ends the consultation now, without grace: the next revision of its rules."""
        rules = self._consultation()
        ends_at = max(self.house.now(), rules.opens_at + 1)
        toml = consultation_toml(self.plan, self._town().space.languages, 2, rules.opens_at, ends_at)
        write_files(self.folder / "consultations" / self.slug, {"consultation.toml": toml})

    def wait_for_results(self, crew: Crew) -> Path:
        """The published result of the closed consultation; ImportRefused if the worker does not get there."""
        for _ in range(PUBLISH_TRIES):
            if self.is_published:
                return self.results
            crew.check()
            self.house.sleep(LOOK_SECONDS)
        raise ImportRefused(f"the worker did not publish {self.results}: see its log")

    def _send(self, door: Door, crew: Crew, envelopes: Iterable[Sealed], advance: Advance) -> tuple[int, int]:
        sent = fresh = 0
        for batch in batches(envelopes):
            crew.check()
            fresh += self._send_batch(door, batch)
            sent += len(batch)
            advance(len(batch))
        return sent, fresh

    def _send_batch(self, door: Door, batch: list[Sealed]) -> int:
        for _ in range(RULES_TRIES):
            try:
                return door.send(batch)
            except DoorClosed as closed:
                # A server that was already running reads the new consultation a moment after we wrote it.
                if closed.code not in ("unknown_consultation", "wrong_manifest"):
                    raise
                self.house.sleep(LOOK_SECONDS)
        return door.send(batch)

    def _town_folder(self) -> Path:
        content = self.house.content
        towns = sorted(one.parent for one in content.glob("*/space.toml")) if content.is_dir() else []
        if len(towns) > 1:
            raise ImportRefused(f"{content} holds several towns: an import needs a folder with one")
        return towns[0] if towns else content / "import"

    def _town(self) -> Content:
        return parse_content(read_files(self.folder))

    def _consultation(self) -> Consultation:
        return self._town().consultations[self.slug]

    def _signers(self, mh: str) -> Signers:
        return Signers(self.house.secret, self._town().space.id, self.slug, mh)

    def _check_same(self) -> None:
        signers = self._signers("")
        sources = {proposal_id(signers, item.source): item.source for item in self.plan.items}
        file = self.folder / "consultations" / self.slug / "sources.json"
        if not file.is_file() or json.loads(file.read_bytes()) != sources:
            raise ImportRefused(f"'{self.slug}' is already the name of another consultation: choose another --slug")
