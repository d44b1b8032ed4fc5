"""What a town sets for ideas: what can be kept and shown is taken, anything else is refused."""

import csv
import io
import json

import pytest

from civic.declaration import DeclarationError
from civic.modules.ideas.settings import settings_of
from civic.refusals import Refused
from tests.civic.town import MODULES, RULES_TOML, consultation

OPEN = 'modules = ["ideas"]\ncounts = "open"\n[[phase]]\nid = "vote"\nstarts_at = 2026-03-01T00:00:00Z\n'
OPEN += 'ends_at = 2026-03-31T00:00:00Z\nopen = ["proposal", "vote"]\n'


def test_a_town_may_promise_to_examine_what_enough_people_support() -> None:
    promised = consultation(f"{OPEN}[ideas]\nthreshold = 50\n")
    MODULES["ideas"].check(promised)
    assert settings_of(promised).threshold == 50
    MODULES["ideas"].check(consultation(OPEN))
    assert settings_of(consultation(RULES_TOML)).threshold == 0


@pytest.mark.parametrize(
    "rules",
    [
        f"{OPEN}[ideas]\nthreshold = 0\n",
        f"{OPEN}[ideas]\nthreshold = 1000001\n",
        f'{OPEN}[ideas]\nthreshold = "50"\n',
        f"{OPEN}[ideas]\nthreshhold = 50\n",
        OPEN.replace('"open"\n[', '"hidden"\n[') + "[ideas]\nthreshold = 50\n",
        OPEN.replace(', "vote"]', "]") + "[ideas]\nthreshold = 50\n",
    ],
)
def test_a_threshold_that_cannot_be_kept_or_shown_is_refused(rules: str) -> None:
    with pytest.raises(DeclarationError):
        MODULES["ideas"].check(consultation(rules))


COSIGNED = OPEN.replace('"vote"]', '"vote", "cosign"]')
TREE = """
[[ideas.tree]]
id = "quartier"
label = {fr = "Quartier", en = "Part of town"}
[[ideas.tree.category]]
id = "centre"
label = {fr = "Centre", en = "Centre"}
[[ideas.tree.category.category]]
id = "halle"
label = {fr = "La halle", en = "The hall"}
[[ideas.tree.category]]
id = "port"
retired = true
label = {fr = "Le port", en = "The port"}
"""


def test_an_idea_is_filed_under_what_nothing_stands_under_and_nobody_is_offered_what_is_retired() -> None:
    tree = settings_of(consultation(OPEN + TREE)).trees["quartier"]
    assert [one.id for one in tree.choices()] == ["halle"]
    assert [tree.is_choice(one) for one in ("centre", "halle", "port", "lune")] == [False, True, True, False]
    assert [tree.top_of(one) for one in ("centre", "halle", "lune")] == ["centre", "centre", ""]


def test_cosigners_may_be_asked_for_where_co_signatures_are_taken_and_shown() -> None:
    asked = consultation(f"{COSIGNED}[ideas]\ncosigners = 3\n")
    MODULES["ideas"].check(asked)
    assert settings_of(asked).cosigners == 3
    MODULES["ideas"].check(consultation(COSIGNED))


@pytest.mark.parametrize(
    "rules",
    [
        f"{OPEN}[ideas]\ncosigners = 3\n",
        COSIGNED.replace('"open"\n[', '"hidden"\n['),
        f"{COSIGNED}[ideas]\ncosigners = 0\n",
        OPEN + TREE.replace('id = "quartier"', 'id = "mon-quartier"'),
        OPEN + TREE.replace('id = "port"', 'id = "halle"'),
        OPEN + TREE + TREE,
        OPEN + TREE.partition("[[ideas.tree.category]]")[0],
        f'{OPEN}[ideas]\nplace = "yes"\n',
    ],
)
def test_what_cannot_be_kept_or_shown_is_refused(rules: str) -> None:
    with pytest.raises(DeclarationError):
        MODULES["ideas"].check(consultation(rules))


ASKING = f"{COSIGNED}[ideas]\nplace = true\ndate = true\n{TREE}"
IDEA = {"title": "Un banc", "text": "Devant l’école, pour attendre.", "category": "", "name": "", "lang": "fr"}
SAID = {
    "place": {"address": "", "area": "", "lat": "48.75000", "lon": "-0.35700"},
    "date": "2026-05-09",
    "trees": {"quartier": "halle"},
}


@pytest.mark.parametrize("name", SAID)
def test_what_the_town_does_not_ask_is_no_part_of_an_idea(name: str) -> None:
    ideas = MODULES["ideas"]
    ideas.parse("proposal", IDEA | {name: SAID[name]}, consultation(ASKING), ("fr",))
    with pytest.raises(Refused):
        ideas.parse("proposal", IDEA | {name: SAID[name]}, consultation(COSIGNED), ("fr",))


def test_open_data_tell_what_ideas_say_of_place_day_and_theme() -> None:
    rules = consultation(ASKING)
    shelf = MODULES["ideas"].shelf(rules)
    shelf.put("consultation", {"state": "open", "results": None})
    document = {"id": "A" * 22, "number": 1, **IDEA, "received_at": 0, "as_of": 0, "revised": False,
                "withdrawn": False, "unsigned": False, "votes": None, **SAID, "cosigners": 2}  # fmt: skip
    shelf.put("proposals", document)
    files = {one.path.rpartition("/")[2]: one.content() for one in shelf.files()}
    (row,) = json.loads(files["proposals.json"])["proposals"]
    assert {name: row[name] for name in (*SAID, "cosigners")} == SAID | {"cosigners": 2}
    (line,) = csv.DictReader(io.StringIO(files["proposals.csv"].decode("utf-8-sig")))
    told = {name: line[name] for name in ("lat", "lon", "date", "tree_quartier", "cosigners")}
    assert told == {"lat": "48.75", "lon": "-0.357", "date": "2026-05-09", "tree_quartier": "halle", "cosigners": "2"}
