"""The demo's town: its files moved to today, and what its invented people did, as envelopes for the one gate."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from civic import modules
from civic.consultation import Consultation
from civic.module import module_of
from civic.questions import Question
from sync_server.demo_sheets import sheet_body
from sync_server.signers import Sealed, Signers

HERE = Path(__file__).parent
TOWN = HERE.parent / "content" / "demo"
SEED = HERE / "demo_seed"
SECRET = b"the people of the demo are invented, and so are their keys"
_DATED = (".toml", ".md")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d|T)")
CHANGES_MIND = 0.06
MODULES = modules.load()


class Session(NamedTuple):
    """What one person sends at one instant."""

    at: int
    envelopes: tuple[Sealed, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """So many whole days; the hour on the town's clock stays what it is, whatever the season."""

    days: int
    timezone: ZoneInfo

    def text(self, text: str) -> str:
        """`text` with every ISO date and instant in it moved."""
        moved = _INSTANT.sub(lambda match: self._instant(match[0]), text)
        return _DAY.sub(lambda match: (date.fromisoformat(match[0]) + timedelta(self.days)).isoformat(), moved)

    def _instant(self, text: str) -> str:
        local = datetime.fromisoformat(text).astimezone(self.timezone).replace(tzinfo=None)
        return (local + timedelta(self.days)).replace(tzinfo=self.timezone).isoformat()


def shift_to(today: date, town: Path = TOWN) -> Shift:
    """How far the town in `town` must be moved so that its own day is `today`."""
    table = tomllib.loads((town / "space.toml").read_text("utf-8"))
    return Shift((today - day_of(town)).days, ZoneInfo(table["timezone"]))


def day_of(town: Path) -> date:
    """The day that the town in `town` lives on."""
    table = tomllib.loads((town / "space.toml").read_text("utf-8"))
    return date.fromisoformat(table["demo"]["today"])


def today_in(town: Path, now: int) -> date:
    """What day it is in the town's time zone."""
    table = tomllib.loads((town / "space.toml").read_text("utf-8"))
    return datetime.fromtimestamp(now, ZoneInfo(table["timezone"])).date()


def copy_town(shift: Shift, target: Path, town: Path = TOWN) -> None:
    """Writes the town's files below `target`, moved; space.toml last, for without it there is no town."""
    files = [file for file in sorted(town.rglob("*")) if file.is_file()]
    for file in sorted(files, key=lambda one: one.name == "space.toml"):
        data = file.read_bytes()
        if file.suffix in _DATED:
            data = shift.text(data.decode("utf-8")).encode("utf-8")
        copy = target / file.relative_to(town)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)


def sessions(consultations: Mapping[str, Consultation], shift: Shift, seed: Path = SEED) -> list[Session]:
    """Everything that happened in the town before today, oldest first."""
    found: list[Session] = []
    for slug, consultation in consultations.items():
        file = seed / f"{slug}.toml"
        if file.is_file():
            table = tomllib.loads(shift.text(file.read_text("utf-8")))
            found += Scene(consultation, table).sessions()
    return sorted(found, key=lambda session: session.at)


class Scene:
    """What happened in one consultation, as its file in demo_seed/ tells."""

    def __init__(self, consultation: Consultation, table: Mapping[str, Any]) -> None:
        self.table, self.consultation = table, consultation
        self.questions = {one.id: one for one in consultation.questions}
        secret = SECRET + str(table["seed"]).encode()
        self.signers = Signers(secret, consultation.space, consultation.slug, consultation.mh)

    def sessions(self) -> Iterator[Session]:
        """Every act, in no particular order; nobody answers what is not there yet."""
        for place, proposal in enumerate(self.table.get("proposal", ())):
            identity = self.signers.draw("proposal", str(place))
            words = {name: proposal.get(name, "") for name in ("title", "text", "category", "name")}
            yield self._words(proposal, "proposal", identity, words)
            yield from self._talk(proposal, identity)
        for ballot in self.table.get("ballot", ()):
            yield from self._talk(ballot, self.questions[ballot["question"]].slot)
        for booked in self.table.get("registration", ()):
            yield from self._registrations(booked)
        for voter in range(self.table["voters"]):
            yield from self._votes(f"voter {voter}")

    def _talk(self, said: Mapping[str, Any], target: str) -> Iterator[Session]:
        for number, comment in enumerate(said.get("comment", ()), 1):
            answered = comment.get("answers")
            body = {
                "target": target,
                "reply_to": None if answered is None else self._comment_id(target, answered),
                "text": comment["text"],
                "name": comment["name"],
            }
            yield self._words(comment, "comment", self._comment_id(target, number), body)

    def _comment_id(self, target: str, number: int) -> str:
        return self.signers.draw("comment", target, str(number))

    def _words(self, said: Mapping[str, Any], kind: str, identity: str, body: dict[str, Any]) -> Session:
        at = int(said["at"].timestamp())
        person = f"author {said['name']}" if said["name"] else f"author of {identity}"
        rest = {"jti": identity, "rev": 1, "prev": None, "iat": at}
        body["lang"] = said.get("lang", "fr")
        return Session(at, (self.signers.seal(person, kind, f"{kind}:{identity}", body, **rest),))

    def _registrations(self, booked: Mapping[str, Any]) -> Iterator[Session]:
        start, end = (int(booked[name].timestamp()) for name in ("from", "to"))
        for number in range(booked["people"]):
            at = start + number * (end - start) // booked["people"]
            person, event = f"guest {number} of {booked['event']}", booked["event"]
            seats = booked["seats"][number % len(booked["seats"])]
            body = {"event": event, "seats": seats, "name": "", "lang": "fr"}
            rest = {"jti": self.signers.draw("registration", event, str(number)), "rev": 1, "prev": None, "iat": at}
            slot = f"registration:{self._slot_of('registration', body)}"
            yield Session(at, (self.signers.seal(person, "registration", slot, body, **rest),))

    def _slot_of(self, kind: str, body: Mapping[str, Any]) -> str:
        """The slot that an act of this body must have."""
        rules = self.consultation
        module = module_of(MODULES, rules, kind)
        return "" if module is None else module.slot_of(kind, module.parse(kind, body, rules, rules.languages), rules)

    def _votes(self, voter: str) -> Iterator[Session]:
        start, end = (int(self.table[name].timestamp()) for name in ("votes_from", "votes_to"))
        at = start + int(self.signers.chance("at", voter) * (end - start))
        cast = [*self._ballots(voter, at), *self._sheets(voter, at)]
        for place, proposal in enumerate(self.table.get("proposal", ())):
            is_there = proposal["at"].timestamp() < at
            if is_there and self.signers.chance("reach", voter, str(place)) < proposal["reach"]:
                choice = self._choice(voter, str(place), proposal)
                cast.append(self._vote(voter, str(place), choice, at, 1, None))
                if self.signers.chance("mind", voter, str(place)) < CHANGES_MIND:
                    cast.append(self._vote(voter, str(place), "blank", at, 2, cast[-1].id))
        if cast:
            yield Session(at, tuple(cast))

    def _ballots(self, voter: str, at: int) -> Iterator[Sealed]:
        for ballot in self.table.get("ballot", ()):
            question = self.questions[ballot["question"]]
            if self.signers.chance("reach", voter, question.id) < ballot["reach"]:
                body = {"question": question.id, "choice": self._answers(voter, question, ballot["chances"])}
                rest = {"jti": self.signers.draw("ballot", voter, question.id), "rev": 1, "prev": None, "iat": at}
                yield self.signers.seal(voter, "ballot", f"ballot:{question.slot}", body, **rest)

    def _sheets(self, voter: str, at: int) -> Iterator[Sealed]:
        for place, sheet in enumerate(self.table.get("sheet", ())):
            if self.signers.chance("reach", voter, f"sheet {place}") < sheet["reach"]:
                kind, body = sheet["kind"], sheet_body(sheet, voter, self.signers.chance)
                module = module_of(MODULES, self.consultation, kind)
                if module is None:
                    raise ValueError(f"{self.consultation.slug}: nothing takes {kind}")
                payload = module.parse(kind, body, self.consultation, self.consultation.languages)
                slot = f"{kind}:{module.slot_of(kind, payload, self.consultation)}"
                rest = {"jti": self.signers.draw(kind, voter, str(place)), "rev": 1, "prev": None, "iat": at}
                yield self.signers.seal(voter, kind, slot, body, **rest)

    def _answers(self, voter: str, question: Question, chances: Mapping[str, float]) -> list[str]:
        if question.max > 1:
            wanted = [one for one in chances if self.signers.chance("want", voter, question.id, one) < chances[one]]
            return sorted(wanted[: question.max])
        chance = self.signers.chance("choice", voter, question.id)
        for one, share in chances.items():
            chance -= share
            if chance < 0:
                return [one]
        return []

    def _choice(self, voter: str, place: str, proposal: Mapping[str, Any]) -> str:
        chance = self.signers.chance("choice", voter, place)
        if chance < proposal["for"]:
            return "for"
        return "against" if chance < proposal["for"] + proposal["against"] else "blank"

    def _vote(self, voter: str, place: str, choice: str, at: int, rev: int, prev: str | None) -> Sealed:
        slot = f"vote:{self.signers.draw('proposal', place)}"
        rest = {"jti": self.signers.draw("vote", voter, place, str(rev)), "rev": rev, "prev": prev, "iat": at}
        return self.signers.seal(voter, "vote", slot, {"choice": choice}, **rest)
