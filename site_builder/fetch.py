"""Brings a town's snapshot from its server: the only network of a build, and before it (docs/formats.md §4)."""

from __future__ import annotations

import re
from pathlib import Path

import requests

from civic.canonical import canonical_json, parse_json
from civic.log.checkpoint import parse_note_unchecked
from civic.log.tiles import growth
from site_builder.failure import BuildFailure

TIMEOUT = (10, 60)  # seconds to connect, to wait for more
CHECKPOINT, LOOKS = "checkpoint", 3
ETAGS = ".etags.json"
_LOG_FILE = re.compile(r"checkpoint|tile/(?:entries|[0-9]{1,2})/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[0-9]{1,3})?")
_PHOTO = re.compile(r"[0-9a-f]{64}-[0-9]{3,4}\.webp")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.rows)?")


def fetch_snapshots(server: str, space: str, folder: Path, session: requests.Session) -> list[str]:
    """Makes `folder` hold what the server publishes of a town; the names that differ from before.

    What has not changed is not sent again. BuildFailure where the server does not answer as it should: the files then
    are those of before or of now, each whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = _known_etags(folder)
    address = f"{server.rstrip('/')}/v1/snapshots/{space}"
    listed = _listed(_get(session, address, {}))
    changed: list[str] = []
    for name, etag in sorted(listed.items()):
        if known.get(name) == etag:
            continue
        answer = _get(session, f"{address}/{name}", {"If-None-Match": f'"{known[name]}"'} if name in known else {})
        if answer.status_code != requests.codes.not_modified:
            _replace(_file(folder, name), _checked(answer, name))
            changed.append(name)
        known[name] = answer.headers.get("ETag", "").strip('"') or etag
    for file in (*folder.glob("*.json"), *folder.glob("*.rows.jsonl")):
        if file.stem not in listed and file.name != ETAGS:
            file.unlink()
            changed.append(file.stem)
    _replace(folder / ETAGS, canonical_json({name: known[name] for name in listed}))
    photos = fetch_photos(f"{address}/photos", folder / "photos", session)
    return sorted(changed) + photos + fetch_log(f"{address}/log", folder / "log", session)


def fetch_photos(address: str, folder: Path, session: requests.Session) -> list[str]:
    """Makes `folder` hold the pictures that are at `address`; those that came or went. BuildFailure as above.

    A picture never changes, so one that is there is not fetched again.
    """
    files = _files(_get(session, address, {}), _PHOTO)
    there = {file.name for file in folder.glob("*.webp")}
    for name in there - files:
        (folder / name).unlink()
    for name in sorted(files - there):
        _replace(folder / name, _get(session, f"{address}/{name}", {}).content)
    return sorted(f"photos/{name}" for name in files ^ there)


def fetch_log(address: str, folder: Path, session: requests.Session) -> list[str]:
    """Makes `folder` hold the public log that is at `address`, the checkpoint last; the files that were fetched.

    A tile never changes, so one that is there is not fetched again. BuildFailure where the log isn't whole: it grew
    meanwhile more often than we looked.
    """
    fetched: list[str] = []
    for _ in range(LOOKS):
        files = _files(_get(session, address, {}), _LOG_FILE)
        for path in sorted(files - {CHECKPOINT}):
            if not (folder / path).is_file():
                _replace(folder / path, _get(session, f"{address}/{path}", {}).content)
                fetched.append(f"log/{path}")
        if CHECKPOINT not in files:
            return fetched
        note = _get(session, f"{address}/{CHECKPOINT}", {}).content
        size = parse_note_unchecked(note.decode("utf-8")).size
        if all((folder / tile.path).is_file() for tile in growth(0, size)):
            _replace(folder / CHECKPOINT, note)
            for file in [one for one in folder.rglob("*") if one.is_file()]:
                if file.relative_to(folder).as_posix() not in files:
                    file.unlink()
            return fetched
    raise BuildFailure(f"{address}: the log did not hold still")


def _files(answer: requests.Response, form: re.Pattern[str]) -> set[str]:
    listing = parse_json(_checked(answer, "the list of files"))
    files = listing.get("files") if type(listing) is dict and listing.get("v") == 1 else None
    if type(files) is not list or not all(type(one) is str and form.fullmatch(one) for one in files):
        raise BuildFailure(f"{answer.url}: this is not a list of files")
    return set(files)


def _known_etags(folder: Path) -> dict[str, str]:
    if not (folder / ETAGS).is_file():
        return {}
    etags: dict[str, str] = parse_json((folder / ETAGS).read_bytes())
    return {name: etag for name, etag in etags.items() if _file(folder, name).is_file()}


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.{'jsonl' if name.endswith('.rows') else 'json'}"


def _get(session: requests.Session, address: str, headers: dict[str, str]) -> requests.Response:
    try:
        answer = session.get(address, headers=headers, timeout=TIMEOUT)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise BuildFailure(f"{address}: {error}") from error
    return answer


def _listed(answer: requests.Response) -> dict[str, str]:
    listing = parse_json(_checked(answer, "the list"))
    names = listing.get("snapshots") if type(listing) is dict and listing.get("v") == 1 else None
    if type(names) is not dict or not all(_NAME.fullmatch(name) for name in names):
        raise BuildFailure(f"{answer.url}: this is not a list of snapshots")
    return names


def _checked(answer: requests.Response, name: str) -> bytes:
    try:
        for text in answer.content.splitlines() if name.endswith(".rows") else [answer.content]:
            parse_json(text)
    except ValueError as error:
        raise BuildFailure(f"{answer.url}: {name} can't be read: {error}") from error
    return answer.content


def _replace(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}~")
    temporary.write_bytes(data)
    temporary.replace(file)
