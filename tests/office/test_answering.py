"""Answers: given by a clerk, signed in the journal, kept in order, listed by status, merged without a circle."""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from civic.canonical import b64u_encode
from civic.journal import parse_journal_line
from civic.official import Answer, answer_bytes
from sync_server.office.parts import LANGUAGES
from sync_server.office.status_words import read_ready
from sync_server.storage.answers import answers_of
from sync_server.storage.tables import answers as answers_table
from tests.civic.town import MODULES, jti
from tests.contracts.history import rows
from tests.office.rooms import Browser, arrive, desk_of
from tests.sync_server.conftest import House, Opener
from tests.sync_server.test_moving_people import moved
from tests.sync_server.town_files import RULES

ROOM = "/office/space/valbrume/answers"
FORM = {"status": "study", "words-fr": "Merci.\r\nNous regardons.", "name": "Claire Morel, adjointe à la culture"}


@pytest.fixture
def ideas(house: House) -> House:
    """Two ideas, records no. 1 and 3, and a comment, no. 2."""
    ana = house.citizen(1)
    assert house.statuses(ana.propose(5), ana.comment(77, 5), ana.propose(6, "Un préau")) == ["accepted"] * 3
    return house


def given(house: House) -> Mapping[str, list[Answer]]:
    with house.services.ledger.reading() as now:
        return answers_of(now, "valbrume", "filature")


def say(browser: Browser, no: int, **changed: str) -> int:
    browser.get(f"{ROOM}/{no}")
    return browser.post(f"{ROOM}/{no}", {**FORM, **changed}).status_code


def titles(browser: Browser, query: str) -> list[str]:
    browser.get(f"{ROOM}?{query}")
    return re.findall(r'/answers/\d+" dir="auto" lang="fr">([^<]*)<', browser.page)


def test_an_answer_is_kept_signed_and_asks_for_a_rebuild(ideas: House) -> None:
    clerk = arrive(ideas, role="clerk", name="Carl Petit")
    before = ideas.services.ledger.positions()["valbrume"].rebuilds
    clerk.get(f"{ROOM}/1")
    assert 'value="Carl Petit"' in clerk.page
    assert say(clerk, 1) == 303
    assert say(clerk, 1) == 303  # pressed twice it is one answer
    assert say(clerk, 1, status="done", done="100", cost="9 400 €", milestone="2027-03-01") == 303
    study, done = given(ideas)[jti(5)]
    assert (study.words, study.name) == ({"fr": "Merci.\nNous regardons."}, FORM["name"])
    assert (done.status, done.done, done.cost, done.milestone) == ("done", 100, "9 400 €", "2027-03-01")
    assert ideas.services.ledger.positions()["valbrume"].rebuilds == before + 2
    said = [parse_journal_line(one).said for one in desk_of(ideas).journal.lines("valbrume")]
    lines = [one.about for one in said if one.do == "answer"]
    assert [one["status"] for one in lines] == ["study", "done"]
    assert lines[0]["hash"] == b64u_encode(sha256(answer_bytes(study)).digest())
    clerk.get(f"{ROOM}/3")
    assert f'value="{FORM["name"]}"' in clerk.page  # who answered once is who answers next


def test_the_list_is_cut_down_by_status(ideas: House) -> None:
    clerk = arrive(ideas, role="clerk")
    assert say(clerk, 1) == 303
    second, first = titles(clerk, "")
    assert second == "Un préau"
    assert titles(clerk, "module=ideas&status=study") == [first]
    assert titles(clerk, "status=none") == ["Un préau"]
    assert titles(clerk, "module=ideas&status=refused") == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"status": ""}, "Choisissez une décision"),
        ({"status": "refused", "words-fr": ""}, "Dites pourquoi"),
        ({"name": ""}, "Écrivez qui répond"),
        ({"status": "merged"}, "numéro d’une autre contribution"),
        ({"status": "merged", "into": "1"}, "continue déjà dans celle-ci"),
        ({"status": "merged", "into": "9"}, "numéro d’une autre contribution"),
        ({"done": "dix"}, "nombre entier"),
        ({"milestone": "demain"}, "2027-03-01"),
        ({"words-fr": "x" * 2001}, "trop longs"),
    ],
)
def test_a_wrong_answer_is_refused_in_words_and_what_was_typed_stays(
    ideas: House, changed: dict[str, str], sentence: str
) -> None:
    clerk = arrive(ideas, role="clerk")
    assert say(clerk, 1, cost="9 400 €", **changed) in (400, 422)
    assert sentence in clerk.page
    assert 'value="9 400 €"' in clerk.page
    assert given(ideas) == {}


def test_ideas_are_merged_by_number_and_not_in_a_circle(ideas: House) -> None:
    clerk = arrive(ideas, role="clerk")
    assert say(clerk, 3, status="merged", into="1") == 303
    assert given(ideas)[jti(6)][-1].into == jti(5)
    assert say(clerk, 1, status="merged", into="2") == 422
    assert say(clerk, 3, status="accepted", into="1") == 303  # taken apart again: the number is not looked at
    assert given(ideas)[jti(6)][-1].into == ""
    assert say(clerk, 1, status="merged", into="2") == 303


def test_only_what_pages_show_is_answered(ideas: House) -> None:
    clerk = arrive(ideas, role="clerk")
    assert say(clerk, 2) == 404  # a comment
    assert say(clerk, 99) == 404
    clerk.get("/office/space/valbrume/moderation/3")
    assert f"{ROOM}/3" in clerk.page
    assert clerk.post("/office/space/valbrume/moderation/3/hide", {"reason": "offtopic"}).status_code == 303
    assert say(clerk, 3) == 422
    assert say(clerk, 1, status="merged", into="2") == 422
    assert given(ideas) == {}


def test_a_ready_sentence_fills_the_form_in_every_language_of_the_town(ideas: House) -> None:
    clerk = arrive(ideas, role="clerk")
    clerk.get(f"{ROOM}/1?ready=study.0")
    assert clerk.page.count("Votre idée est à l’étude") == 2  # in the list, and in the form
    assert re.search(r'value="study" required checked', clerk.page)


def test_ready_sentences_are_there_in_every_language_and_for_statuses_that_exist() -> None:
    for name, module in MODULES.items():
        ready = read_ready(name)
        assert {one.status for one in ready} == set(module.statuses)
        assert all(sorted(one.words) == sorted(LANGUAGES) for one in ready)


def test_a_town_that_moves_takes_its_answers_along(ideas: House, tmp_path: Path) -> None:
    assert say(arrive(ideas, role="clerk"), 1) == 303
    there = moved(ideas, tmp_path)
    assert rows(there.services.ledger, answers_table) == rows(ideas.services.ledger, answers_table) != []
    there.services.close()


def test_who_answers_or_moderates_reads_where_it_is_and_goes_to_its_page(open_house: Opener) -> None:
    house = open_house(RULES + "[ideas]\nplace = true\n")
    ana = house.citizen(1)
    body: dict[str, Any] = {
        "title": "Un banc",
        "text": "Pour attendre le car.",
        "category": "",
        "name": "",
        "lang": "fr",
    }
    body |= {"place": {"address": "Rue du Moulin", "area": "", "lat": "", "lon": ""}}
    body |= {"photos": [{"sha256": "A" * 43, "alt": ""}]}
    assert house.statuses(ana.seal(ana.payload("proposal", f"proposal:{jti(5)}", body, jti=jti(5)))) == ["accepted"]
    clerk = arrive(house, role="clerk")
    for room in (f"{ROOM}/1", "/office/space/valbrume/moderation/1"):
        clerk.get(room)
        assert '<strong dir="auto">Rue du Moulin</strong>' in clerk.page
        assert "Photos\u00a0: 1, sur sa page." in clerk.page
        assert '/filature/1/">Voir la page publique</a>' in clerk.page
