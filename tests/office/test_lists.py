"""Who registered: the town hall reads names that are published nowhere, and the journal says who did."""

from pathlib import Path

import pytest

from civic.journal import parse_journal_line
from civic.modules.news.articles import slot_id
from tests.office.rooms import arrive, desk_of
from tests.sync_server.conftest import House, Opener
from tests.sync_server.town_files import SLUG

ROOM = "/office/space/valbrume/lists"
RULES = """
modules = ["news"]
counts = "open"
publish_rows = false
grace = "24h"
[[phase]]
id = "collect"
starts_at = 2026-01-01T00:00:00Z
open = ["registration"]
"""
TABLE = """
date = 2026-01-01T09:00:00Z
[event]
starts_at = 2027-01-01T09:00:00Z
ends_at = 2027-01-01T12:00:00Z
place = "Salle des fêtes"
seats = 2
seats_each = 2
"""


@pytest.fixture
def party(open_house: Opener, settings: object, tmp_path: Path) -> House:
    """An event with two seats, for which Ana asks two and Bela one."""
    folder = tmp_path / "var" / "content" / "valbrume" / "consultations" / SLUG / "news" / "fete"
    folder.mkdir(parents=True)
    (folder / "article.toml").write_text(TABLE, "utf-8")
    for lang in ("fr", "en"):
        (folder / f"{lang}.md").write_text("title: La fête\n\nVenez.\n", "utf-8")
    house = open_house(RULES)
    for number, seats, name in ((1, 2, "=Ana Ruiz"), (2, 1, "Béla")):
        body = {"event": "fete", "seats": seats, "name": name, "lang": "fr"}
        citizen, slot = house.citizen(number), slot_id(SLUG, "fete")
        text = citizen.seal(citizen.payload("registration", f"registration:{slot}", body, jti=f"{number:021d}A"))
        assert house.statuses(text) == ["accepted"]
    return house


def test_a_clerk_takes_the_list_and_the_journal_says_so(party: House) -> None:
    clerk = arrive(party, role="clerk")
    clerk.get(ROOM)
    assert "1 inscriptions, 1 en attente" in clerk.page
    assert "Ruiz" not in clerk.page.replace("Ana Ruiz", "")  # of the clerk herself, who bears the same name
    table = clerk.post(f"{ROOM}/{SLUG}/{slot_id(SLUG, 'fete')}")
    assert table.status_code == 200
    lines = table.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Rang,État,N°,Reçu,Nom,Places,Langue"
    assert [line.split(",")[1] for line in lines[1:]] == ["inscrit", "en attente"]
    assert "'=Ana Ruiz,2,fr" in lines[1]  # a spreadsheet must not run it
    assert lines[2].endswith("Béla,1,fr")
    last = parse_journal_line(desk_of(party).journal.lines("valbrume")[-1]).said
    assert (last.do, last.about["consultation"]) == ("list", SLUG)
    clerk.get(ROOM)
    assert clerk.post(f"{ROOM}/{SLUG}/{'A' * 22}").status_code == 404


@pytest.mark.parametrize("role", ["reader", "moderator"])
def test_names_are_for_clerks_alone(party: House, role: str) -> None:
    other = arrive(party, role=role)
    assert other.get(ROOM).status_code == 403
    other.get("/office/space/valbrume/moderation")
    assert other.post(f"{ROOM}/{SLUG}/{slot_id(SLUG, 'fete')}").status_code == 403


def test_a_moderator_does_not_see_them_among_what_people_wrote(party: House) -> None:
    mona = arrive(party, role="moderator", name="Mona")
    assert "Béla" not in mona.get("/office/space/valbrume/moderation").text
