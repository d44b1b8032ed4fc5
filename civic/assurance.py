"""How sure the town is of who acts: the levels in their order, and who may act in a consultation.

A person is known by proofs. A consultation names the level it asks for and the one root that makes a person unique:
two mailboxes of one human are two persons for `unique_by = "email"`, but one for "census" (docs/formats.md §14).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from civic.refusals import Code, Refused

LEVELS = ("device", "email", "social", "identity", "census")  # each is worth more than those before it
ROOTS = ("email", "oidc", "census")
UNIQUE_BY = {"email": "email", "social": "oidc", "identity": "oidc", "census": "census"}  # what a level implies
METHOD = re.compile(r"email|census|oidc:[a-z0-9]{1,20}")
PERSON = "p:"  # how the id of a person begins; no thumbprint has a colon


class Proof(NamedTuple):
    """One way in which a person was recognised, since when."""

    method: str  # email | census | oidc:<provider>
    level: str
    since: int

    @property
    def root(self) -> str:
        """What the proof makes unique."""
        return self.method.partition(":")[0]


class Person(NamedTuple):
    """Who a ballot key stands for. `revoked`: the device that granted it may not act for this person any more.

    What the list of residents says: `born` (ISO 8601) and `neighbourhood`, "" where nothing does.
    """

    pid: str
    proofs: tuple[Proof, ...]
    revoked: bool = False
    born: str = ""
    neighbourhood: str = ""
    guarded_since: int = 0  # since when an adult of the household says yes, 0 where nobody does

    @property
    def level(self) -> str:
        """The highest level proved."""
        return highest(proof.level for proof in self.proofs)

    @property
    def roots(self) -> frozenset[str]:
        """The roots proved."""
        return frozenset(proof.root for proof in self.proofs)


class Action(NamedTuple):
    """What one kind of act asks besides: see civic.actions. An empty member asks nothing."""

    kind: str
    assurance: str = ""  # in place of the consultation's
    min_age: int = 0
    born_by: str = ""  # the last day of birth that is old enough
    neighbourhoods: tuple[str, ...] = ()
    guardian_under: int = 0
    grown_by: str = ""  # the last day of birth of who needs no guardian


class Eligibility(NamedTuple):
    """What a consultation asks of a person. `methods` are methods, or roots for any method of theirs.

    An empty `unique_by` asks for no root: any proof of the level will do.
    """

    assurance: str
    unique_by: str
    methods: tuple[str, ...]
    actions: tuple[Action, ...] = ()

    @property
    def asks_residents(self) -> bool:
        """Whether somebody's age, neighbourhood or guardian matters."""
        return any(one.min_age or one.neighbourhoods or one.guardian_under for one in self.actions)

    @property
    def rests_on_census(self) -> bool:
        """Whether the list of residents decides who may do something."""
        every = [self, *(self.of(one.kind) for one in self.actions)]
        return any("census" in (one.assurance, one.unique_by) for one in every)

    @property
    def fullest(self) -> Eligibility:
        """What is asked of who wants to do everything there is to do."""
        every = [self, *(self.of(one.kind) for one in self.actions)]
        return max(every, key=lambda one: LEVELS.index(one.assurance))

    def of(self, kind: str) -> Eligibility:
        """What is asked for an act of `kind`.

        A kind that asks more than the consultation also asks for what makes a person unique at that level; one that
        asks less takes whoever is known that well, in any way.
        """
        own = next((one for one in self.actions if one.kind == kind), None)
        if own is None or own.assurance in ("", self.assurance):
            return self
        asks_less = LEVELS.index(own.assurance) < LEVELS.index(self.assurance)
        root = "" if asks_less else UNIQUE_BY[own.assurance]
        return self._replace(assurance=own.assurance, unique_by=root, methods=(root,) if root else ())


def highest(levels: Iterable[str]) -> str:
    """The greatest of some levels, "device" where there is none."""
    return max(levels, key=LEVELS.index, default="device")


def check_eligible(asked: Eligibility, person: Person, until: int, kind: str = "") -> None:
    """Refused unless `person` may do an act of `kind`, by proofs made at `until` or before.

    REVOKED, NOT_ELIGIBLE, TOO_YOUNG, OTHER_NEIGHBOURHOOD or GUARDIAN_NEEDED. A proof made after the vote has closed
    does not count, nor a guardian's yes: nobody may join when only late acts are still on their way.
    """
    if person.revoked:
        raise Refused(Code.REVOKED)
    here = asked.of(kind)
    proofs = [proof for proof in person.proofs if proof.since <= until]
    if LEVELS.index(highest(proof.level for proof in proofs)) < LEVELS.index(here.assurance):
        raise Refused(Code.NOT_ELIGIBLE, "level")
    accepted = [proof for proof in proofs if proof.method in here.methods or proof.root in here.methods]
    if here.unique_by and not any(proof.root == here.unique_by for proof in accepted):
        raise Refused(Code.NOT_ELIGIBLE, "root")
    for own in here.actions:
        if own.kind == kind:
            _check_resident(own, person, until)


def _check_resident(own: Action, person: Person, until: int) -> None:
    if own.neighbourhoods and person.neighbourhood not in own.neighbourhoods:
        raise Refused(Code.OTHER_NEIGHBOURHOOD)
    # A day of birth that nobody knows is not old enough: "" is before every day.
    if own.born_by and not "" < person.born <= own.born_by:
        raise Refused(Code.TOO_YOUNG)
    is_grown = "" < person.born <= own.grown_by
    if own.guardian_under and not is_grown and not 0 < person.guarded_since <= until:
        raise Refused(Code.GUARDIAN_NEEDED)
