"""Publishing to Netlify, against a fake that keeps what real ones keep: files by their SHA-1."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync_server.worker.publish import PublishFailed
from sync_server.worker.publish.netlify import NetlifyPublisher


class Netlify:
    """Answers as the host's API does for file-digest deploys."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.kept: dict[str, bytes] = {}  # by digest
        self.deployed: dict[str, str] = {}
        self.sent: list[str] = []
        self.looks = 0
        self.ends_as = "ready"
        server.expect_request("/api/v1/sites/town/deploys", method="POST").respond_with_handler(self.deploy)
        server.expect_request("/api/v1/deploys/d1", method="GET").respond_with_handler(self.look)

    def deploy(self, request: Request) -> Response:
        assert request.headers["Authorization"] == "Bearer secret"
        self.deployed, self.looks = json.loads(request.data)["files"], 0
        required = sorted({digest for digest in self.deployed.values() if digest not in self.kept})
        for path, digest in self.deployed.items():
            if digest in required:
                put = self.server.expect_request(f"/api/v1/deploys/d1/files{path}", method="PUT")
                put.respond_with_handler(self.put)
        return Response(json.dumps({"id": "d1", "required": required}), mimetype="application/json")

    def put(self, request: Request) -> Response:
        self.kept[hashlib.sha1(request.data).hexdigest()] = request.data
        self.sent.append(request.path.removeprefix("/api/v1/deploys/d1/files"))
        return Response("{}", mimetype="application/json")

    def look(self, _: Request) -> Response:
        self.looks += 1
        state = self.ends_as if self.looks > 2 else "uploading"
        return Response(json.dumps({"state": state}), mimetype="application/json")


@pytest.fixture
def netlify(httpserver: HTTPServer) -> Iterator[Netlify]:
    yield Netlify(httpserver)
    httpserver.check_assertions()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "filature").mkdir()
    (tmp_path / "index.html").write_text("accueil")
    (tmp_path / "index.html.br").write_text("compressed")
    (tmp_path / "filature" / "index.html").write_text("la filature")
    return tmp_path


def publisher(site: Path, netlify: Netlify) -> NetlifyPublisher:
    return NetlifyPublisher(site, "town", "secret", lambda _: None, netlify.server.url_for(""))


def test_only_changed_files_are_sent(site: Path, netlify: Netlify) -> None:
    host = publisher(site, netlify)
    assert host.publish() == 2
    assert sorted(netlify.sent) == ["/filature/index.html", "/index.html"]
    assert host.publish() == 0
    (site / "index.html").write_text("accueil, autrement")
    assert host.publish() == 1
    assert netlify.sent[-1] == "/index.html"
    assert set(netlify.deployed) == {"/index.html", "/filature/index.html"}


def test_a_file_that_is_gone_is_gone_there_too(site: Path, netlify: Netlify) -> None:
    host = publisher(site, netlify)
    host.publish()
    (site / "filature" / "index.html").unlink()
    assert host.publish() == 0
    assert set(netlify.deployed) == {"/index.html"}


def test_it_waits_until_the_host_is_ready(site: Path, netlify: Netlify) -> None:
    publisher(site, netlify).publish()
    assert netlify.looks == 3


def test_a_refused_site_is_said(site: Path, netlify: Netlify) -> None:
    netlify.ends_as = "error"
    with pytest.raises(PublishFailed, match="refused"):
        publisher(site, netlify).publish()


def test_an_unreachable_host_is_said(site: Path) -> None:
    host = NetlifyPublisher(site, "town", "secret", lambda _: None, "http://127.0.0.1:9")
    with pytest.raises(PublishFailed, match="reached"):
        host.publish()
