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
    """Who a ballot key stands for. `revoked`: the device that granted it may not act for this person any more."""

    pid: str
    proofs: tuple[Proof, ...]
    revoked: bool = False

    @property
    def level(self) -> str:
        """The highest level proved."""
        return highest(proof.level for proof in self.proofs)

    @property
    def roots(self) -> frozenset[str]:
        """The roots proved."""
        return frozenset(proof.root for proof in self.proofs)


class Eligibility(NamedTuple):
    """What a consultation asks of a person. `methods` are methods, or roots for any method of theirs."""

    assurance: str
    unique_by: str
    methods: tuple[str, ...]


def highest(levels: Iterable[str]) -> str:
    """The greatest of some levels, "device" where there is none."""
    return max(levels, key=LEVELS.index, default="device")


def check_eligible(asked: Eligibility, person: Person, until: int) -> None:
    """Refused REVOKED or NOT_ELIGIBLE unless `person` may act, by proofs made at `until` or before.

    A proof made after the vote has closed does not count: nobody may join when only late acts are still on their way.
    """
    if person.revoked:
        raise Refused(Code.REVOKED)
    proofs = [proof for proof in person.proofs if proof.since <= until]
    if LEVELS.index(highest(proof.level for proof in proofs)) < LEVELS.index(asked.assurance):
        raise Refused(Code.NOT_ELIGIBLE, "level")
    accepted = [proof for proof in proofs if proof.method in asked.methods or proof.root in asked.methods]
    if not any(proof.root == asked.unique_by for proof in accepted):
        raise Refused(Code.NOT_ELIGIBLE, "root")
