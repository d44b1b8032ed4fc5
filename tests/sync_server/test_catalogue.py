"""What a town writes is followed while the server runs; what it can't mean leaves the old rules in force."""

import shutil
from pathlib import Path

import pytest

from civic.canonical import b64u_encode, canonical_json
from sync_server.catalogue import LOOK_SECONDS, Catalogue
from sync_server.storage import Ledger, LedgerUnavailable, open_ledger
from sync_server.storage.reading import Reading
from tests.sync_server.conftest import Clock
from tests.sync_server.town_files import RULES, SLUG, write_town


@pytest.fixture
def ledger(tmp_path):
    opened = open_ledger(f"sqlite:///{tmp_path}/preau.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    write_town(tmp_path / "content")
    return tmp_path / "content"


@pytest.fixture
def clock() -> Clock:
    return Clock(1000)


def revision(catalogue: Catalogue) -> int:
    town = catalogue.town("valbrume")
    assert town is not None
    return town.rules[SLUG].consultation.revision


def test_files_are_looked_at_once_a_second_at_most(content: Path, ledger: Ledger, clock: Clock) -> None:
    catalogue = Catalogue(content, ledger, clock.monotonic)
    assert revision(catalogue) == 1
    write_town(content, "revision = 2\n" + RULES)
    assert revision(catalogue) == 1
    clock.at += LOOK_SECONDS
    assert revision(catalogue) == 2


def test_every_version_that_was_shown_stays_known(content: Path, ledger: Ledger, clock: Clock) -> None:
    catalogue = Catalogue(content, ledger, clock.monotonic)
    first = catalogue.towns()["valbrume"].rules[SLUG]
    write_town(content, "revision = 2\n" + RULES)
    clock.at += LOOK_SECONDS
    second = catalogue.towns()["valbrume"].rules[SLUG]
    assert first.manifests == {first.consultation.mh}
    assert second.manifests == {first.consultation.mh, second.consultation.mh}
    assert Catalogue(content, ledger, clock.monotonic).towns()["valbrume"].rules[SLUG].manifests == second.manifests


def test_files_that_cannot_be_read_leave_the_old_rules(content: Path, ledger: Ledger, clock: Clock) -> None:
    catalogue = Catalogue(content, ledger, clock.monotonic)
    (content / "valbrume" / "consultations" / SLUG / "consultation.toml").write_text("revision = 'two'", "utf-8")
    clock.at += LOOK_SECONDS
    assert revision(catalogue) == 1
    assert "consultation.toml" in catalogue.problems()["valbrume"]
    write_town(content, "revision = 3\n" + RULES)
    clock.at += LOOK_SECONDS
    assert revision(catalogue) == 3
    assert catalogue.problems() == {}


def test_rules_that_cannot_be_noted_are_not_in_force_until_they_are(
    content: Path, ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = Catalogue(content, ledger, clock.monotonic)
    write_town(content, "revision = 2\n" + RULES)
    clock.at += LOOK_SECONDS
    with monkeypatch.context() as patch:

        def register(space, known):
            raise LedgerUnavailable("gone, and here is a password")

        patch.setattr(ledger, "register_manifests", register)
        assert revision(catalogue) == 1
        assert catalogue.problems() == {"valbrume": "the ledger cannot be used now"}
    clock.at += LOOK_SECONDS
    assert revision(catalogue) == 2


def test_rules_that_people_have_acted_under_change_with_a_notice_alone(
    content: Path, ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = Catalogue(content, ledger, clock.monotonic)
    mh = catalogue.towns()["valbrume"].rules[SLUG].consultation.mh
    envelope = "." + b64u_encode(canonical_json({"mh": mh})) + "."
    monkeypatch.setattr(Reading, "newest_envelope", lambda *_: envelope)
    write_town(content, RULES.replace("2099", "2098"))
    clock.at += LOOK_SECONDS
    assert catalogue.towns()["valbrume"].rules[SLUG].consultation.mh == mh
    assert "write revision = 2 and a [[notice]]" in catalogue.problems()["valbrume"]
    notice = '[[notice]]\nrevision = 2\nat = 2026-02-01T00:00:00Z\ntext = {fr = "Plus tôt.", en = "Earlier."}\n'
    write_town(content, "revision = 2\n" + RULES.replace("2099", "2098") + notice)
    clock.at += LOOK_SECONDS
    assert revision(catalogue) == 2
    assert catalogue.problems() == {}


def test_a_new_town_is_found_and_a_second_of_the_same_id_is_not(content: Path, ledger: Ledger, clock: Clock) -> None:
    catalogue = Catalogue(content, ledger, clock.monotonic)
    assert catalogue.town("montbrun") is None
    shutil.copytree(content / "valbrume", content / "copy")
    text = (content / "valbrume" / "space.toml").read_text("utf-8")
    write_town(content, space=text.replace('"valbrume"', '"montbrun"'), name="montbrun")
    clock.at += LOOK_SECONDS
    assert set(catalogue.towns()) == {"montbrun", "valbrume"}
    assert "has the id 'valbrume' already" in catalogue.problems()["copy"] + catalogue.problems().get("valbrume", "")


def test_no_content_is_no_town(tmp_path: Path, ledger: Ledger, clock: Clock) -> None:
    catalogue = Catalogue(tmp_path / "nowhere", ledger, clock.monotonic)
    assert catalogue.towns() == {}
    assert catalogue.problems() == {}
    assert catalogue.town("valbrume") is None


def test_the_origins_of_the_sites_are_known(content: Path, ledger: Ledger, clock: Clock) -> None:
    assert Catalogue(content, ledger, clock.monotonic).origins() == {"https://participer.valbrume.example"}
