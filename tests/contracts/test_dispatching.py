"""Services are told of a new report: once, by a real mail server, whatever breaks, and not a word of who reported."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from civic import modules
from civic.consultation import Consultation
from civic.content import parse_content
from civic.phases import moment_at
from civic.receipt import commitment
from sync_server.dispatching import NEWS, Dispatching
from sync_server.post.carriers import SmtpCarrier
from sync_server.post.round import Round
from sync_server.processes import free_port
from sync_server.storage import Ledger, Offer
from sync_server.storage.mails import Mail, Mails
from sync_server.storage.people_tables import mails
from sync_server.vault import Vault
from sync_server.words import load_words
from tests.civic.town import DAY, MODULES, OPENS, Citizen, act_of, jti
from tests.contracts.history import rows
from tests.modules.example_town import SLUG, read_examples, town_files
from tests.sync_server.test_post import Sink
from tests.worker.test_fold import SALT, SPACE, loaded

CONTENT = parse_content(town_files(MODULES["reports"], read_examples(MODULES["reports"])), MODULES)
RULES: Consultation = CONTENT.consultations[SLUG]
PLACE = {"address": "Rue du Moulin", "area": "", "lat": "", "lon": ""}
AT = OPENS + DAY
VAULT = Vault(b"v" * 32, b"p" * 32, lambda n: b"r" * n)


class Desk:
    """One town's worker, as far as letters go."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.now = ledger, AT
        words = load_words(modules.HERE)
        self.dispatching = Dispatching(ledger, VAULT, lambda: words, "ville@valbrume.example", "", lambda: self.now)

    def take(self, number: int, category: str = "trou", **rest: Any) -> None:
        """A report of somebody called Claire, through the gate into the ledger."""
        body = {"category": category, "text": "Profond d’une main.", "place": PLACE, "name": "Claire", "lang": "fr"}
        citizen = Citizen(number, RULES)
        text = citizen.seal(citizen.payload("report", f"report:{jti(number)}", body, jti=jti(number), **rest))
        act = act_of(text, RULES, AT + number)
        self.ledger.append(SPACE, [Offer(act, SALT, commitment(SALT, text))])

    def step(self) -> int:
        fold, _ = loaded(self.ledger, RULES, moment_at(RULES, AT))
        return self.dispatching.step(CONTENT.space, [fold])


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)


@pytest.fixture
def sink() -> Iterator[tuple[Sink, str]]:
    found = Sink()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield found, f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def test_a_service_is_told_of_each_report_once(desk: Desk, sink: tuple[Sink, str]) -> None:
    desk.take(1)
    desk.take(2, "cabine")  # nobody's
    desk.take(3, "lampadaire")
    assert [desk.step(), desk.step()] == [2, 0]
    postman = Round(Mails(desk.ledger), VAULT, SmtpCarrier(sink[1]), lambda: AT)
    assert [postman.step(), postman.step()] == [2, 0]
    desk.take(4)
    assert [desk.step(), desk.step()] == [1, 0]
    first, second = sorted(sink[0].messages, key=lambda one: str(one["Subject"]))
    assert first["To"] == "voirie@valbrume.example"
    assert plain(str(first["Subject"])) == "Signalement n° 1 : Trou dans la chaussée"
    body = first.get_body(("plain",))
    assert body is not None
    assert f"https://participer.valbrume.example/{SLUG}/1/" in body.get_content()
    assert "Rue du Moulin" in body.get_content()
    assert "Claire" not in first.as_string()
    assert f"/{SLUG}/3/" in second.as_string()


def test_a_worker_that_dies_between_letter_and_note_writes_neither(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.take(1)
    desk.take(2)
    kept: list[Mail] = []

    def dies_at_the_second(self: Mails, connection: Any, mail: Mail) -> None:
        if kept:
            raise KeyboardInterrupt
        kept.append(mail)
        put(self, connection, mail)

    put = Mails.put
    monkeypatch.setattr(Mails, "put", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        desk.step()
    assert rows(desk.ledger, mails) == []
    monkeypatch.undo()
    assert desk.step() == 2


def test_a_server_set_up_anew_does_not_write_about_the_past(desk: Desk) -> None:
    desk.take(1)
    desk.now = AT + NEWS + 2
    assert desk.step() == 0
    desk.now = AT
    assert desk.step() == 0
