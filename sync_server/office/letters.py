"""*Messages*: private letters, opened for clerks who may write for the town, answered to the phone that wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask import Blueprint, Response, redirect, request, url_for

from civic.canonical import b64u_decode, b64u_encode, parse_json
from civic.journal import line_hash
from civic.refusals import Code, Refused
from civic.sealed_letter import TEXT, SealedLetter, Words, answer_info, padded
from civic.text import check_text, normalise
from sync_server.hpke import seal_to
from sync_server.letter_keys import LetterUnreadable, open_letter
from sync_server.office.pages import draw
from sync_server.office.parts import LANGUAGES, Office, office
from sync_server.office.permits import Need, may, needs, scope
from sync_server.office.sessions import is_fresh, signed_in
from sync_server.office.writing import confirm
from sync_server.problems import Problem
from sync_server.storage.hiding import Place as Slot
from sync_server.storage.letters import CLOSED, NEW, STATUSES, Answer, Letters, Place, Sent, Talk
from sync_server.storage.people import lock_space

blueprint = Blueprint("letters", __name__)
A_PAGE = 30
READY = ("received", "passed", "visit", "done")  # ready sentences: office.letters.ready.<name>
COPIES = "letter_answers"  # place in the vault
TALK = "/office/space/<space>/letters/<slug>/<thread>"


class Row(NamedTuple):
    """A talk in the list."""

    talk: Talk
    consultation: str
    subject: str
    lang: str


class Line(NamedTuple):
    """Something said in a talk; `text` is "" where it can't be read (any more), `who` "" for the citizen."""

    at: int
    who: str
    text: str
    lang: str


class Found(NamedTuple):
    """A talk with what it says: `first` is the letter as it travelled, None once it is erased."""

    talk: Talk
    first: SealedLetter | None
    subject: str
    lang: str
    lines: tuple[Line, ...]


@blueprint.get("/office/space/<space>/letters")
@needs(Need.WRITE)
def show_all(space: str) -> Response:
    """The talks that are not closed, those that nobody has read first; all of them where `status` asks."""
    asked = request.args.get("status", "")
    rows = list(_rows(office(), space, [asked] if asked in STATUSES else [one for one in STATUSES if one != CLOSED]))
    page = max(0, request.args.get("page", 0, int))
    shown = [_titled(office(), space, *one) for one in rows[page * A_PAGE : (page + 1) * A_PAGE]]
    more = page + 1 if len(rows) > (page + 1) * A_PAGE else 0
    return draw("letters", rows=shown, more=more, chosen=asked, statuses=STATUSES)


@blueprint.get(TALK)
@needs(Need.WRITE)
def show_one(space: str, slug: str, thread: str) -> Response:
    """One talk; whoever opens it has read it."""
    desk, place = office(), Place(space, slug, thread)
    found = _find(desk, place)
    if found.talk.status == NEW:
        with desk.services.ledger.writing() as connection:
            Letters(desk.services.ledger).see(connection, place, found.talk.letters[-1].no, desk.now())
        found = _find(desk, place)
    return _page(place, found, None)


@blueprint.post(f"{TALK}/answer")
@needs(Need.WRITE)
def answer(space: str, slug: str, thread: str) -> Response:
    """Seals an answer to the phone that wrote, and keeps it until that phone asks."""
    desk, place, clerk = office(), Place(space, slug, thread), signed_in().clerk
    found, stored = _find(desk, place), Letters(desk.services.ledger)
    try:
        words = _answer_words(found, clerk.name)
    except Refused as no:
        return _page(place, found, no)
    first = found.first
    if first is None:
        raise Refused(Code.NOT_FOUND)
    with desk.services.ledger.writing() as connection:
        lock_space(desk.services.ledger, connection, space)
        n = stored.next_number(connection, place)
        sealed = seal_to(b64u_decode(first.reply), answer_info(space, slug, thread, n), padded(words))
        copy = desk.vault.seal(words._asdict(), COPIES, space, slug, thread, str(n))
        stored.answer(connection, place, Answer(n, sealed, copy, clerk.id, desk.now()))
        stored.close(connection, place, found.talk.letters[-1].no, desk.now(), is_open=True)
        said = {"consultation": slug, "thread": thread, "n": str(n), "hash": line_hash(b64u_encode(sealed))}
        desk.write(connection, space, clerk, "reply", **said)
    return _back(place)


@blueprint.post(f"{TALK}/close")
@needs(Need.WRITE)
def close(space: str, slug: str, thread: str) -> Response:
    """Closes the talk, or opens it again; a new letter opens it by itself."""
    desk, place, clerk = office(), Place(space, slug, thread), signed_in().clerk
    found = _find(desk, place)
    is_open = found.talk.status == CLOSED
    with desk.services.ledger.writing() as connection:
        no = found.talk.letters[-1].no
        Letters(desk.services.ledger).close(connection, place, no, desk.now(), is_open=is_open)
        desk.write(connection, space, clerk, "reopen" if is_open else "close", consultation=slug, thread=thread)
    return _back(place)


@blueprint.post(f"{TALK}/erase")
@needs(Need.WRITE)
def erase(space: str, slug: str, thread: str) -> Response:
    """Erases the talk: letters and answers. Nobody gets them back, so the password is asked."""
    desk, place, here = office(), Place(space, slug, thread), signed_in()
    found = _find(desk, place)
    try:
        confirm(desk, here)
    except (Refused, Problem) as no:
        return _page(place, found, no)
    desk.hiding.prepare_erasing(space)
    (kind,) = _kinds(desk, place)
    with desk.services.ledger.writing() as connection:
        lock_space(desk.services.ledger, connection, space)
        for one in found.talk.letters:
            desk.hiding.erase(connection, Slot(space, slug, f"{kind}:{one.id}"), desk.now())
        desk.write(connection, space, here.clerk, "erase-talk", consultation=slug, thread=thread)
    return redirect(url_for("letters.show_all", space=space), 303)  # type: ignore[return-value]


def count_new(desk: Office, space: str) -> int:
    """How many talks nobody has read, of those that whoever is signed in may read."""
    return sum(1 for _ in _rows(desk, space, [NEW]))


def _rows(desk: Office, space: str, statuses: Sequence[str]) -> Iterator[tuple[str, Talk]]:
    slugs, stored = scope(signed_in().roles, space, Need.WRITE), Letters(desk.services.ledger)
    talks = [
        (slug, talk)
        for slug, kinds in desk.letter_boxes(space).items()
        if slugs is None or slug in slugs
        for talk in stored.talks(space, slug, kinds)
        if talk.status in statuses and not all(one.withdrawn for one in talk.letters)
    ]
    talks.sort(key=lambda one: (STATUSES.index(one[1].status), -one[1].moved_at))
    return iter(talks)


def _titled(desk: Office, space: str, slug: str, talk: Talk) -> Row:
    _, words = _opened(desk, Place(space, slug, talk.thread), talk.letters[:1]).get(talk.letters[0].no, (None, None))
    return Row(talk, slug, *(("", "") if words is None else (words.subject, words.lang)))


def _kinds(desk: Office, place: Place) -> frozenset[str]:
    return desk.letter_boxes(place.space).get(place.consultation, frozenset())


def _find(desk: Office, place: Place) -> Found:
    """The talk, opened; Refused NOT_FOUND or UNAUTHORISED."""
    if not may(signed_in().roles, place.space, Need.WRITE, place.consultation):
        raise Refused(Code.UNAUTHORISED)
    stored, kinds = Letters(desk.services.ledger), _kinds(desk, place)
    owners = stored.owners(place.space, place.consultation, [f"{kind}:{place.thread}" for kind in kinds])
    voters = [voter for voter, _ in owners.values()]
    found = stored.talks(place.space, place.consultation, kinds, voters) if voters else []
    talk = next((one for one in found if one.thread == place.thread), None)
    if talk is None:
        raise Refused(Code.NOT_FOUND)
    opened = _opened(desk, place, talk.letters)
    lines = [_letter_line(one, opened.get(one.no)) for one in talk.letters if not one.withdrawn]
    lines += [_answer_line(desk, place, one) for one in talk.answers]
    first, words = next((opened[one.no] for one in talk.letters if one.no in opened), (None, None))
    subject, lang = ("", "") if words is None else (words.subject, words.lang)
    return Found(talk, first, subject, lang, tuple(sorted(lines, key=lambda one: one.at)))


def _opened(desk: Office, place: Place, letters: Sequence[Sent]) -> dict[int, tuple[SealedLetter, Words | None]]:
    """Letters that are still there, by the number of their record; their words None where no key of ours opens them."""
    stored, opened = Letters(desk.services.ledger), dict[int, tuple[SealedLetter, Words | None]]()
    keys = stored.keys(place.space)
    numbers = [one.no for one in letters if not one.withdrawn]
    for no, envelope in stored.envelopes(place.space, numbers).items():
        body = parse_json(b64u_decode(envelope.split(".")[1]))["body"]
        # The gate checked its form before the ledger kept it, under the keys of its day.
        letter = SealedLetter(body["thread"] or "", body["to"], body["reply"], b64u_decode(body["sealed"]))
        try:
            opened[no] = letter, open_letter(desk.vault, keys, place.space, place.consultation, letter)
        except LetterUnreadable:
            opened[no] = letter, None
    return opened


def _letter_line(one: Sent, opened: tuple[SealedLetter, Words | None] | None) -> Line:
    words = None if opened is None else opened[1]
    return Line(one.rx, "", "" if words is None else words.text, "" if words is None else words.lang)


def _answer_line(desk: Office, place: Place, one: Answer) -> Line:
    said = Words(**desk.vault.open(one.copy, COPIES, *place, str(one.n)))
    return Line(one.at, said.name, said.text, said.lang)


def _answer_words(found: Found, name: str) -> Words:
    """What the clerk has typed; Refused BAD_PAYLOAD where it is nothing, or too much."""
    text = check_text(normalise(request.form.get("text", ""), lines=True), "answer", 1, TEXT[1], lines=True)
    words = Words("", text, found.lang if found.lang in LANGUAGES else LANGUAGES[0], name[:60])
    try:
        padded(words)
    except ValueError as error:
        raise Refused(Code.BAD_PAYLOAD, "answer") from error
    return words


def _page(place: Place, found: Found, no: Refused | Problem | None) -> Response:
    desk, lang = office(), found.lang if found.lang in LANGUAGES else LANGUAGES[0]
    ready = request.args.get("ready", "")
    sentence = desk.words[lang](f"office.letters.ready.{ready}") if ready in READY else ""
    return draw(
        "letter", no=no, found=found, place=place, ready=READY, typed=request.form.get("text", sentence),
        closed=CLOSED, is_fresh=is_fresh(signed_in()),
    )  # fmt: skip


def _back(place: Place) -> Response:
    return redirect(  # type: ignore[return-value]
        url_for("letters.show_one", space=place.space, slug=place.consultation, thread=place.thread), 303
    )
