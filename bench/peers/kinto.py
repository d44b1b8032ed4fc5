"""Kinto on PostgreSQL, as `kinto start` runs it. Rows are counted in its database: its batches lose records."""

from __future__ import annotations

import base64
import json
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.peers.install import program
from bench.peers.postgres import query
from bench.programs import free_port, running, wait_for_server

TOKEN = base64.b64encode(b"bench:bench").decode()
HEADERS = {"Content-Type": "application/json", "Authorization": f"Basic {TOKEN}"}
RECORDS = "/buckets/town/collections/acts/records"
SETTINGS = """
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
threads = 8
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {database}
kinto.cache_backend = kinto.core.cache.memory
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {database}
multiauth.policies = basicauth
multiauth.policy.basicauth.use = kinto.core.authentication.BasicAuthAuthenticationPolicy
kinto.userid_hmac_secret = bench
kinto.bucket_create_principals = system.Everyone
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = CRITICAL
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = CRITICAL
formatter = plain
[formatter_plain]
format = %(message)s
"""


@contextmanager
def kinto(folder: Path, database: str) -> Iterator[str]:
    """Its address up to /v1, with an empty collection."""
    port, settings = free_port(), folder / "kinto.ini"
    settings.write_text(SETTINGS.format(port=port, database=_without_percent(database)), "utf-8")
    command = [program("kinto"), "--ini", str(settings)]
    subprocess.run([command[0], "migrate", *command[1:]], cwd=folder, check=True, capture_output=True)
    url, log = f"http://127.0.0.1:{port}/v1", folder / "kinto.log"
    with running([command[0], "start", *command[1:], "--port", str(port)], log, folder=folder) as process:
        wait_for_server(f"{url}/", process, log)
        for path in ("/buckets/town", "/buckets/town/collections/acts"):
            request = urllib.request.Request(url + path, method="PUT", headers=HEADERS, data=b"{}")
            urllib.request.urlopen(request, timeout=30).close()
        yield url


def _without_percent(database: str) -> str:
    # The settings' parser would read a single % as a reference.
    return database.replace("%", "%%")


def stored(database: str) -> int:
    """How many records are in its database."""
    return int(query(database, "SELECT count(*) FROM objects WHERE resource_name = 'record'"))


def body(envelopes: Sequence[tuple[str, str]]) -> str:
    """What `/batch` takes, or a record's own address for a single one."""
    records = [{"data": {"id": str(uuid.uuid4()), "envelope": text}} for _, text in envelopes]
    if len(records) == 1:
        return json.dumps(records[0])
    return json.dumps({"defaults": {"method": "POST", "path": RECORDS}, "requests": [{"body": one} for one in records]})
