"""A secret vote from the right to vote to the recount: a real server, a real ledger, a real site."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from civic.canonical import b64u_decode, b64u_encode
from civic.receipt import Receipt, ReceiptItem, open_receipt
from civic.rows import Row, RulesLine, SecretRow, parse_line
from site_builder.verify.findings import Findings
from site_builder.verify.page import page, read_page_words
from site_builder.verify.public_log import HASH, read_log
from site_builder.verify.sources import Folder
from sync_server.settings import Settings
from sync_server.storage.secret_tables import secret_ballots
from sync_server.storage.tables import payloads, records
from tests.sync_server.conftest import House, Opener, open_house, settings  # noqa: F401 - fixtures
from tests.sync_server.phones import Phone
from tests.sync_server.secret_phones import SECRET, cast, prepared, write_issuer
from tests.sync_server.town_files import SLUG, SPACE
from tests.verify.conftest import preau
from tests.verify.town import checked, codes

VOTERS = 12


class Voted:
    """A vote that is over: its server, and the receipts that phones hold."""

    def __init__(self, house: House) -> None:
        self.house, self.receipts = house, list[Receipt]()
        key = house.services.keys.receipt
        for number in range(VOTERS):
            bulletin = prepared(house, number)
            answer = cast(house, bulletin.vote(("for", "against")[number % 2]))
            self.receipts.append(open_receipt(answer.json["receipt"], SPACE, key.x, key.y))
        phone, ana = Phone(house), house.citizen(1)
        phone.enrol("voter1@valbrume.example")
        for question in house.rules.questions:
            if not question.secret:
                body = {"question": question.id, "choice": ["for"]}
                named = ana.seal(ana.payload("ballot", f"ballot:{question.slot}", body))
                assert phone.statuses([named], [phone.grant(ana)])[0] == ["accepted"]

    def publish(self) -> Path:
        """The site, built by the program itself; the vote ended long ago."""
        var = self.house.services.settings.var
        done = preau("build", "--var", str(var))
        assert done.returncode == 0, done.stderr
        return var / "site"


def broken(receipts: list[Receipt], site: Path, now: int) -> list[ReceiptItem]:
    """The acts that a town promised to have in its log by now, and has not: each is proof against it."""
    log = read_log(Folder(site), (), None, Findings(""), lambda *_: None)
    assert log is not None
    kept = log.held[SLUG].commitments
    found = {bytes(kept[at : at + HASH]) for at in range(0, len(kept), HASH)}
    return [item for one in receipts if one.by < now for item in one.items if b64u_decode(item.c) not in found]


@pytest.fixture
def voted(open_house: Opener, settings: Settings) -> Voted:  # noqa: F811
    write_issuer(settings)
    house = open_house(SECRET, smtp_url="mailbox:", enrolments_per_hour=0)
    house.services.identities.issuing._sleep = lambda _: None
    return Voted(house)


def published_json(site: Path, name: str) -> Any:
    return json.loads((site / SLUG / "donnees" / name).read_text("utf-8"))


def test_a_secret_vote_is_published_and_recounted_without_a_name_a_number_or_a_time(voted: Voted) -> None:
    site = voted.publish()
    report = checked(site)
    assert report.status == 0, page(report, read_page_words("en"))
    assert {"ok secret.rights", "ok result.same", "ok close.same"} <= codes(report)
    results = published_json(site, "results.json")
    assert (results["ballots"], results["voters"]) == (VOTERS + 1, VOTERS)
    lines = [parse_line(line) for line in (site / SLUG / "donnees" / "rows.jsonl").read_bytes().splitlines()]
    secret = [line for line in lines if isinstance(line, SecretRow)]
    (named,) = (line for line in lines if isinstance(line, Row))
    assert len(secret) == VOTERS
    assert sum(isinstance(line, RulesLine) for line in lines) == 1
    told = [published_json(site, f"lignes/{file.name}") for file in (site / SLUG / "donnees" / "lignes").glob("*.json")]
    assert [number for one in told for number in one] == [str(named.no)], (
        "no line says which number a secret ballot has"
    )
    pages = b"".join(file.read_bytes() for file in site.rglob("*.html"))
    assert all(
        item.id.encode() not in pages and item.c.encode() not in pages for one in voted.receipts for item in one.items
    )
    assert broken(voted.receipts, site, voted.receipts[0].by + 1) == []
    order = {item.c: no for no, one in enumerate(voted.receipts) for item in one.items}
    log = read_log(Folder(site), (), None, Findings(""), lambda *_: None)
    assert log is not None
    logged = [order[one] for one in map(_text, log.held[SLUG]) if one in order]
    assert sorted(logged) == list(range(VOTERS))
    assert logged != list(range(VOTERS)), "once in 479 million times chance gives this order"


def _text(entry: Any) -> str:
    return b64u_encode(entry.c)


def test_a_server_that_drops_a_ballot_is_caught_by_its_own_receipt(voted: Voted) -> None:
    dropped = voted.receipts[4].items[0]
    with voted.house.services.ledger.writing() as connection:
        for table in (payloads, secret_ballots, records):
            connection.execute(sa.delete(table).where(table.c.space == SPACE, table.c.no == dropped.no))
    site = voted.publish()
    now = voted.receipts[4].by
    assert broken(voted.receipts, site, now) == [], "it is not late yet"
    assert broken(voted.receipts, site, now + 1) == [dropped]
