"""A host that sends the headers which the builder wrote, and under /cadre pages of another site that frame its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from sync_server.static_site import create_site

FRAMES = "/cadre"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


class _Threads(ThreadingMixIn, WSGIServer):
    """A browser keeps several connections open."""

    daemon_threads = True


@contextmanager
def hosted(folder: Path) -> Iterator[int]:
    """The port on which the published `folder` is served; `http://localhost` is the other site."""
    site = create_site(folder)

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        path, port = environ["PATH_INFO"], environ["SERVER_PORT"]
        if not path.startswith(FRAMES):
            return site(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/html")])
        framed = f"http://127.0.0.1:{port}{path.removeprefix(FRAMES)}"
        return [f'<!doctype html><iframe src="{framed}" title="Préau"></iframe>'.encode()]

    with make_server("127.0.0.1", 0, answer, server_class=_Threads, handler_class=_Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
