"""*Accueil*: what is open in the town, and what waits for the clerk who comes in."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, redirect, url_for

from civic.phases import moment_at
from sync_server.catalogue import Town
from sync_server.office.letters import count_new
from sync_server.office.moderation import newest_words
from sync_server.office.pages import draw, words
from sync_server.office.parts import Office, office
from sync_server.office.permits import Need, may, needs, scope
from sync_server.office.sessions import signed_in

blueprint = Blueprint("front_hall", __name__)
NEWEST = 5


class Open(NamedTuple):
    """A consultation that goes on: when its present phase ends, 0 where none is under way."""

    slug: str
    title: str
    ends_at: int
    is_permanent: bool


@blueprint.get("/office/")
@needs(Need.ACCOUNT)
def choose_town() -> Response:
    """The clerk's towns; the only one at once."""
    desk, found = office(), signed_in()
    spaces = sorted({one.space for one in found.roles})
    towns = [(space, town.content.space.name) for space in spaces if (town := desk.town(space)) is not None]
    if len(towns) == 1:
        return redirect(url_for("front_hall.show", space=towns[0][0]), 303)  # type: ignore[return-value]
    return draw("towns", towns=towns)


@blueprint.get("/office/space/<space>/")
@needs(Need.LOOK)
def show(space: str) -> Response:
    """What is open, what waits."""
    desk, found = office(), signed_in()
    town = desk.town(space)
    slugs = scope(found.roles, space, Need.LOOK)
    return draw(
        "front_hall",
        consultations=[] if town is None else _open(desk, town, slugs),
        hidden=desk.hiding.count(space),
        waiting=len(desk.invitations.waiting(space, desk.now())) if may(found.roles, space, Need.PEOPLE) else 0,
        unread=count_new(desk, space),
        newest=newest_words(desk, space, slugs, NEWEST),
        codes_left=desk.clerks.codes_left(found.clerk.id),
        site="" if town is None else desk.services.settings.site_url or town.content.space.site_url,
    )


def _open(desk: Office, town: Town, slugs: frozenset[str] | None) -> list[Open]:
    lang, now, found = words().lang, desk.now(), []
    for slug, rules in town.content.consultations.items():
        moment = moment_at(rules, now)
        if moment.state == "results" or (slugs is not None and slug not in slugs):
            continue
        texts = town.content.texts[slug]
        title = texts[lang if lang in texts else town.content.space.languages[0]].title
        phase = next((one for one in rules.phases if one.id == moment.phase), None)
        found.append(Open(slug, title, 0 if phase is None else phase.ends_at, rules.is_permanent))
    return found
