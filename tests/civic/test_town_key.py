"""The town's own key: what it signs, and what nobody takes for its signature."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.canonical import b64u_decode, b64u_encode
from civic.content import Content, parse_content
from civic.declaration import DeclarationError
from civic.keys import jwk_text
from civic.town_key import TownKey, on_paper, parse_town_key, sign_manifest, town_key
from civic.town_signature import is_signed_by_town
from sync_server.catalogue import read_files
from sync_server.cli import main
from sync_server.town_key import TownKeyRefused, make_town_key, read_town_key, sign_town
from sync_server.worker.town import _unsigned
from tests.civic.town import always_open
from tests.sync_server.town_files import SLUG, write_town

MANIFEST = always_open().manifest
PRIVATE = ec.derive_private_key(0x70316, ec.SECP256R1())
KEY = town_key(*signing.coordinates(PRIVATE.public_key()))
OTHER = town_key(*signing.coordinates(ec.derive_private_key(0x07, ec.SECP256R1()).public_key()))


def signed(manifest: bytes = MANIFEST, key: TownKey = KEY) -> str:
    return sign_manifest(manifest, key.kid, lambda message: signing.sign(PRIVATE, message))


def test_the_payload_is_exactly_the_rules() -> None:
    assert b64u_decode(signed().split(".")[1]) == MANIFEST
    assert is_signed_by_town(signed(), MANIFEST, KEY)
    assert is_signed_by_town(f"{signed()}\n", MANIFEST, KEY)


@pytest.mark.parametrize(
    "jws",
    [
        "",
        "a.b",
        signed(MANIFEST + b" "),
        signed(key=OTHER),
        f"{signed()}.",
        f"{signed()}\n\n",
        signed().replace(b64u_encode(b'{"alg":"ES256"'), b64u_encode(b'{"alg": "none"')),
        signed()[: signed().rindex(".") + 1] + b64u_encode(bytes(64)),
        signed()[: signed().rindex(".") + 1] + b64u_encode(bytes(63)),
    ],
)
def test_anything_else_is_no_signature_of_the_town(jws: str) -> None:
    assert not is_signed_by_town(jws, MANIFEST, KEY)


def test_another_key_of_the_same_name_does_not_sign() -> None:
    assert not is_signed_by_town(signed(), MANIFEST, OTHER)


@pytest.mark.parametrize(
    "data", [b"", b"{}", KEY.jwk + b"\n", KEY.jwk.replace(b'"kty":"EC",', b""), KEY.jwk.replace(b"{", b"{ "), b"\xff"]
)
def test_a_key_is_written_in_one_way_only(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"P-256|decode"):
        parse_town_key(data)


def test_a_key_is_read_back() -> None:
    assert parse_town_key(KEY.jwk) == KEY
    assert KEY.jwk.decode() == jwk_text(KEY.x, KEY.y) + "\n"
    assert on_paper(KEY.kid).replace(" ", "") == KEY.kid
    assert {len(group) for group in on_paper(KEY.kid).split(" ")} == {4, 3}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_town(tmp_path / "var" / "content")
    return tmp_path / "var" / "content" / "valbrume"


def content_of(folder: Path) -> Content:
    return parse_content(read_files(folder))


def test_a_town_makes_its_key_and_signs_its_rules(folder: Path, tmp_path: Path) -> None:
    file, var = tmp_path / "town.pem", str(folder.parents[1])
    made = CliRunner().invoke(main, ["keys", "town", "--to", str(file), "--var", var])
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = content_of(folder).town_key
    assert key is not None
    assert on_paper(key.kid) in made.output
    assert CliRunner().invoke(main, ["sign", "--key", str(file), "--var", var]).output == f"signed: {SLUG}\n"
    content = content_of(folder)
    jws = content.signature(SLUG)
    assert jws is not None
    assert is_signed_by_town(jws, content.consultations[SLUG].manifest, key)
    assert _unsigned(content) == []


def test_a_signature_of_older_rules_is_not_shown_and_is_told(folder: Path, tmp_path: Path) -> None:
    make_town_key(tmp_path / "town.pem", folder)
    sign_town(folder, read_town_key(tmp_path / "town.pem"))
    rules = folder / "consultations" / SLUG / "consultation.toml"
    rules.write_text("revision = 2\n" + rules.read_text())
    assert content_of(folder).signature(SLUG) is None
    assert _unsigned(content_of(folder)) == [SLUG]


def test_a_key_is_never_written_over(folder: Path, tmp_path: Path) -> None:
    make_town_key(tmp_path / "town.pem", folder)
    before = (tmp_path / "town.pem").read_bytes()
    with pytest.raises(TownKeyRefused, match="has a key already"):
        make_town_key(tmp_path / "other.pem", folder)
    with pytest.raises(TownKeyRefused, match="exists already"):
        make_town_key(tmp_path / "town.pem", folder, is_replaced=True)
    assert (tmp_path / "town.pem").read_bytes() == before
    assert not (tmp_path / "other.pem").exists()


def test_another_key_signs_nothing(folder: Path, tmp_path: Path) -> None:
    make_town_key(tmp_path / "town.pem", folder)
    make_town_key(tmp_path / "new.pem", folder, is_replaced=True)
    with pytest.raises(TownKeyRefused, match="public half"):
        sign_town(folder, read_town_key(tmp_path / "town.pem"))


def test_a_public_key_that_cannot_be_read_is_said(folder: Path) -> None:
    (folder / "town.jwk").write_text("{}")
    with pytest.raises(DeclarationError, match=r"town\.jwk"):
        content_of(folder)
