"""`preau rebuild`: asked through the database, or through a server's endpoint."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sync_server.rebuilding import NotAsked, ask_ledger, ask_server, one_town
from sync_server.settings import read_settings
from sync_server.storage import open_ledger
from tests.civic.town import SPACE_TOML


def write_towns(var: Path, *names: str) -> None:
    for name in names:
        folder = var / "content" / name
        folder.mkdir(parents=True)
        (folder / "space.toml").write_text(SPACE_TOML.replace("valbrume", name))


def test_the_database_notes_a_rebuild_for_every_town_or_for_one(tmp_path: Path) -> None:
    write_towns(tmp_path, "aubeterre", "valbrume")
    settings = read_settings(tmp_path, {})
    assert ask_ledger(settings, None) == ["aubeterre", "valbrume"]
    assert ask_ledger(settings, "valbrume") == ["valbrume"]
    ledger = open_ledger(settings.database)
    assert {name: one.rebuilds for name, one in ledger.positions().items()} == {"aubeterre": 1, "valbrume": 2}
    ledger.close()


def test_the_server_is_asked_with_the_token(httpserver: HTTPServer) -> None:
    route = httpserver.expect_request(
        "/v1/rebuild", method="POST", headers={"Authorization": "Bearer secret"}, query_string={"space": "valbrume"}
    )
    route.respond_with_data(b'{"v":1}', 202)
    assert ask_server(httpserver.url_for(""), "secret", "valbrume") == ["valbrume"]
    with pytest.raises(NotAsked, match="500"):
        ask_server(httpserver.url_for(""), "wrong", None)


def test_a_server_that_is_not_there_is_said() -> None:
    with pytest.raises(NotAsked, match="reached"):
        ask_server("http://127.0.0.1:9", "secret", None)


def test_the_town_must_be_named_where_there_are_several(tmp_path: Path) -> None:
    write_towns(tmp_path, "aubeterre", "valbrume")
    settings = read_settings(tmp_path, {})
    assert one_town(settings, "valbrume")[1] == tmp_path / "content" / "valbrume"
    for name in (None, "nowhere"):
        with pytest.raises(NotAsked, match="--space"):
            one_town(settings, name)
