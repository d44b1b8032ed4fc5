"""`GET /v1/snapshots/…`: what a site is built from, for builders on other machines. Public data only."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from flask import Blueprint, Response, request

from civic.refusals import Code
from sync_server.problems import Problem
from sync_server.routes import Access, declares, services

blueprint = Blueprint("snapshots", __name__)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ROWS = ".rows"  # how the name of a file of ballots ends
_LOG_FILE = re.compile(r"checkpoint|tile/(?:entries|[0-9]{1,2})/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[0-9]{1,3})?")
_PHOTO = re.compile(r"[0-9a-f]{64}-[0-9]{3,4}\.webp")
_known: dict[tuple[Path, int, int], str] = {}
MOST_KNOWN = 10_000


@blueprint.get("/v1/snapshots/<space>")
@declares(Access.ANYONE, 0)
def list_snapshots(space: str) -> Response:
    """The names of a town's snapshots with their ETags: what has not changed need not be fetched."""
    folder = _folder(space)
    files = [path for pattern in ("*.json", f"*{ROWS}.jsonl") for path in sorted(folder.glob(pattern))]
    etags = {path.stem: etag_of(path) for path in files}
    return Response(json.dumps({"v": 1, "snapshots": etags}), content_type="application/json")


@blueprint.get("/v1/snapshots/<space>/<name>")
@declares(Access.ANYONE, 0)
def show_snapshot(space: str, name: str) -> Response:
    """One snapshot file, 304 where the asker has it already."""
    is_rows = name.endswith(ROWS)
    path = _folder(space) / f"{name}{'.jsonl' if is_rows else '.json'}"
    if not _SLUG.fullmatch(name.removesuffix(ROWS)) or not path.is_file():
        raise Problem(Code.NOT_FOUND)
    response = Response(path.read_bytes(), content_type="application/jsonl" if is_rows else "application/json")
    response.set_etag(etag_of(path))
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)  # in place
    return response


@blueprint.get("/v1/snapshots/<space>/log")
@declares(Access.ANYONE, 0)
def list_log(space: str) -> Response:
    """The files of a town's public log, below its folder; none where it has no log yet."""
    folder = _folder(space) / "log"
    paths = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    files = sorted(path for path in paths if _LOG_FILE.fullmatch(path))
    return Response(json.dumps({"v": 1, "files": files}), content_type="application/json")


@blueprint.get("/v1/snapshots/<space>/log/<path:path>")
@declares(Access.ANYONE, 0)
def show_log(space: str, path: str) -> Response:
    """One file of the public log."""
    file = _folder(space) / "log" / path
    if not _LOG_FILE.fullmatch(path) or not file.is_file():
        raise Problem(Code.NOT_FOUND)
    response = Response(file.read_bytes(), content_type="application/octet-stream")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/v1/snapshots/<space>/photos")
@declares(Access.ANYONE, 0)
def list_photos(space: str) -> Response:
    """The pictures that a town's pages show; none where there are none."""
    folder = _folder(space) / "photos"
    files = sorted(file.name for file in folder.glob("*.webp") if _PHOTO.fullmatch(file.name))
    return Response(json.dumps({"v": 1, "files": files}), content_type="application/json")


@blueprint.get("/v1/snapshots/<space>/photos/<name>")
@declares(Access.ANYONE, 0)
def show_photo(space: str, name: str) -> Response:
    """One picture."""
    file = _folder(space) / "photos" / name
    if not _PHOTO.fullmatch(name) or not file.is_file():
        raise Problem(Code.NOT_FOUND)
    response = Response(file.read_bytes(), content_type="image/webp")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _folder(space: str) -> Path:
    folder = services().settings.snapshots / space
    if not _SLUG.fullmatch(space) or not folder.is_dir():
        raise Problem(Code.NOT_FOUND)
    return folder


def etag_of(path: Path) -> str:
    """The hash of a file's bytes; files are replaced whole, so another time means other bytes."""
    stat = path.stat()
    key = (path, stat.st_mtime_ns, stat.st_size)
    if key not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[key] = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    return _known[key]
