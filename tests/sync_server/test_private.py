"""Private consultations at the server: who gets the key, and which doors know nothing of them."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from civic.canonical import b64u_decode, parse_json
from civic.consultation import parse_consultation
from civic.declaration import DeclarationError
from civic.manifest import parse_manifest
from civic.privacy import kid_of
from civic.revisions import check_revision
from sync_server.cli import main
from sync_server.reading_keys import ReadingKeys, on_paper, wrap
from tests.civic.town import TEXTS, space
from tests.sync_server.conftest import House, Opener
from tests.sync_server.phones import NAMED, Phone
from tests.sync_server.town_files import RULES, SLUG, SPACE, write_town

CLOSED = f'private = "members"\n{NAMED}'
CODED = RULES.replace('unsigned = ["proposal", "comment", "vote"]', 'private = "code"')
RESIDENTS = f'{CLOSED}[actions.read]\nassurance = "census"\nneighbourhoods = ["quai"]\n'


@pytest.fixture
def town(open_house: Opener) -> House:
    return open_house(CLOSED, smtp_url="mailbox:", enrolments_per_hour=0)


def asked(phone: Phone, slug: str = SLUG):
    return phone.ask("read", {"consultation": slug})


def test_members_alone_get_the_key(town: House) -> None:
    member, stranger = Phone(town), Phone(town)
    unknown = asked(stranger)
    assert (unknown.status_code, unknown.json["code"]) == (401, "unknown_key")
    member.enrol()
    answer = asked(member)
    key = b64u_decode(answer.json["key"])
    assert (answer.status_code, len(key), answer.json["kid"]) == (200, 32, kid_of(key))
    assert "no-store" in answer.headers["Cache-Control"]
    assert asked(member).json == answer.json
    assert asked(member, "ailleurs").json["code"] == "unknown_consultation"
    member.ask("revoke", {"kid": member.kid})
    assert asked(member).json["code"] == "revoked"
    file = town.services.settings.reading_keys / SPACE / f"{SLUG}.key"
    assert (file.read_bytes(), file.stat().st_mode & 0o077) == (key, 0)


def test_who_is_not_known_well_enough_gets_none(open_house: Opener) -> None:
    town = open_house(RESIDENTS, smtp_url="mailbox:", enrolments_per_hour=0)
    phone = Phone(town)
    phone.enrol()
    answer = asked(phone)
    assert (answer.status_code, answer.json) == (403, {"code": "not_eligible", "retry": False})
    assert not (town.services.settings.reading_keys).exists()


def test_a_consultation_that_everybody_reads_has_no_key(open_house: Opener) -> None:
    town = open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=0)
    phone = Phone(town)
    phone.enrol()
    assert asked(phone).json["code"] == "unknown_consultation"
    assert phone.ask("read", {}).json["code"] == "bad_payload"


def test_the_doors_for_everybody_know_nothing_of_it(town: House) -> None:
    folder = town.services.settings.snapshots / SPACE
    (folder / "private").mkdir(parents=True)
    (folder / "space.json").write_text("{}")
    for name in (f"{SLUG}.json", f"{SLUG}.key"):
        (folder / "private" / name).write_text("{}")
    assert town.read(f"/v1/snapshots/{SPACE}")["snapshots"].keys() == {"space"}
    for name in (
        SLUG,
        f"private/{SLUG}",
        f"private%2F{SLUG}",
        f"private/{SLUG}.key",
        "private",
        f"..%2Fprivate%2F{SLUG}",
    ):
        assert town.client.get(f"/v1/snapshots/{SPACE}/{name}").status_code == 404, name
    fields = {"consultation": SLUG, "space": SPACE, "kind": "vote", "choice": "for", "lang": "fr", "back": "/"}
    page = town.client.post("/form", data=fields)
    assert page.status_code == 422
    assert "filature" not in page.text.lower().replace(f'value="{SLUG}"', "")


def test_strangers_acts_are_refused_and_members_are_taken(town: House) -> None:
    phone, ana, bob = Phone(town), town.citizen(1), town.citizen(2)
    phone.enrol()
    assert phone.statuses([ana.propose(5)], [phone.grant(ana)])[0] == ["accepted"]
    assert town.statuses(bob.propose(6)) == ["not_granted"]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (CLOSED.replace('"members"', '"friends"'), "'private' is one of"),
        (CLOSED.replace('mode = "named"\nassurance = "email"\nunique_by = "email"', ""), 'needs mode = "named"'),
        (f'private = "code"\n{RULES}', "unsigned = "),
        (f"publish_rows = true\n{CLOSED}", "publish_rows = false"),
        (f'{NAMED}[teaser]\nfr = "Ici"\nen = "Here"\n', "'teaser' is for private"),
        (f'{NAMED}[actions.read]\nassurance = "census"\n', "nobody is asked who reads"),
        (f'{CLOSED}[teaser]\nfr = "Ici"\n', "a text in each of"),
    ],
)
def test_what_would_not_keep_it_private_is_said_to_the_clerk(rules: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        parse_consultation(SLUG, tomllib.loads(rules), TEXTS, space())


def test_the_rules_say_who_reads_and_can_be_read_back() -> None:
    rules = parse_consultation(SLUG, tomllib.loads(RESIDENTS), TEXTS, space())
    members = parse_json(rules.manifest)
    assert members["private"] == "members"
    assert members["eligibility"]["actions"] == {"read": {"assurance": "census", "neighbourhoods": ["quai"]}}
    assert not rules.publish_rows
    back = parse_manifest(rules.manifest).consultation
    assert (back.private, back.eligibility) == (True, rules.eligibility)
    of_space = replace(space(), private="members")
    assert parse_consultation(SLUG, tomllib.loads(NAMED), TEXTS, of_space).private
    assert not parse_consultation(SLUG, tomllib.loads(f'private = "no"\n{NAMED}'), TEXTS, of_space).private


def test_what_people_wrote_for_members_stays_private() -> None:
    closed = parse_consultation(SLUG, tomllib.loads(CLOSED), TEXTS, space())
    notice = '[[notice]]\nrevision = 2\nat = 2026-03-20T09:00:00Z\ntext = {fr = "Ouvert", en = "Open"}\n'
    opened = parse_consultation(
        SLUG, tomllib.loads(f"revision = 2\npublish_rows = false\n{NAMED}{notice}"), TEXTS, space()
    )
    with pytest.raises(DeclarationError, match="must stay private"):
        check_revision(opened, {closed.mh: closed.manifest}, closed.mh)


def test_a_code_is_made_once_and_said_to_who_runs_the_server(tmp_path: Path) -> None:
    write_town(tmp_path / "content", CODED)
    command = ["keys", "private", SLUG, "--var", str(tmp_path)]
    stored = ReadingKeys(tmp_path / "keys" / "private", bytes)
    said = CliRunner().invoke(main, command).output
    code = stored.code(SPACE, SLUG)
    assert (len(code), on_paper(code) in said) == (16, True)
    assert stored.wrapped(SPACE, SLUG) == wrap(stored.of(SPACE, SLUG), code)
    CliRunner().invoke(main, [*command, "--replace"])
    assert stored.code(SPACE, SLUG) != code
    assert stored.wrapped(SPACE, SLUG) == wrap(stored.of(SPACE, SLUG), stored.code(SPACE, SLUG))


def test_the_server_hands_out_no_key_that_a_code_opens(open_house: Opener) -> None:
    town = open_house(CODED, smtp_url="mailbox:", enrolments_per_hour=0)
    phone = Phone(town)
    phone.enrol()
    assert asked(phone).json["code"] == "unknown_consultation"


def test_another_key_is_made_when_it_is_asked_for(tmp_path: Path) -> None:
    write_town(tmp_path / "content", CLOSED)
    command = ["keys", "private", SLUG, "--var", str(tmp_path)]
    said = CliRunner().invoke(main, command).output
    stored = ReadingKeys(tmp_path / "keys" / "private", bytes)
    before, stamp = stored.of(SPACE, SLUG), stored.stamp(SPACE)
    assert kid_of(before) in said
    assert CliRunner().invoke(main, command).output == said
    assert CliRunner().invoke(main, [*command, "--replace"]).output != said
    assert stored.of(SPACE, SLUG) != before
    assert stored.stamp(SPACE) != stamp
    missing = CliRunner().invoke(main, ["keys", "private", "ailleurs", "--var", str(tmp_path)])
    assert missing.exit_code == 1
    assert "not a private consultation" in missing.output
