"""`preau work`, as it runs: what the town does is in the mailbox of who follows it, and nothing else is."""

import os
import time
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from civic.following import Follow
from civic.official import Answer
from sync_server.keys import open_keys
from sync_server.storage import open_ledger
from sync_server.storage.answering import Answering
from sync_server.storage.follows import Follows
from sync_server.storage.people import People, lock_space
from sync_server.vault import Vault
from tests.civic.town import Citizen, jti
from tests.contracts.test_people import link
from tests.worker.test_fold import SPACE, offer
from tests.worker.test_kill_worker import Program, write_town


def wait_for(found: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_an_answer_of_the_town_reaches_who_follows_the_idea(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/preau.sqlite"
    rules, ledger = write_town(tmp_path / "content" / "valbrume"), open_ledger(database)
    keys, now, slug = open_keys(tmp_path / "keys", os.urandom), int(time.time()), "filature"
    ledger.append(SPACE, [offer(Citizen(1, rules).propose(5), rules, now - 100)])
    answer = Answer(jti(5), "accepted", {"fr": "Nous le faisons."}, "Anne, adjointe", now - 5)
    pid = link(ledger, 1, "ana", "p:ana", now).pid
    with ledger.writing() as connection:
        lock_space(ledger, connection, SPACE)
        sealed = Vault(keys.vault, keys.pepper, os.urandom).seal("ana@valbrume.example", "contacts", SPACE, pid)
        People(ledger).keep_contact(connection, SPACE, pid, sealed)
        Answering(ledger).add(connection, SPACE, slug, answer, "anne")
    Follows(ledger).put(Follow(SPACE, pid, f"{slug}/{jti(5)}", ("answer",), "mail", now, "en"), None)
    program = Program(tmp_path, database)
    program.environment |= {"PREAU_SMTP_URL": "mailbox:", "PREAU_MAIL_FROM": "ville@valbrume.example"}
    worker = program.start("work")
    try:
        wait_for(lambda: bool([*(tmp_path / "mailbox").glob("*.eml")]), 90)
    finally:
        worker.terminate()
        assert worker.wait(60) == 0
        ledger.close()
    (letter,) = (tmp_path / "mailbox").glob("*.eml")
    message = message_from_bytes(letter.read_bytes(), policy=default)
    body = message.get_body(("plain",))
    assert body is not None
    assert (message["To"], message["Subject"]) == ("ana@valbrume.example", "The town hall has answered: The mill")
    assert "Where it stands: Taken up." in body.get_content()
    assert "/en/filature/1/" in body.get_content()
