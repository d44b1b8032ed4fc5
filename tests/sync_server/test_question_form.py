"""A ballot from the plain form: reviewed in words, boxes ticked together, blank, and no answer at all."""

import html
import re

import pytest

from civic.envelope import parse_envelope
from sync_server.storage.tables import payloads
from tests.civic.asked import QUESTIONS_TOML, slot
from tests.contracts.history import rows
from tests.sync_server.conftest import House, Opener

RULES = f"""
modules = ["question"]
unsigned = ["ballot"]
[[phase]]
id = "vote"
starts_at = 2026-01-01T00:00:00Z
ends_at = 2099-01-01T00:00:00Z
open = ["ballot"]
{QUESTIONS_TOML}
"""


@pytest.fixture
def house(open_house: Opener) -> House:
    return open_house(RULES)


def review(house: House, question: str, *choice: str, lang: str = "fr"):
    form = {"consultation": "filature", "kind": "ballot", "target": slot(question), "lang": lang, "question": question}
    return house.client.post("/form", data=form | ({"choice": list(choice)} if choice else {}))


def confirm(house: House, page: str) -> list[str]:
    """The answers of the ballot that is in the ledger once the review in `page` is confirmed."""
    found = re.search(r'name="draft" value="([^"]*)"', page)
    assert found, page
    house.client.post("/form/confirm", data={"draft": html.unescape(found[1])})
    (payload,) = rows(house.services.ledger, payloads)
    (text,) = [one for one in payload if isinstance(one, str) and one.count(".") == 2]
    return list(parse_envelope(text).body["choice"])


def test_the_review_says_question_and_answer_in_words(house: House) -> None:
    page = review(house, "soir", "jeudi")
    assert page.status_code == 200
    assert "<dt>Question aux habitants</dt><dd>Quel soir ?</dd>" in page.text
    assert "<dt>Votre réponse</dt><dd>Le jeudi, après l’école</dd>" in page.text
    assert confirm(house, page.text) == ["jeudi"]


def test_boxes_ticked_together_are_one_ballot(house: House) -> None:
    page = review(house, "lieux", "quai", "gare", lang="en")
    assert "<dd>On the quay, At the station</dd>" in page.text
    assert '<select id="choice" name="choice" multiple>' in page.text
    assert confirm(house, page.text) == ["gare", "quai"]


def test_a_blank_is_an_answer(house: House) -> None:
    page = review(house, "principe", "blank")
    assert "<dd>Blanc</dd>" in page.text
    assert confirm(house, page.text) == []


@pytest.mark.parametrize("choice", [(), ("",), ("blank", "gare"), ("gare", "place", "quai"), ("midi",)])
def test_what_is_no_answer_is_said_before_the_review(house: House, choice: tuple[str, ...]) -> None:
    page = review(house, "lieux", *choice)
    assert page.status_code == 422
    assert "Choisissez une des réponses." in page.text
