"""The past of the demo's town, put through the one gate: each act is received at the hour it was made.

What the town hall said of them is written as the office writes it, by whoever runs the server.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from rich.progress import Progress

from civic.canonical import b64u_encode
from civic.journal import OPERATOR
from civic.listing import LISTED
from civic.moderation import Hidden
from civic.module import module_of
from civic.official import Answer, answer_bytes, check_answer
from sync_server.catalogue import Town
from sync_server.demo import day_of, shift_to
from sync_server.demo_past import Read, Said, Session, scenes
from sync_server.listing import mark_of
from sync_server.office.parts import Office, open_office
from sync_server.services import open_services
from sync_server.settings import Settings
from sync_server.storage.hiding import Place
from sync_server.storage.people import lock_space
from sync_server.storage.verdicts import Verdict, put_verdict, verdicts_of


class SeedRefused(RuntimeError):
    """The gate does not take an act of the demo's past: its town and its seed do not fit each other."""


class _Hour:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = 0

    def now(self) -> int:
        return self.at


def seed(settings: Settings, folder: Path, progress: Progress) -> None:
    """Puts the past into the ledger, in order; what is there already stays as it is."""
    hour = _Hour()
    services = open_services(settings, now=hour.now)
    try:
        town = services.catalogue.town(folder.name)
        if town is None:
            raise SeedRefused(f"{folder} can't be read: {services.catalogue.problems()}")
        past = _Past(open_office(services), town)
        told = scenes(town.content.consultations, shift_to(day_of(folder)))
        happened: list[Session | Said | Read] = []
        for scene in told:
            happened += [*scene.sessions(), *scene.said(), *scene.read()]
        happened.sort(key=lambda one: one.at)
        for one in progress.track(happened, description="What happened before today"):
            hour.at = one.at
            past.put(one)
    finally:
        services.close()


class _Past:
    """The town as far as it has been told; `numbers` are those of the records, by the ids of their acts' own slots."""

    def __init__(self, desk: Office, town: Town) -> None:
        self.desk, self.town = desk, town
        self.numbers: dict[str, int] = {}

    def put(self, one: Session | Said | Read) -> None:
        """Tells what happened next; SeedRefused where the gate does not take it."""
        if isinstance(one, Session):
            self._take(one)
        elif isinstance(one, Read):
            self._read(one)
        elif isinstance(one.what, Hidden):
            self._hide(one, one.what)
        else:
            self._answer(one, one.what)

    def _take(self, session: Session) -> None:
        answer = self.desk.services.acceptance.accept(self.town, [act.text for act in session.envelopes])
        for sealed, result in zip(session.envelopes, answer.results, strict=True):
            if result.item is None:
                raise SeedRefused(f"an act of the demo is refused: {result.code}")
            self.numbers.setdefault(sealed.slot, result.item.no)

    def _hide(self, said: Said, why: Hidden) -> None:
        desk, space, no = self.desk, self.town.content.space.id, self.numbers[said.slot]
        shown = desk.hiding.find(space, no)
        if shown is None or shown.hidden is not None:
            return
        with desk.services.ledger.writing() as connection:
            desk.hiding.hide(connection, Place(space, said.consultation, said.slot), why, said.at)
            about = {"no": str(no), "consultation": said.consultation, "reason": why.reason}
            desk.write(connection, space, None, "hide", **about)

    def _read(self, one: Read) -> None:
        desk, space, ledger = self.desk, self.town.content.space.id, self.desk.services.ledger
        mark = mark_of(desk.vault, self.town.content.consultations[one.consultation], one.about, one.words)
        with ledger.reading() as now:
            if verdicts_of(now, space, one.consultation).get(mark) == one.verdict:
                return
        with ledger.writing() as connection:
            row = Verdict(space, one.consultation, mark, one.about, one.verdict, OPERATOR, one.at)
            put_verdict(ledger, connection, row)
            reason = {} if one.verdict == LISTED else {"reason": one.verdict}
            about = {"consultation": one.consultation, "about": one.about, "mark": mark, **reason}
            desk.write(connection, space, None, "leave-out" if reason else "publish", **about)

    def _answer(self, said: Said, answer: Answer) -> None:
        desk, space, slug = self.desk, self.town.content.space.id, said.consultation
        rules = self.town.content.consultations[slug]
        module = module_of(desk.services.modules, rules, said.slot.partition(":")[0])
        check_answer(answer, () if module is None else module.statuses, rules.languages)
        if answer in desk.answering.history(space, slug, answer.about):
            return
        with desk.services.ledger.writing() as connection:
            lock_space(desk.services.ledger, connection, space)
            desk.answering.add(connection, space, slug, answer, OPERATOR)
            digest = b64u_encode(hashlib.sha256(answer_bytes(answer)).digest())
            about = {"no": str(self.numbers[said.slot]), "consultation": slug, "status": answer.status, "hash": digest}
            desk.write(connection, space, None, "answer", **about)
