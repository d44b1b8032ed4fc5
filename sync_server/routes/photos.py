"""`/v1/photos/<space>/<sha256>`: the photos that acts name, at once or in pieces (docs/formats.md §18)."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from civic.photos import parse_digest
from civic.refusals import Code
from sync_server.photos.receiving import Progress
from sync_server.photos.shelf import OffsetWrong
from sync_server.problems import PROOF_STATUSES, Problem, problem_json
from sync_server.routes import KIB, Access, declares, read_body, services
from sync_server.routes.bodies import town_of

blueprint = Blueprint("photos", __name__)
PATH = "/v1/photos/<space>/<sha256>"
OFFSET, LENGTH = "Upload-Offset", "Upload-Length"
LIMIT = 256 * KIB  # of a body; of a photo: civic.photos.MOST_BYTES
_NUMBER = re.compile(r"[0-9]{1,9}")


@blueprint.route(PATH, methods=["HEAD"])
@declares(Access.ANYONE, 0, is_for_sites=True)
def tell_progress(space: str, sha256: str) -> Response:
    """200 where all of it is here, else 204 and how much is."""
    _check_name(space, sha256)
    return _answer(sha256, services().photos.progress(space, sha256), 200)


@blueprint.patch(PATH)
@declares(Access.ANYONE, LIMIT, is_for_sites=True)
def take_piece(space: str, sha256: str) -> Response:
    """201 where that was the last piece and all of it is what was signed, 204 while more is to come."""
    return _take(space, sha256, _number(OFFSET), _number(LENGTH), read_body())


@blueprint.put(PATH)
@declares(Access.ANYONE, LIMIT, is_for_sites=True)
def take_photo(space: str, sha256: str) -> Response:
    """The whole photo at once."""
    body = read_body()
    return _take(space, sha256, 0, len(body), body)


def _take(space: str, sha256: str, offset: int, length: int, piece: bytes) -> Response:
    _check_name(space, sha256)
    try:
        return _answer(sha256, services().photos.take(space, sha256, offset, length, piece), 201)
    except OffsetWrong as wrong:
        response = problem_json(Code.WRONG_OFFSET, PROOF_STATUSES[Code.WRONG_OFFSET])
        response.headers[OFFSET] = str(wrong.offset)
        return response


def _answer(sha256: str, progress: Progress, status: int) -> Response:
    if progress.is_whole:
        response = Response("", status)
        response.set_etag(sha256)  # so that no portal in between can say it: the phone forgets the photo now
        return response
    return Response("", 204, {OFFSET: str(progress.offset)})


def _check_name(space: str, sha256: str) -> None:
    town_of(space)
    if parse_digest(sha256) is None:
        raise Problem(Code.NOT_FOUND)


def _number(name: str) -> int:
    text = request.headers.get(name, "")
    if not _NUMBER.fullmatch(text):
        raise Problem(Code.BAD_REQUEST)
    return int(text)
