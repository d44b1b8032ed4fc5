"""`preau keys issuer`: the keys of secret questions, made once, kept for the vote, and then no more."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from civic.content import parse_content
from civic.declaration import DeclarationError
from civic.receipt import LOG_MARGIN
from sync_server.catalogue import read_files
from sync_server.cli import main
from sync_server.issuer_ending import IssuerEnding
from sync_server.issuer_keys import issuer_file, issuer_of_pem
from sync_server.issuer_making import IssuerKeyRefused, make_issuer_keys
from sync_server.storage import Ledger, open_ledger
from sync_server.storage.issued import IssuedTokens
from tests.civic.town import SPACE_TOML, TEXTS
from tests.sync_server.secret_phones import ASKED, CLOSES, OPENS, SECRET
from tests.sync_server.town_files import RULES, SLUG, SPACE

SCOPE = (SPACE, SLUG, ASKED)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """What a clerk has written, without any key yet."""
    folder = tmp_path / "var" / "content" / SPACE
    home = folder / "consultations" / SLUG
    home.mkdir(parents=True)
    (folder / "space.toml").write_text(SPACE_TOML, "utf-8")
    (home / "consultation.toml").write_text(SECRET, "utf-8")
    for lang, text in TEXTS.items():
        (home / f"{lang}.md").write_bytes(text)
    return folder


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "var" / "keys" / "issuers"


def test_the_command_that_the_error_names_makes_the_town_readable(town: Path, keys: Path) -> None:
    with pytest.raises(DeclarationError, match=f"preau keys issuer {SLUG}"):
        parse_content(read_files(town))
    done = CliRunner().invoke(main, ["keys", "issuer", SLUG, "--var", str(town.parents[1])])
    assert done.exit_code == 0, done.output
    assert f"{ASKED}: a new key" in done.output
    rules = parse_content(read_files(town)).consultations[SLUG]
    path = issuer_file(keys, SCOPE)
    assert issuer_of_pem(path.read_bytes(), "").key == rules.issuers[ASKED]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in path.parents[:4]} == {0o700}
    again = CliRunner().invoke(main, ["keys", "issuer", SLUG, "--var", str(town.parents[1])])
    assert f"{ASKED}: the key it had" in again.output
    assert parse_content(read_files(town)).consultations[SLUG].mh == rules.mh


def test_a_key_is_replaced_before_the_vote_opens_and_never_after(town: Path, keys: Path) -> None:
    make_issuer_keys(town, SLUG, keys, OPENS - 10)
    first = parse_content(read_files(town)).consultations[SLUG].mh
    assert make_issuer_keys(town, SLUG, keys, OPENS - 9, is_replaced=True).new == (ASKED,)
    second = parse_content(read_files(town)).consultations[SLUG].mh
    assert second != first
    kept = issuer_file(keys, SCOPE).read_bytes()
    with pytest.raises(IssuerKeyRefused, match="has opened"):
        make_issuer_keys(town, SLUG, keys, OPENS, is_replaced=True)
    issuer_file(keys, SCOPE).unlink()
    with pytest.raises(IssuerKeyRefused, match="has opened"):
        make_issuer_keys(town, SLUG, keys, OPENS)  # rights under the lost one are out there
    assert not issuer_file(keys, SCOPE).exists()
    issuer_file(keys, SCOPE).write_bytes(kept)
    assert make_issuer_keys(town, SLUG, keys, OPENS).new == ()
    assert parse_content(read_files(town)).consultations[SLUG].mh == second


def test_where_nothing_is_secret_no_key_is_made(town: Path, keys: Path) -> None:
    (town / "consultations" / SLUG / "consultation.toml").write_text(RULES, "utf-8")
    with pytest.raises(IssuerKeyRefused, match="secret = true"):
        make_issuer_keys(town, SLUG, keys, OPENS)
    with pytest.raises(IssuerKeyRefused, match="is missing"):
        make_issuer_keys(town, "nulle-part", keys, OPENS)
    assert not keys.exists()


@pytest.fixture
def ledger(tmp_path: Path):
    opened = open_ledger(f"sqlite:///{tmp_path}/preau.sqlite")
    yield opened
    opened.close()


def test_the_key_is_destroyed_once_the_log_is_closed(town: Path, keys: Path, ledger: Ledger) -> None:
    make_issuer_keys(town, SLUG, keys, OPENS)
    ending, content = IssuerEnding(keys, IssuedTokens(ledger), 600), parse_content(read_files(town))
    over = CLOSES + 86_400 + 600 + LOG_MARGIN
    ending.step(content, over)
    assert issuer_file(keys, SCOPE).is_file(), "a ballot in its grace may still be on its way"
    ending.step(content, over + 1)
    assert not issuer_file(keys, SCOPE).exists()
    ending.step(content, over + 2)
