"""A questionnaire from the plain form: reviewed in words, every field under its question, refused with what to mend."""

import html
import re
from pathlib import Path

import pytest

from civic.envelope import parse_envelope
from civic.modules.survey.module import slot_id
from sync_server.confided import write_words
from sync_server.storage.tables import payloads
from tests.civic.test_survey import ASKED
from tests.contracts.history import rows
from tests.sync_server.conftest import House, Opener

RULES = f"""
modules = ["survey"]
publish_rows = false
unsigned = ["survey"]
[[phase]]
id = "vote"
starts_at = 2026-01-01T00:00:00Z
ends_at = 2099-01-01T00:00:00Z
open = ["survey"]
[survey]
{ASKED}
"""


@pytest.fixture
def house(open_house: Opener) -> House:
    return open_house(RULES)


def review(house: House, **fields: str):
    form = {"consultation": "filature", "kind": "survey", "target": slot_id("filature"), "lang": "fr"}
    named = {f"answers.{name.replace('_', '#')}": value for name, value in fields.items()}
    return house.client.post("/form", data=form | named)


def confirm(house: House, page: str) -> None:
    found = re.search(r'name="draft" value="([^"]*)"', page)
    assert found
    house.client.post("/form/confirm", data={"draft": html.unescape(found[1])})


def test_the_review_says_each_question_and_its_answer(house: House) -> None:
    page = review(house, mange="oui", note_="4", prix_="", mot="Une\r\nligne")
    assert page.status_code == 200
    assert "<dt>Mange-t-il ?</dt><dd>Oui</dd>" in page.text
    assert "<dt>Quelle note ?</dt><dd>4</dd>" in page.text
    assert re.search(r'<textarea id="answers.mot"[^>]*>\nUne\r?\nligne', page.text)
    confirm(house, page.text)
    (payload,) = rows(house.services.ledger, payloads)
    (text,) = [one for one in payload if isinstance(one, str) and one.count(".") == 2]
    assert parse_envelope(text).body == {"answers": {"mange": "oui", "note": 4, "mot": "Une\nligne"}}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mange": "oui"}, "Une réponse obligatoire manque."),
        ({"mange": "non", "note_": "3"}, "qui ne vous concerne pas"),
        ({"mange": "non", "prix_": "beaucoup"}, "Une réponse manque ou ne convient pas."),
        ({}, "Une réponse manque ou ne convient pas."),
    ],
)
def test_a_refusal_says_what_to_mend_and_keeps_what_was_entered(
    house: House, fields: dict[str, str], said: str
) -> None:
    page = review(house, **fields)
    assert page.status_code == 422
    assert said in html.unescape(page.text)
    assert all(f'name="answers.{name.replace("_", "#")}"' in page.text for name in fields)


def test_the_town_hall_reads_the_words_and_nothing_of_whose_they_are(house: House, tmp_path: Path) -> None:
    for words in ("Trop de bruit", "=1+1", ""):
        confirm(house, review(house, mange="non", mot=words).text)
    (town,) = house.services.catalogue.towns().values()
    target = tmp_path / "words.csv"
    assert write_words(house.services.ledger, town.content, "filature", house.services.modules, target) == 2
    lines = target.read_text("utf-8-sig").splitlines()
    assert lines == ["about,words", "Un mot ?,'=1+1", "Un mot ?,Trop de bruit"]
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        write_words(house.services.ledger, town.content, "filature", house.services.modules, target)
