"""The demo's town is fit to be shown, on whatever day it is opened."""

from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from civic import modules
from civic.admission import Rules, check
from civic.content import Content, parse_content
from civic.envelope import parse_envelope
from civic.phases import moment_at
from civic.replay import Standing
from sync_server.catalogue import read_files
from sync_server.demo import TOWN, copy_town, shift_to, today_in
from sync_server.demo_past import sessions

PARIS = ZoneInfo("Europe/Paris")
DAYS = [date(2026, 11, 23), date(2027, 7, 14), date(2026, 3, 29), date(2031, 2, 28)]


def town_on(day: date, folder: Path) -> Content:
    copy_town(shift_to(day), folder)
    return parse_content(read_files(folder))


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("hour", [0, 12, 23])
def test_there_is_one_consultation_in_each_phase(tmp_path: Path, day: date, hour: int) -> None:
    town = town_on(day, tmp_path)
    now = int(datetime(day.year, day.month, day.day, hour, 30, tzinfo=PARIS).timestamp())
    moments = {slug: moment_at(one, now) for slug, one in town.consultations.items()}
    found = {(moment.state, moment.phase) for moment in moments.values()}
    assert {("open", "collect"), ("open", "analysis"), ("open", "vote"), ("results", "")} == found
    assert {one.counts for one in town.consultations.values()} == {"hidden", "open"}
    assert today_in(tmp_path, now) == day


@pytest.mark.parametrize("day", DAYS)
def test_hours_stay_what_they_are_in_every_season(tmp_path: Path, day: date) -> None:
    town = town_on(day, tmp_path)
    for consultation in (one for one in town.consultations.values() if not one.is_permanent):
        ends = {datetime.fromtimestamp(phase.ends_at, PARIS).hour for phase in consultation.phases}
        assert ends == {20}


@pytest.mark.parametrize("day", DAYS)
def test_every_act_of_the_past_is_taken_by_the_one_gate(tmp_path: Path, day: date) -> None:
    town = town_on(day, tmp_path)
    rules = {slug: Rules(one, frozenset({one.mh}), town.space.languages) for slug, one in town.consultations.items()}
    known = modules.load()
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=PARIS).timestamp())
    standing, number = Standing(), 0
    for session in sessions(town.consultations, shift_to(day)):
        assert session.at < midnight
        for sealed in session.envelopes:
            number += 1
            act = check(parse_envelope(sealed.text), town.space.id, rules, known, session.at, "")
            assert act.envelope.id == sealed.id
            standing.take(act, number)
    proposals = {slug: sum(1 for one, slot in standing.owners if one == slug and slot.startswith("proposal:"))
                 for slug in town.consultations}  # fmt: skip
    public = [one for one in town.consultations.values() if not one.private]
    assert all(8 <= proposals[one.slug] <= 25 for one in public if "ideas" in one.modules)
    voters = {slug: len({voter for one, slot, voter in standing.heads
                         if one == slug and slot.startswith(("vote:", "ballot:", "survey:", "basket:"))})
              for slug in town.consultations}  # fmt: skip
    invented = {one.slug for one in public if one.mode == "open" and not one.is_permanent}  # nobody invents a proof
    assert all(40 <= voters[slug] <= 150 for slug in invented - {"abords-ecole"})


def test_the_same_acts_come_out_every_time(tmp_path: Path) -> None:
    town = town_on(DAYS[0], tmp_path)
    ids = [
        [one.id for session in sessions(town.consultations, shift_to(DAYS[0])) for one in session.envelopes]
        for _ in range(2)
    ]
    assert ids[0] == ids[1]


def test_the_pictures_are_small_and_made_of_paths() -> None:
    for name, limit in (("arms.svg", 600), ("skyline.svg", 1000)):
        data = (TOWN / name).read_bytes()
        assert len(data) <= limit
        assert {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(data).iter()} == {"svg", "path"}


def test_words_never_said_to_a_citizen_are_not_said() -> None:
    never = ("enveloppe", "hash", "jeton", "serveur", "hors ligne", "module", "session", "bug", "veuillez")
    for file in TOWN.rglob("fr.md"):
        text = file.read_text("utf-8").lower()
        assert [word for word in never if word in text] == [], file
        assert not [line for line in text.splitlines() if "!" in line.replace("![", "")], file
