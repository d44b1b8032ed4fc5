"""What happened in the demo's town before today, as its files in demo_seed/ tell: acts, and what the town hall said.

Acts are of any kind, in the form that README.md there says. Nothing here knows one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from civic import modules
from civic.consultation import Consultation
from civic.listing import LISTED, check_verdict
from civic.moderation import Hidden
from civic.module import module_of
from civic.official import Answer
from sync_server.demo import SEED, Shift
from sync_server.demo_drawing import Person, drawn
from sync_server.signers import Signers

SECRET = b"the people of the demo are invented, and so are their keys"
MODULES = modules.load()
NAMED = "@"  # before the name of an act stands for its id; alone, for nothing


class Act(NamedTuple):
    """An envelope, its id, and the slot that it says."""

    id: str
    text: str
    slot: str


class Session(NamedTuple):
    """What one person sends at one instant."""

    at: int
    envelopes: tuple[Act, ...]


class Said(NamedTuple):
    """What the town hall did about the act in the slot `slot`: an answer, or words hidden."""

    at: int
    consultation: str
    slot: str
    what: Answer | Hidden


class Read(NamedTuple):
    """What the town hall said of words that may be published (docs/formats.md §35)."""

    at: int
    consultation: str
    about: str
    words: str
    verdict: str


class _Cast(NamedTuple):
    """An act before it is sent: who makes it, and when."""

    at: int
    person: str
    act: Act


def scenes(consultations: Mapping[str, Consultation], shift: Shift, seed: Path = SEED) -> list[Scene]:
    """The consultations in which something happened."""
    found = ((seed / f"{slug}.toml", one) for slug, one in consultations.items())
    return [Scene(one, tomllib.loads(shift.text(file.read_text("utf-8")))) for file, one in found if file.is_file()]


def sessions(consultations: Mapping[str, Consultation], shift: Shift, seed: Path = SEED) -> list[Session]:
    """Everything that people did before today, oldest first."""
    found = (session for scene in scenes(consultations, shift, seed) for session in scene.sessions())
    return sorted(found, key=lambda session: session.at)


class Scene:
    """What happened in one consultation."""

    def __init__(self, consultation: Consultation, table: Mapping[str, Any]) -> None:
        self.rules, self.table = consultation, table
        secret = SECRET + str(table["seed"]).encode()
        self.signers = Signers(secret, consultation.space, consultation.slug, consultation.mh)
        self.acts = {self._own_id(place, act): act for place, act in enumerate(table.get("act", ()))}
        self.ids = {act["id"]: own for own, act in self.acts.items() if "id" in act}
        self.crowds = [{**table.get("everybody", {}), **crowd} for crowd in table.get("crowd", ())]
        for place, crowd in enumerate(self.crowds):
            if "id" in crowd:
                self.ids[crowd["id"]] = self._slot_id(crowd, self._body(crowd, self._person(place, 0)), "")

    def sessions(self) -> Iterator[Session]:
        """Every act, in no particular order; nobody acts about what is not there yet."""
        together: dict[tuple[int, str], list[Act]] = {}
        for one in [*self._single(), *self._crowds()]:
            together.setdefault((one.at, one.person), []).append(one.act)
        yield from (Session(at, tuple(envelopes)) for (at, _), envelopes in together.items())

    def said(self) -> Iterator[Said]:
        """What the town hall answered and hid."""
        for one in self.table.get("answer", ()):
            about, at = self.ids[one["about"]], int(one["at"].timestamp())
            rest = {name: value for name, value in one.items() if name not in ("about", "at", "into")}
            into = self.ids[one["into"]] if "into" in one else ""
            answer = Answer(about=about, at=at, into=into, **rest)
            yield Said(at, self.rules.slug, self._slot(about), answer)
        for one in self.table.get("hidden", ()):
            about = self.ids[one["about"]]
            why = Hidden(one["reason"], one.get("words", ""))
            yield Said(int(one["at"].timestamp()), self.rules.slug, self._slot(about), why)

    def read(self) -> Iterator[Read]:
        """The words that the town hall published, and those it left out."""
        for one in self.table.get("listed", ()):
            at, verdict = int(one["at"].timestamp()), check_verdict(one.get("reason", LISTED))
            yield Read(at, self.rules.slug, one["about"], one["words"], verdict)

    def _single(self) -> Iterator[_Cast]:
        for own, act in self.acts.items():
            body = self._body(act, Person(0, self.signers.chance))
            person = act.get("by") or body.get("name") or f"somebody {own}"
            yield self._cast(act, person, int(act["at"].timestamp()), own, body)

    def _crowds(self) -> Iterator[_Cast]:
        for place, crowd in enumerate(self.crowds):
            for number in range(crowd["people"]):
                person = self._person(place, number)
                at = self._hour(crowd, number)
                if at >= self._since(crowd) and person.chance("reach") < crowd.get("reach", 1):
                    yield from self._choices(crowd, str(place), person, at)

    def _choices(self, crowd: Mapping[str, Any], place: str, person: Person, at: int) -> Iterator[_Cast]:
        """What one of a crowd does, and does again with another mind."""
        names = ("crowd", place, str(person.number))
        who, body = f"one {person.number}", self._body(crowd, person)
        first = self._cast(crowd, who, at, self.signers.draw(*names, "1"), body)
        yield first
        if person.chance("again") < crowd.get("again", 0):
            body = self._body(crowd, Person(person.number, partial(person.chance, "changed")))
            yield self._cast(crowd, who, at, self.signers.draw(*names, "2"), body, rev=2, prev=first.act.id)

    def _cast(
        self, act: Mapping[str, Any], person: str, at: int, own: str, body: dict[str, Any], rev: int = 1,
        prev: str | None = None,
    ) -> _Cast:  # fmt: skip
        slot = f"{act['kind']}:{self._slot_id(act, body, own)}"
        rest = {"jti": own, "rev": rev, "prev": prev, "iat": at}
        sealed = self.signers.seal(person, act["kind"], slot, body, **rest)
        return _Cast(at, person, Act(sealed.id, sealed.text, slot))

    def _slot_id(self, act: Mapping[str, Any], body: Mapping[str, Any], own: str) -> str:
        """The slot that the act must have: what it is about, what its body says, or its own."""
        if "about" in act:
            return self.ids[act["about"]]
        rules, kind = self.rules, act["kind"]
        module = module_of(MODULES, rules, kind)
        if module is None:
            raise ValueError(f"{rules.slug}: nothing takes {kind}")
        return module.slot_of(kind, module.parse(kind, body, rules, rules.languages), rules) or own

    def _body(self, act: Mapping[str, Any], person: Person) -> dict[str, Any]:
        always = self.table.get("always", {}).get(act["kind"], {})
        return {name: self._named(one) for name, one in (drawn({**always, **act["body"]}, person) or {}).items()}

    def _named(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(NAMED):
            return self.ids[value.removeprefix(NAMED)] if value != NAMED else None
        return value

    def _person(self, crowd: int, number: int) -> Person:
        return Person(number, partial(self.signers.chance, f"crowd {crowd}", str(number)))

    def _hour(self, crowd: Mapping[str, Any], number: int) -> int:
        """When one of a crowd comes: the same hour in every crowd between the same two."""
        start, end = int(crowd["from"].timestamp()), int(crowd["to"].timestamp())
        return start + int(self.signers.chance("at", str(number)) * (end - start))

    def _since(self, crowd: Mapping[str, Any]) -> int:
        """The instant from which what a crowd acts about is there."""
        about = self.acts.get(self.ids[crowd["about"]]) if "about" in crowd else None
        return 0 if about is None else int(about["at"].timestamp()) + 1

    def _own_id(self, place: int, act: Mapping[str, Any]) -> str:
        return self.signers.draw("act", act.get("id", str(place)))

    def _slot(self, own: str) -> str:
        return f"{self.acts[own]['kind']}:{own}"
