"""What an operator writes of a provider of identity: nothing is offered half, and mistakes are named."""

import stat
from pathlib import Path

import pytest

from sync_server.identity.oidc.client_keys import open_client_keys
from sync_server.identity.opening import offered
from sync_server.keys import KeyUnreadable, open_rsa
from sync_server.settings import SettingsError, read_settings

WHOLE = """
[oidc.itsme]
issuer = "https://idp.example/v2"
client_id = "preau"
service = "VALBRUME"
[oidc.franceconnect]
issuer = "https://fc.example/api/v2"
client_id = "preau"
client_secret = "secret-of-the-file"
"""


def test_what_is_set_up_is_offered_in_the_order_of_their_worth(tmp_path: Path) -> None:
    assert offered(read_settings(tmp_path, {})) == ()
    (tmp_path / "preau.toml").write_text(WHOLE, "utf-8")
    assert offered(read_settings(tmp_path, {"PREAU_SMTP_URL": "mailbox:"})) == (
        "email", "oidc:franceconnect", "oidc:itsme",
    )  # fmt: skip


def test_variables_are_enough_and_win(tmp_path: Path) -> None:
    google = {"PREAU_OIDC_GOOGLE_CLIENT_ID": "a", "PREAU_OIDC_GOOGLE_CLIENT_SECRET": "b"}
    (one,) = read_settings(tmp_path, google).oidc
    assert (one.method, one.issuer, one.client_secret) == ("oidc:google", "https://accounts.google.com", "b")
    (tmp_path / "preau.toml").write_text(WHOLE, "utf-8")
    chosen = read_settings(tmp_path, {"PREAU_OIDC_FRANCECONNECT_CLIENT_SECRET": "c", "PREAU_OIDC_ITSME_PKCE": "0"})
    assert [(one.client_secret, one.pkce) for one in chosen.oidc] == [("c", True), ("", False)]
    assert chosen.oidc[1].scope == "openid service:VALBRUME profile"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("oidc = 1", "must hold tables"),
        ("[oidc]\ngoogle = 1", "must hold tables"),
        ("[oidc.twitter]", "no such provider"),
        ("[oidc.google]\ncolour = 1", "unknown member 'colour'"),
        ("[oidc.google]\nclient_id = 1", "client_id is not what it should be"),
        ("[oidc.google]\nclient_id = ''", "client_id is not what it should be"),
        ("[oidc.google]\npkce = 'no'", "pkce is not what it should be"),
        ("[oidc.google]\nclient_secret = 'x'", "client_id is missing"),
        ("[oidc.google]\nclient_id = 'x'", "client_secret is missing"),
        ("[oidc.franceconnect]\nclient_id = 'x'\nclient_secret = 'y'", "issuer is missing"),
        ("[oidc.itsme]\nclient_id = 'x'\nissuer = 'https://i.example'", "service is missing"),
        ("[oidc.google]\nclient_id = 'x'\nclient_secret = 'y'\nissuer = 'http://i.example'", "must begin with https"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "preau.toml").write_text(written, "utf-8")
    with pytest.raises(SettingsError, match=said):
        read_settings(tmp_path, {})


def test_secrets_are_not_printed(tmp_path: Path) -> None:
    (tmp_path / "preau.toml").write_text(WHOLE, "utf-8")
    assert "secret-of-the-file" not in repr(read_settings(tmp_path, {}))


def test_keys_for_a_provider_are_made_once_and_for_us_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys" / "oidc"
    made = open_client_keys(folder, "itsme")
    assert open_client_keys(folder, "itsme").public() == made.public()
    assert made.signing.kid != made.opening.kid
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    (folder / "itsme-signing.pem").write_bytes(b"-----BEGIN JUNK-----")
    with pytest.raises(KeyUnreadable, match=r"itsme-signing\.pem"):
        open_rsa(folder / "itsme-signing.pem")
