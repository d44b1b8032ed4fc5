"""What an operator writes: variables win over the file, the file over the defaults, and mistakes are named."""

from dataclasses import fields
from pathlib import Path

import pytest

from sync_server.keys import KeyUnreadable, open_keys
from sync_server.settings import ABOUT, Settings, SettingsError, about, read_settings


def test_the_defaults_are_enough(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {})
    assert settings.database == f"sqlite:///{tmp_path}/preau.sqlite"
    assert (settings.content, settings.keys, settings.site) == (
        tmp_path / "content",
        tmp_path / "keys",
        tmp_path / "site",
    )
    assert (settings.theme / "templates").is_dir()


def test_given_wins_over_variables_and_they_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "preau.toml").write_text(
        'port = 1\nhost = "a"\nsync_url = "https://x.example/"\norigins = ["https://a"]'
    )
    settings = read_settings(tmp_path, {"PREAU_PORT": "2", "PREAU_HOST": "b"}, host="c", port=None)
    assert (settings.port, settings.host, settings.sync_url) == (2, "c", "https://x.example")
    assert settings.origins == ("https://a",)


@pytest.mark.parametrize(
    ("written", "environment", "said"),
    [
        ("colour = 1", {}, "unknown setting 'colour'"),
        ("port = '80'", {}, "port must be of type int"),
        ("precompress = 1", {}, "precompress must be of type bool"),
        ("origins = [1]", {}, "origins must be of type tuple"),
        ("=", {}, "preau.toml"),
        ("", {"PREAU_PORT": "x"}, "PREAU_PORT must be of type int"),
        ("", {"PREAU_PRECOMPRESS": "yes"}, "PREAU_PRECOMPRESS must be 0 or 1"),
        ("sync_url = 'x'", {}, "sync_url must begin with"),
        ("publish = 'ftp'", {}, "publish is folder or netlify"),
        ("database = 'preau.sqlite'", {}, "database must be an address"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, written: str, environment: dict[str, str], said: str) -> None:
    (tmp_path / "preau.toml").write_text(written, "utf-8")
    with pytest.raises(SettingsError, match=said):
        read_settings(tmp_path, environment)


def test_every_setting_is_described() -> None:
    assert set(ABOUT) == {one.name for one in fields(Settings)} - {"var"}
    assert [name for name, _, _ in about()] == [one.name for one in fields(Settings) if one.name != "var"]


def test_a_token_is_not_printed(tmp_path: Path) -> None:
    assert "hush" not in repr(read_settings(tmp_path, {"PREAU_NETLIFY_TOKEN": "hush"}))


def test_an_absolute_database_and_another_kind_stay_what_they_are(tmp_path: Path) -> None:
    for address in ("sqlite:////srv/other.sqlite", "postgresql+psycopg://preau@/preau"):
        assert read_settings(tmp_path, {"PREAU_DATABASE": address}).database == address


def test_keys_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    one = open_keys(tmp_path / "keys", bytes)
    two = open_keys(tmp_path / "keys", lambda n: b"x" * n)
    assert (one.receipt.kid, one.form.kid, one.admin) == (two.receipt.kid, two.form.kid, two.admin)
    assert one.receipt.kid != one.form.kid
    assert len(one.admin) == 43
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {
        "receipt.pem": 0o600, "form.pem": 0o600, "admin.token": 0o600, "log.pem": 0o600, "witness.pem": 0o600,
        "vapid.pem": 0o600, "pepper": 0o600, "vault.key": 0o600,
    }  # fmt: skip
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert set(one.receipt.jwk) == {"crv", "kty", "x", "y"}


def test_a_key_file_that_is_something_else_is_named_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "receipt.pem").write_text("nonsense")
    with pytest.raises(KeyUnreadable, match=r"receipt\.pem"):
        open_keys(folder, bytes)
    assert (folder / "receipt.pem").read_text() == "nonsense"
