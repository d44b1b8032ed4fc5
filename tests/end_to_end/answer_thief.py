"""A link between phone and town on which the town is heard but the phone is not answered."""

import http.client
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.end_to_end.static_host import Host


class AnswerThief(Host):
    """Passes requests on to `town_port`. While `steals`, an answer to POST is read whole and thrown away."""

    def __init__(self) -> None:
        self.town_port = 0  # known once the town, which must know this link's address, has been made
        self.steals = False
        self.stolen: list[bytes] = []  # answers the phone never saw
        self.passed: list[bytes] = []  # answers to POST that arrived
        super().__init__(_passing_handler)


def _passing_handler(thief: Any) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            town = http.client.HTTPConnection("127.0.0.1", thief.town_port, timeout=20)
            town.request(self.command, self.path, body, dict(self.headers.items()))
            answer = town.getresponse()
            content = answer.read()
            town.close()
            if self.command == "POST":
                if thief.steals:
                    thief.stolen.append(content)
                    self.close_connection = True
                    return
                thief.passed.append(content)
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "content-length", "transfer-encoding", "date", "server"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_OPTIONS = _pass_on  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    return Handler
