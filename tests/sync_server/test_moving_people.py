"""A town that moves takes its persons with it, and what is left of those who are gone."""

from dataclasses import replace
from pathlib import Path

import pytest

from civic import modules
from civic.canonical import canonical_json, parse_json
from sync_server.app import create_app
from sync_server.export import ExportUnreadable, export_town, import_town
from sync_server.services import open_services
from sync_server.settings import Settings
from sync_server.storage import open_ledger
from sync_server.storage.people_tables import contacts, devices, grants, identities, persons, profiles
from sync_server.storage.secret_tables import issued, secret_ballots
from sync_server.storage.tables import payloads, records, tombstones
from tests.contracts.history import rows
from tests.sync_server.conftest import House, Opener
from tests.sync_server.phones import NAMED, Phone
from tests.sync_server.secret_phones import SECRET, Bulletin, ask, prepared, statuses, write_issuer
from tests.sync_server.test_mine import derived, lived

TABLES = (records, payloads, tombstones, persons, identities, devices, grants, contacts, profiles)


@pytest.fixture
def town(open_house: Opener) -> House:
    return open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=0)


def moved(house: House, tmp_path: Path) -> House:
    """The same town on another machine, from its export with keys."""
    here, there = house.services.settings, replace(house.services.settings, var=tmp_path / "there")
    there = replace(there, content=there.var / "content", database=f"sqlite:///{there.var}/preau.sqlite")
    out = tmp_path / "out"
    export_town(house.services.ledger, here.content / "valbrume", out, here.keys, lambda _: None)
    ledger = open_ledger(there.database)
    for _ in range(2):  # the second time finds everything there
        import_town(out, there, ledger, modules.load(), lambda _: None)
    ledger.close()
    services = open_services(there, house.fatal.append, house.clock.now, house.clock.monotonic)
    return House(services, house.clock, create_app(services).test_client(), house.rules)


def test_persons_and_erased_acts_are_the_same_elsewhere(town: House, tmp_path: Path) -> None:
    phone, bob = lived(town)
    assert phone.ask("erase").json["erased"] == 8
    bob.ask("profile", {"born": 1984, "gender": "m", "neighbourhood": ""})
    elsewhere = moved(town, tmp_path)
    for table in TABLES:
        assert rows(elsewhere.services.ledger, table) == rows(town.services.ledger, table), table.name
    assert derived(elsewhere) == derived(town)
    his, there = town.citizen(3), Phone(elsewhere, bob.key)
    assert there.statuses([his.vote(6, "against", rev=2)], [])[0] == ["accepted"]
    assert there.ask("me").json["contact"] == "b…@v…"
    assert there.ask("me").json["profile"]["born"] == 1984
    assert not Phone(elsewhere).enrol("bob@valbrume.example")["is_new"]
    elsewhere.services.close()


def test_an_act_whose_person_did_not_grant_its_key_is_not_taken(town: House, tmp_path: Path) -> None:
    lived(town)
    out = tmp_path / "out"
    here = town.services.settings
    export_town(town.services.ledger, here.content / "valbrume", out, None, lambda _: None)
    lines = [parse_json(line) for line in (out / "people.jsonl").read_bytes().splitlines()]
    kept = [line for line in lines if line["table"] != "grants"]
    (out / "people.jsonl").write_bytes(b"".join(canonical_json(line) + b"\n" for line in kept))
    there = replace(here, var=tmp_path / "there", content=tmp_path / "there" / "content")
    ledger = open_ledger(f"sqlite:///{tmp_path}/there.sqlite")
    with pytest.raises(ExportUnreadable, match="is not what its commitment says"):
        import_town(out, there, ledger, modules.load(), lambda _: None)
    ledger.close()


def test_rights_and_secret_ballots_are_the_same_elsewhere(
    open_house: Opener, settings: Settings, tmp_path: Path
) -> None:
    write_issuer(settings)
    town = open_house(SECRET, smtp_url="mailbox:", enrolments_per_hour=0)
    bulletin, unused, phone = prepared(town, 1), Bulletin(2, town.rules), Phone(town)
    assert statuses(town, bulletin.vote("for")) == ["accepted"]
    phone.enrol("voter2@valbrume.example")
    given = ask(phone, unused).json["blind_sig"]
    elsewhere = moved(town, tmp_path)
    for table in (*TABLES, issued, secret_ballots):
        assert rows(elsewhere.services.ledger, table) == rows(town.services.ledger, table), table.name
    there = Phone(elsewhere, phone.key)
    assert ask(there, unused).json["blind_sig"] == given
    assert ask(there, Bulletin(3, town.rules)).status_code == 409
    unused.finish(given)
    assert statuses(elsewhere, bulletin.vote("against", rev=2), unused.vote("for")) == ["accepted"] * 2
    elsewhere.services.close()
