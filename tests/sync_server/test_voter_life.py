"""A voter's whole life against a model: recognised, on more phones, voting, changing, revoked, erased, closed.

The model knows people, phones and who signed what; the server must say the same of every act and count the same.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from civic import modules
from civic.canonical import b64u_encode
from sync_server.app import create_app
from sync_server.services import open_services
from sync_server.settings import read_settings
from sync_server.storage import rebuild_derived
from sync_server.storage.tables import payloads, records
from tests.civic.town import Citizen
from tests.contracts.history import rows
from tests.sync_server.conftest import NOW, Clock, House
from tests.sync_server.phones import NAMED, Phone, ballot_key, clear_letters, letters
from tests.sync_server.test_acceptance import clear
from tests.sync_server.test_mine import derived, standing
from tests.sync_server.town_files import SLUG, SPACE, write_town

MAILBOXES = ("ana@valbrume.example", "bob@valbrume.example", "eve@valbrume.example")
CHOICES = ("for", "against", "blank")


@dataclass
class Human:
    """A person as the model knows one; the town knows them by what they have proved."""

    number: int
    is_erased: bool = False
    votes: dict[str, tuple[int, str]] = field(default_factory=dict)  # id of an act -> revision, choice


@dataclass
class Held:
    """A phone in somebody's hands: its device key, its ballot key, for whom it acts."""

    phone: Phone
    ballot: Citizen
    acts_for: Human | None = None
    is_revoked: bool = False
    sent: list[tuple[str, int, str]] = field(default_factory=list)  # text, revision, choice


class VoterLife(RuleBasedStateMachine):
    house: House

    @initialize()
    def begin(self) -> None:
        clear(self.house.services)
        self.house.clock.at = NOW
        self.humans: list[Human] = []
        self.of_mailbox: dict[str, Human] = {}
        self.grants: dict[str, tuple[Human, str]] = {}  # ballot key -> for whom, by which phone
        self.ballots = 100
        host = Phone(self.house)
        host.enrol("host@valbrume.example")
        author = self.house.citizen(1)
        assert host.statuses([author.propose(5)], [host.grant(author)])[0] == ["accepted"]
        self.held = [self.new_phone() for _ in range(3)]

    def new_phone(self) -> Held:
        return Held(Phone(self.house), self.new_ballot())

    def new_ballot(self) -> Citizen:
        self.ballots += 1
        return self.house.citizen(self.ballots)

    @property
    def is_closed(self) -> bool:
        return self.house.clock.at > self.house.rules.accept_until

    @rule(which=st.integers(0, 2), mailbox=st.sampled_from(MAILBOXES), by_link=st.booleans(), renews=st.booleans())
    def is_recognised(self, which: int, mailbox: str, by_link: bool, renews: bool) -> None:
        held = self.held[which]
        enrol, code, token = held.phone.begin(mailbox)
        if by_link:
            assert held.phone.post("/v1/enrol/confirm", {"enrol": enrol, "token": token}).status_code == 200
        answer = held.phone.finish(enrol, "" if by_link else code)
        clear_letters(self.house)
        if held.is_revoked:
            assert answer.json["code"] == "revoked"
            self.held[which] = self.new_phone()
            return
        known = self.of_mailbox.get(mailbox)
        human = known or held.acts_for
        if human is None:
            human = Human(len(self.humans))
            self.humans.append(human)
        assert answer.json["is_new"] is (known is None and held.acts_for is None)
        self.of_mailbox[mailbox] = human
        has_moved = held.acts_for is not human
        held.acts_for = human
        if has_moved and renews:  # as the site's script does; without it, old keys must not act for somebody else
            held.ballot = self.new_ballot()

    @rule(which=st.integers(0, 2), choice=st.sampled_from(CHOICES), rev=st.integers(1, 6))
    def votes(self, which: int, choice: str, rev: int) -> None:
        held = self.held[which]
        text = held.ballot.vote(5, choice, rev=rev)
        held.sent.append((text, rev, choice))
        self.sends(held, text, rev, choice, is_granting=True)

    @precondition(lambda self: any(held.sent for held in self.held))
    @rule(data=st.data(), is_granting=st.booleans())
    def sends_again(self, data: st.DataObject, is_granting: bool) -> None:
        held = data.draw(st.sampled_from([held for held in self.held if held.sent]))
        text, rev, choice = data.draw(st.sampled_from(held.sent))
        if text.split(".")[0] == held.ballot.vote(5).split(".")[0]:
            self.sends(held, text, rev, choice, is_granting=is_granting)

    def sends(self, held: Held, text: str, rev: int, choice: str, *, is_granting: bool) -> None:
        grants = [held.phone.grant(held.ballot)] if is_granting else []
        taken, granted = held.phone.statuses([text], grants)
        if is_granting:
            assert granted == [self.expected_grant(held)]
        assert taken == [self.expected_act(held, text, rev, choice)]

    def expected_grant(self, held: Held) -> str:
        if held.is_revoked:
            return "revoked"
        if held.acts_for is None:
            return "unknown_key"
        human, _ = self.grants.setdefault(ballot_key(held.ballot), (held.acts_for, held.phone.kid))
        if human is not held.acts_for:
            return "revoked"
        self.grants[ballot_key(held.ballot)] = (human, held.phone.kid)
        return "granted"

    def expected_act(self, held: Held, text: str, rev: int, choice: str) -> str:
        grant = self.grants.get(ballot_key(held.ballot))
        if grant is None:
            return "closed" if self.is_closed else "not_granted"
        human, _ = grant
        identity = b64u_encode(hashlib.sha256(text.rpartition(".")[0].encode()).digest())
        if identity in human.votes:
            return "duplicate"
        if self.is_closed:
            return "closed"
        if held.is_revoked or held.acts_for is not human:
            return "revoked"
        is_first = not human.votes or (rev, identity) > max((r, i) for i, (r, _) in human.votes.items())
        human.votes[identity] = (rev, choice)
        return "accepted" if is_first else "superseded"

    @rule(which=st.integers(0, 2), whom=st.integers(0, 2))
    def revokes(self, which: int, whom: int) -> None:
        by, of = self.held[which], self.held[whom]
        answer = by.phone.ask("revoke", {"kid": of.phone.kid})
        if by.is_revoked:
            assert answer.json["code"] == "revoked"
        elif by.acts_for is None:
            assert answer.json["code"] == "unknown_key"
        elif of.acts_for is by.acts_for:
            assert answer.status_code == 200
            of.is_revoked = True
        else:
            assert answer.status_code == 404

    @rule(which=st.integers(0, 2))
    def is_erased(self, which: int) -> None:
        held = self.held[which]
        answer = held.phone.ask("erase")
        human = held.acts_for
        if human is None or held.is_revoked:
            assert answer.status_code == 401
            return
        assert answer.json["erased"] == len(human.votes)
        human.is_erased = not self.is_closed  # after the result the figures stand
        self.of_mailbox = {mailbox: one for mailbox, one in self.of_mailbox.items() if one is not human}
        for one in self.held:
            if one.acts_for is human:
                one.acts_for, one.is_revoked = None, False

    @rule()
    def time_passes(self) -> None:
        self.house.clock.at += 3600

    @precondition(lambda self: not self.is_closed)
    @rule(closes=st.integers(0, 9))
    def closes(self, closes: int) -> None:
        if closes == 0:
            self.house.clock.at = self.house.rules.accept_until + 1

    @invariant()
    def one_person_counts_once(self) -> None:
        if not hasattr(self, "held"):
            return
        expected: dict[str, int] = {}
        for human in self.humans:
            if human.votes and not human.is_erased:
                _, choice = max(((rev, i), choice) for i, (rev, choice) in human.votes.items())
                expected[choice] = expected.get(choice, 0) + 1
        assert standing(self.house) == expected

    def teardown(self) -> None:
        if not hasattr(self, "held"):
            return
        ledger = self.house.services.ledger
        ids = [row[5] for row in rows(ledger, records)]
        assert len(ids) == len(set(ids))
        assert not letters(self.house)
        before = derived(self.house)
        rebuild_derived(ledger, SPACE, self.house.services.catalogue.towns()[SPACE].rules, modules.load())
        assert derived(self.house) == before
        assert len(rows(ledger, payloads)) <= len(ids)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory):
    environment = {"PREAU_SMTP_URL": "mailbox:", "PREAU_ENROLMENTS_PER_HOUR": "0", "PREAU_REQUESTS_PER_MINUTE": "0"}
    chosen = read_settings(Path(tmp_path_factory.mktemp("life")), environment | {"PREAU_ENVELOPES_PER_MINUTE": "0"})
    content = write_town(chosen.content, NAMED)
    clock, fatal = Clock(), list[str]()
    with pytest.MonkeyPatch.context() as patch:  # the model sends more letters than a mailbox is sent
        for limit in ("PER_MAILBOX", "PER_DOMAIN"):
            patch.setattr(f"sync_server.identity.opening.{limit}", 0)
        services = open_services(chosen, fatal.append, clock.now, lambda: clock.at)
    yield House(services, clock, create_app(services).test_client(), content.consultations[SLUG], fatal)
    services.close()
    assert fatal == []


def test_the_server_and_the_model_agree_on_every_life(house: House) -> None:
    VoterLife.house = house
    run_state_machine_as_test(
        VoterLife,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
