"""A bad link between phone and town: of three requests one never arrives, or its answer does not."""

import http.client
import itertools
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.end_to_end.static_host import Host


class LossyLink(Host):
    """Passes requests on to `town_port`, but not every third one."""

    def __init__(self) -> None:
        self.town_port = 0  # known once the town, which must know this link's address, has been made
        self.lost: list[str] = []
        self.passed: list[str] = []  # "METHOD path status" of what was answered
        self.counter = itertools.count(1)
        super().__init__(_losing_handler)


def _losing_handler(link: Any) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            number = next(link.counter)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_lost = number % 3 == 0
            if is_lost:
                link.lost.append(f"{self.command} {self.path}")
            if is_lost and number % 2:
                return
            town = http.client.HTTPConnection("127.0.0.1", link.town_port, timeout=20)
            try:
                town.request(self.command, self.path, body, dict(self.headers.items()))
                answer = town.getresponse()
                content = answer.read()
            except OSError:  # the town's server is down
                return
            finally:
                town.close()
            if is_lost:
                return
            link.passed.append(f"{self.command} {self.path} {answer.status}")
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "content-length", "transfer-encoding", "date", "server"):
                    self.send_header(name, value)
            if answer.status != http.client.NO_CONTENT:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PATCH = do_OPTIONS = _pass_on  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    return Handler
