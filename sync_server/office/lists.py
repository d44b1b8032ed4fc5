"""*Listes*: who stands in line for what the town offers, with the names that are published nowhere.

A list is read as a file, and the journal says who took it.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response

from civic import modules
from civic.consultation import Consultation
from civic.queues import Place, Queue, Queueing, queues_of
from civic.refusals import Code, Refused
from civic.tables import csv_bytes
from sync_server.drafts import body_of
from sync_server.office.pages import draw, when, words
from sync_server.office.parts import Office, office
from sync_server.office.permits import Need, may, needs, scope
from sync_server.office.sessions import signed_in
from sync_server.storage.queues import InLine, in_line

blueprint = Blueprint("lists", __name__)
ROOM = "/office/space/<space>/lists"
IN = "in"


class Listed(NamedTuple):
    """A line as a clerk sees it: what it is for, how many acts have a seat, how many wait."""

    consultation: str
    id: str
    title: str
    at: int
    seated: int
    waiting: int


@blueprint.get(ROOM)
@needs(Need.WRITE)
def show(space: str) -> Response:
    """Every line of the clerk's consultations, the newest first."""
    desk, slugs = office(), scope(signed_in().roles, space, Need.WRITE)
    found = [one for rules in _rules(desk, space) if slugs is None or rules.slug in slugs
             for one in _listed(desk, space, rules)]  # fmt: skip
    return draw("lists", lists=sorted(found, key=lambda one: -one.at))


@blueprint.post(f"{ROOM}/<slug>/<identity>")
@needs(Need.WRITE)
def take(space: str, slug: str, identity: str) -> Response:
    """One line as a table that a spreadsheet opens, in the order of the line."""
    desk, found = office(), signed_in()
    rules = next((one for one in _rules(desk, space) if one.slug == slug), None)
    module, queue = (None, None) if rules is None else _find(rules, identity)
    if rules is None or module is None or queue is None:
        raise Refused(Code.NOT_FOUND)
    if not may(found.roles, space, Need.WRITE, slug):
        raise Refused(Code.UNAUTHORISED)
    data = _table(desk, space, rules, module, queue)
    with desk.services.ledger.writing() as connection:
        desk.write(connection, space, found.clerk, "list", consultation=slug, item=identity)
    answer = Response(data, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-{identity}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _rules(desk: Office, space: str) -> list[Consultation]:
    town = desk.town(space)
    return [] if town is None else list(town.content.consultations.values())


def _queueing(rules: Consultation) -> list[Queueing]:
    known = modules.load()
    own = [known[name] for name in rules.modules if name in known]
    return [one for one in own if isinstance(one, Queueing)]


def _find(rules: Consultation, identity: str) -> tuple[Queueing | None, Queue | None]:
    for module in _queueing(rules):
        for queue in module.queues(rules):
            if queue.id == identity:
                return module, queue
    return None, None


def _listed(desk: Office, space: str, rules: Consultation) -> list[Listed]:
    found = []
    for module in _queueing(rules):
        with desk.services.ledger.reading() as now:
            standing = in_line(now, space, rules.slug, module.queued)
        lines = queues_of(one.line for one in standing)
        for queue in module.queues(rules):
            states = module.states(queue.id, rules, lines.get(queue.id, ()))
            seated = states.count(IN)
            title = _title(queue, rules)
            found.append(Listed(rules.slug, queue.id, title, queue.at, seated, len(states) - seated))
    return found


def _title(queue: Queue, rules: Consultation) -> str:
    return queue.title.get(words().lang, "") or queue.title[rules.languages[0]]


def _table(desk: Office, space: str, rules: Consultation, module: Queueing, queue: Queue) -> bytes:
    t, town = words(), desk.town(space)
    zone = "UTC" if town is None else town.content.space.timezone
    with desk.services.ledger.reading() as now:
        found = in_line(now, space, rules.slug, module.queued)
    standing = [one for one in found if one.line.subject == queue.id and one.line.counted]
    places = [Place(one.line.no, one.line.kind, one.line.counted[0].choice) for one in standing]
    states = module.states(queue.id, rules, places)
    told = [_told(module, one) for one in standing]
    names = list(dict.fromkeys(name for one in told for name in one))
    rows = [
        [str(rank), t(f"office.lists.{state}"), str(one.line.no), when(one.rx, zone, t.lang),
         *(said.get(name, "") for name in names)]
        for rank, (one, state, said) in enumerate(zip(standing, states, told, strict=True), 1)
    ]  # fmt: skip
    head = [t(f"office.lists.{name}") for name in ("rank", "state", "no", "at")]
    return csv_bytes([*head, *(t.find(f"office.lists.{name}", f"field.{name}") or name for name in names)], rows)


def _told(module: Queueing, one: InLine) -> dict[str, str]:
    """What the act says; nothing of it is left once its person was erased."""
    return {} if one.envelope is None else dict(module.told(one.line.kind, body_of(one.envelope)))
