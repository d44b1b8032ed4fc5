"""Letters: a real mail server gets them once, refusals are waited for, nothing stays and nothing is logged."""

import logging
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from sync_server.post.carriers import MailboxCarrier, SmtpCarrier, carrier_of
from sync_server.post.round import FIRST_PAUSE, Round
from sync_server.processes import free_port
from sync_server.settings import SettingsError, read_settings
from sync_server.storage.mails import Mails
from sync_server.storage.people_tables import mails
from sync_server.vault import Vault
from tests.contracts.history import rows
from tests.sync_server.conftest import House, Opener
from tests.sync_server.phones import NAMED, Phone


class Sink:
    """What the mail server was given; `answer` is what it says to the next recipients."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, str]]:
    found = Sink()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield found, f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


@pytest.fixture
def town(open_house: Opener) -> House:
    return open_house(NAMED, smtp_url="mailbox:", mail_from="Mairie <ville@valbrume.example>", enrolments_per_hour=0)


def round_of(house: House, url: str) -> Round:
    keys = house.services.keys
    carrier = carrier_of(url, house.services.settings.mailbox)
    assert carrier is not None
    return Round(Mails(house.services.ledger), Vault(keys.vault, keys.pepper, bytes), carrier, house.clock.now)


def test_a_letter_arrives_once_in_text_and_in_html_and_nothing_of_it_stays(
    town: House, sink: tuple[Sink, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    phone = Phone(town)
    enrol = phone.start("ana@valbrume.example").json["enrol"]
    postman = round_of(town, sink[1])
    assert [postman.step(), postman.step()] == [1, 0]
    (message,) = sink[0].messages
    assert (message["To"], message["From"]) == ("ana@valbrume.example", "Mairie <ville@valbrume.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert f"/confirmer/#e={enrol}&t=" in text.get_content()
    assert f"/confirmer/#e={enrol}&amp;t=" in html.get_content()
    code = message["Subject"][:9].replace(" ", "")
    assert rows(town.services.ledger, mails) == []
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith(("preau", "sync_server")))
    assert code not in ours
    assert "ana@" not in ours
    assert phone.finish(enrol, code).status_code == 200


def test_a_server_that_is_away_is_waited_for_longer_each_time(town: House, sink: tuple[Sink, str]) -> None:
    Phone(town).start()
    away = round_of(town, f"smtp://127.0.0.1:{free_port()}")
    assert away.step() == 0
    town.clock.at += FIRST_PAUSE - 1
    assert round_of(town, sink[1]).step() == 0
    town.clock.at += 1
    assert away.step() == 0
    town.clock.at += FIRST_PAUSE
    assert round_of(town, sink[1]).step() == 0
    town.clock.at += FIRST_PAUSE
    assert round_of(town, sink[1]).step() == 1


def test_a_mailbox_that_is_full_is_waited_for_and_one_that_is_not_there_is_given_up(
    town: House, sink: tuple[Sink, str]
) -> None:
    Phone(town).start()
    postman = round_of(town, sink[1])
    sink[0].answer = "452 full"
    assert postman.step() == 0
    assert len(rows(town.services.ledger, mails)) == 1
    town.clock.at += FIRST_PAUSE
    sink[0].answer = "550 nobody here"
    assert postman.step() == 0
    assert rows(town.services.ledger, mails) == []


def test_a_code_that_no_longer_serves_is_not_sent(town: House, sink: tuple[Sink, str]) -> None:
    Phone(town).start()
    town.clock.at += 1801
    assert round_of(town, sink[1]).step() == 0
    assert rows(town.services.ledger, mails) == []


def test_two_workers_never_send_the_same_letter(town: House, sink: tuple[Sink, str]) -> None:
    Phone(town).start()
    one, two = Mails(town.services.ledger), Mails(town.services.ledger)
    assert [len(one.take(town.clock.now(), 60)), len(two.take(town.clock.now(), 60))] == [1, 0]
    town.clock.at += 61  # the first was killed with the letter in its hands
    assert round_of(town, sink[1]).step() == 1


def test_muted_letters_are_deleted_unsent(open_house: Opener, sink: tuple[Sink, str]) -> None:
    town = open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=1)
    for name in ("ana", "bob"):
        Phone(town).start(f"{name}@valbrume.example")
    assert round_of(town, sink[1]).step() == 1
    assert rows(town.services.ledger, mails) == []


def test_the_mailbox_folder_gets_whole_files(town: House, tmp_path: Path) -> None:
    Phone(town).start()
    round_of(town, "mailbox:").step()
    (file,) = town.services.settings.mailbox.iterdir()
    assert file.suffix == ".eml"
    assert file.stat().st_size > 500
    assert isinstance(carrier_of("mailbox:", tmp_path), MailboxCarrier)
    assert isinstance(carrier_of("smtps://mail.example", tmp_path), SmtpCarrier)
    assert carrier_of("", tmp_path) is None


def test_a_mail_server_has_an_address_of_a_known_kind(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="smtp_url must begin with"):
        read_settings(tmp_path, {"PREAU_SMTP_URL": "mail.example"})
    assert "hunter2" not in repr(read_settings(tmp_path, {"PREAU_SMTP_URL": "smtp://a:hunter2@mail.example"}))
