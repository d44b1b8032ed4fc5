"""Facebook as far as a log-in sees it: a dialog, a code for a token, the number of who said yes.

Real HTTP on loopback, but not a certified provider: Facebook's dialect is OAuth 2 without
identity tokens, and no package plays it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

SECRET = "app-secret-of-forty-letters-for-the-test"
APP = "app-1"


class Graph(BaseHTTPRequestHandler):
    """Knows nobody by itself: the login typed into the dialog is the number."""

    codes: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        path = urlsplit(self.path).path
        if path == "/dialog/oauth":
            self._dialog(query)
        elif path == "/me":
            self._me(query)
        else:
            self._say(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if self.path.startswith("/dialog/oauth"):
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            return self._decide(query, form)
        is_ours = form.get("client_secret") == SECRET and form.get("client_id") == APP
        login = self.codes.pop(form.get("code", ""), "") if is_ours else ""
        challenge, _, number = login.partition("|")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).hexdigest()
        if not login or challenge != digest:
            return self._say(400, {"error": {"message": "no such code", "type": "OAuthException"}})
        return self._say(200, {"access_token": f"token-{number}", "token_type": "bearer", "expires_in": 5183944})

    def _dialog(self, query: dict[str, str]) -> None:
        assert (query["client_id"], query["scope"]) == (APP, "public_profile")
        self._say(200, "<form method=post><input name=login></form>", "text/html")

    def _decide(self, query: dict[str, str], form: dict[str, str]) -> None:
        if form["do"] == "no":
            answer = {"error": "access_denied", "error_reason": "user_denied"}
        else:
            code = f"code{len(self.codes)}"
            wanted = base64.urlsafe_b64decode(query["code_challenge"] + "=").hex()
            self.codes[code] = f"{wanted}|{form['login']}"
            answer = {"code": code}
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri']}?{urlencode({**answer, 'state': query['state']})}")
        self.end_headers()

    def _me(self, query: dict[str, str]) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        proof = hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not token.startswith("token-") or query.get("appsecret_proof") != proof:
            return self._say(400, {"error": {"type": "GraphMethodException"}})
        return self._say(200, {"id": token.removeprefix("token-")}, "text/javascript; charset=UTF-8")

    def _say(self, status: int, body: Any, kind: str = "application/json") -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Graph)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
