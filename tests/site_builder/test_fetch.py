"""A snapshot brought from the town's server, before a build elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from pytest_httpserver import HTTPServer

from site_builder.failure import BuildFailure
from site_builder.fetch import fetch_snapshots
from tests.site_builder.test_log import Log
from tests.site_builder.town import tree

LIST = "/v1/snapshots/valbrume"


def serve(server: HTTPServer, **files: str) -> None:
    """Publishes files under an ETag that is their text."""
    server.clear()
    server.expect_request(LIST).respond_with_json({"v": 1, "snapshots": files})
    for folder in ("log", "photos"):
        server.expect_request(f"{LIST}/{folder}").respond_with_json({"v": 1, "files": []})
    for name, text in files.items():
        server.expect_request(f"{LIST}/{name}").respond_with_data(
            json.dumps({"t": text}), headers={"ETag": f'"{text}"'}, content_type="application/json"
        )


def fetch(server: HTTPServer, folder: Path) -> list[str]:
    with requests.Session() as session:
        return fetch_snapshots(server.url_for("/"), "valbrume", folder, session)


def test_what_has_not_changed_is_not_asked_for(httpserver: HTTPServer, tmp_path: Path) -> None:
    serve(httpserver, space="1", filature="1")
    assert fetch(httpserver, tmp_path) == ["filature", "space"]
    serve(httpserver, space="1", filature="2")
    assert fetch(httpserver, tmp_path) == ["filature"]
    assert [one[0].path for one in httpserver.log] == [LIST, f"{LIST}/filature", f"{LIST}/photos", f"{LIST}/log"]
    assert json.loads((tmp_path / "filature.json").read_text("utf-8")) == {"t": "2"}


def test_what_is_gone_goes(httpserver: HTTPServer, tmp_path: Path) -> None:
    serve(httpserver, space="1", filature="1")
    fetch(httpserver, tmp_path)
    serve(httpserver, space="1")
    assert fetch(httpserver, tmp_path) == ["filature"]
    assert sorted(file.name for file in tmp_path.iterdir()) == [".etags.json", "space.json"]


def test_ballots_come_as_lines(httpserver: HTTPServer, tmp_path: Path) -> None:
    serve(httpserver, **{"space": "1", "filature": "1", "filature.rows": "1"})
    assert fetch(httpserver, tmp_path) == ["filature", "filature.rows", "space"]
    assert (tmp_path / "filature.rows.jsonl").read_text("utf-8") == '{"t": "1"}'
    serve(httpserver, space="1", filature="1")
    assert fetch(httpserver, tmp_path) == ["filature.rows"]
    assert not (tmp_path / "filature.rows.jsonl").exists()


def test_a_file_lost_here_is_brought_again(httpserver: HTTPServer, tmp_path: Path) -> None:
    serve(httpserver, space="1")
    fetch(httpserver, tmp_path)
    (tmp_path / "space.json").unlink()
    assert fetch(httpserver, tmp_path) == ["space"]


@pytest.mark.parametrize("answer", ["<html>", "[]", '{"v":2,"snapshots":{}}', '{"v":1,"snapshots":{"../x":"1"}}'])
def test_an_answer_that_is_no_list_is_refused(httpserver: HTTPServer, tmp_path: Path, answer: str) -> None:
    httpserver.expect_request(LIST).respond_with_data(answer)
    with pytest.raises(BuildFailure):
        fetch(httpserver, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_cut_short_does_not_replace_the_one_before(httpserver: HTTPServer, tmp_path: Path) -> None:
    serve(httpserver, space="1")
    fetch(httpserver, tmp_path)
    httpserver.clear()
    httpserver.expect_request(LIST).respond_with_json({"v": 1, "snapshots": {"space": "2"}})
    httpserver.expect_request(f"{LIST}/space").respond_with_data('{"t": "2', headers={"ETag": '"2"'})
    with pytest.raises(BuildFailure):
        fetch(httpserver, tmp_path)
    assert json.loads((tmp_path / "space.json").read_text("utf-8")) == {"t": "1"}


def serve_log(server: HTTPServer, folder: Path) -> None:
    server.clear()
    server.expect_request(LIST).respond_with_json({"v": 1, "snapshots": {}})
    files = tree(folder / "log")
    server.expect_request(f"{LIST}/photos").respond_with_json({"v": 1, "files": []})
    server.expect_request(f"{LIST}/log").respond_with_json({"v": 1, "files": [*files]})
    for path, data in files.items():
        server.expect_request(f"{LIST}/log/{path}").respond_with_data(data)


def test_of_a_log_that_grew_only_what_is_new_is_brought(httpserver: HTTPServer, tmp_path: Path) -> None:
    worker = Log(tmp_path / "there")
    for size, new in ((250, 2), (300, 5), (301, 2)):
        worker.publish(size)
        serve_log(httpserver, tmp_path / "there")
        assert len(fetch(httpserver, tmp_path / "here")) == new
        assert tree(tmp_path / "here" / "log") == tree(tmp_path / "there" / "log")


def test_a_log_that_is_not_whole_replaces_none(httpserver: HTTPServer, tmp_path: Path) -> None:
    Log(tmp_path / "there").publish(300)
    (tmp_path / "there/log/tile/0/000").unlink()
    serve_log(httpserver, tmp_path / "there")
    with pytest.raises(BuildFailure, match="log"):
        fetch(httpserver, tmp_path / "here")
    assert not (tmp_path / "here/log/checkpoint").exists()


@pytest.mark.parametrize("path", ["../x", "tile/0/../../x", "checkpoint/x", "tile/0/0", 5])
def test_a_list_that_names_anything_but_files_of_a_log_is_refused(
    httpserver: HTTPServer, tmp_path: Path, path: object
) -> None:
    httpserver.expect_request(LIST).respond_with_json({"v": 1, "snapshots": {}})
    httpserver.expect_request(f"{LIST}/photos").respond_with_json({"v": 1, "files": []})
    httpserver.expect_request(f"{LIST}/log").respond_with_json({"v": 1, "files": [path]})
    with pytest.raises(BuildFailure, match="list"):
        fetch(httpserver, tmp_path)


def test_a_server_that_is_down_is_said(tmp_path: Path) -> None:
    with requests.Session() as session, pytest.raises(BuildFailure, match="127"):
        fetch_snapshots("http://127.0.0.1:9", "valbrume", tmp_path, session)


def test_pictures_come_once_and_go_when_they_are_shown_no_more(httpserver: HTTPServer, tmp_path: Path) -> None:
    one, other = f"{'a' * 64}-480.webp", f"{'b' * 64}-1200.webp"

    def show(*names: str) -> None:
        httpserver.clear()
        httpserver.expect_request(LIST).respond_with_json({"v": 1, "snapshots": {}})
        httpserver.expect_request(f"{LIST}/log").respond_with_json({"v": 1, "files": []})
        httpserver.expect_request(f"{LIST}/photos").respond_with_json({"v": 1, "files": names})
        for name in names:
            httpserver.expect_request(f"{LIST}/photos/{name}").respond_with_data(name.encode())

    show(one)
    assert fetch(httpserver, tmp_path) == [f"photos/{one}"]
    show(one, other)
    assert fetch(httpserver, tmp_path) == [f"photos/{other}"]
    assert f"{LIST}/photos/{one}" not in [asked[0].path for asked in httpserver.log]
    show(other)
    assert fetch(httpserver, tmp_path) == [f"photos/{one}"]
    assert [(file.name, file.read_bytes()) for file in (tmp_path / "photos").iterdir()] == [(other, other.encode())]
    show("../keys.webp")
    with pytest.raises(BuildFailure, match="not a list of files"):
        fetch(httpserver, tmp_path)
