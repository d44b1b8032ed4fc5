"""A free static host on loopback: serves the published folder, counts what is asked, can die and come back."""

import contextlib
import mimetypes
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.end_to_end.processes import free_port

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("application/atom+xml; charset=utf-8", ".xml")


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self.open_sockets: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open_sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open_sockets.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that is killed hangs up in the middle: nothing to say about it."""


class Host:
    """Listens on one port for as long as it lives; the port stays the same when it comes back."""

    def __init__(self, handler: Callable[["Host"], type[BaseHTTPRequestHandler]]) -> None:
        self.port = free_port()
        self._handler = handler(self)
        self._listener: _Listener | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._listener = _Listener(self.port, self._handler)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """Nobody answers on return: the listening socket and those kept open are closed."""
        listener, self._listener = self._listener, None
        if listener is None or self._thread is None:
            return
        listener.shutdown()
        self._thread.join()
        for one in list(listener.open_sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        listener.server_close()


class StaticHost(Host):
    """The published folder. `asked` lists the paths asked for; where `cut` says so it hangs up; `slow`: seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.slow = 0.0
        self.cut: Callable[[str], bool] = lambda path: False
        super().__init__(_static_handler)

    def file_of(self, path: str) -> Path | None:
        """The file that this address stands for."""
        file = self.folder / unquote(path).lstrip("/")
        if path.endswith("/"):
            file = file / "index.html"
        return file if file.is_file() and file.resolve().is_relative_to(self.folder.resolve()) else None


def _static_handler(host: Any) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            host.asked.append(path)
            time.sleep(host.slow)
            if host.cut(path):
                self.close_connection = True
                return
            file = host.file_of(path)
            if file is None and host.file_of(path + "/"):
                self._answer(301, b"", "text/plain", {"Location": path + "/"})
            elif file is None:
                missing = host.folder / "404.html"
                self._answer(404, missing.read_bytes() if missing.is_file() else b"", "text/html; charset=utf-8")
            else:
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                charset = "; charset=utf-8" if kind.startswith("text/") and "charset" not in kind else ""
                self._answer(200, file.read_bytes(), kind + charset)

        do_HEAD = do_GET  # noqa: N815

        def _answer(self, status: int, body: bytes, kind: str, more: dict[str, str] | None = None) -> None:
            self.send_response(status)
            headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-cache"}
            for name, value in (headers | (more or {})).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    return Handler
