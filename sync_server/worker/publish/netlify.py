"""Netlify's file-digest deploy: say the SHA-1 of every file, send only those it does not have, wait until it is ready.

POST /api/v1/sites/<site>/deploys          {"files": {"/index.html": "<sha1>", …}} -> {"id", "required": ["<sha1>"]}
PUT  /api/v1/deploys/<id>/files/<path>     the bytes, for each required one
GET  /api/v1/deploys/<id>                  {"state": "uploading" | "prepared" | "ready" | "error", …}
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from sync_server.worker.publish import PublishFailed

API = "https://api.netlify.com"
TIMEOUT = (10, 60)
MAX_POLLS = 120
POLL_SECONDS = 1.0
UNSERVED = (".br", ".gz")  # the host compresses by itself


class NetlifyPublisher:
    """See Publisher. `sleep` is given the seconds between two looks at the state of a deploy."""

    def __init__(self, folder: Path, site: str, token: str, sleep: Callable[[float], object], api: str = API) -> None:
        self.folder, self.api, self.site, self.sleep = folder, api.rstrip("/"), site, sleep
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"
        self._digests: dict[str, tuple[tuple[int, int], str]] = {}  # path -> ((size, time), sha-1)

    def publish(self) -> int:
        """One deploy; files that Netlify already has, from whatever deploy, are not sent."""
        digests = self._read_digests()
        deploy = self._call("POST", f"/api/v1/sites/{quote(self.site, safe='')}/deploys", json={"files": digests})
        wanted = set(deploy.get("required") or ())
        by_digest = {digest: path for path, digest in digests.items()}
        for digest in sorted(wanted):
            if digest not in by_digest:
                raise PublishFailed(f"Netlify asks for a file that the site does not have: {digest}")
            self._send(deploy["id"], by_digest[digest])
        self._wait(deploy["id"])
        return len(wanted)

    def _read_digests(self) -> Mapping[str, str]:
        digests: dict[str, str] = {}
        for file in sorted(self.folder.rglob("*")):
            if not file.is_file() or file.name.endswith(UNSERVED) or file.name.startswith("."):
                continue
            path, stat = "/" + file.relative_to(self.folder).as_posix(), file.stat()
            stamp = (stat.st_size, stat.st_mtime_ns)
            known = self._digests.get(path)
            if known is None or known[0] != stamp:
                # SHA-1 is what this service compares files with; nothing of ours rests on it.
                digest = hashlib.sha1(file.read_bytes(), usedforsecurity=False).hexdigest()
                known = self._digests[path] = (stamp, digest)
            digests[path] = known[1]
        return digests

    def _send(self, deploy: str, path: str) -> None:
        data = (self.folder / path.lstrip("/")).read_bytes()
        headers = {"Content-Type": "application/octet-stream"}
        self._call("PUT", f"/api/v1/deploys/{quote(deploy)}/files{quote(path)}", data=data, headers=headers)

    def _wait(self, deploy: str) -> None:
        for _ in range(MAX_POLLS):
            state = self._call("GET", f"/api/v1/deploys/{quote(deploy)}")
            if state["state"] == "ready":
                return
            if state["state"] in ("error", "rejected"):
                raise PublishFailed(f"Netlify refused the site: {state.get('error_message') or state['state']}")
            self.sleep(POLL_SECONDS)
        raise PublishFailed("Netlify took too long to show the site; it may still appear")

    def _call(self, method: str, path: str, **rest: Any) -> dict[str, Any]:
        try:
            answer = self.session.request(method, self.api + path, timeout=TIMEOUT, **rest)
            answer.raise_for_status()
            content: dict[str, Any] = answer.json() if answer.content else {}
        except (requests.RequestException, ValueError) as error:
            raise PublishFailed(f"Netlify could not be reached: {error}") from error
        return content
