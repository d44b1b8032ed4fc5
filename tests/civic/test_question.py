"""The town asks: what it may declare, what the gate takes, what counts."""

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.admission import Act, Rules
from civic.consultation import parse_consultation
from civic.declaration import DeclarationError
from civic.modules.question.count import count_of
from civic.questions import read_questions
from civic.refusals import Code, Refused
from civic.replay import Standing, replay, widened
from civic.slots import Counted
from tests.civic.asked import QUESTIONS_TOML, asking, ballot, slot
from tests.civic.town import DAY, MODULES, OPENS, TEXTS, Citizen, act_of, consultation, jti, space

RULES = asking()
QUESTION = MODULES["question"]


def totals(standing: Standing, question: str) -> dict[str, int]:
    return {one.choice: n for (_, one), n in standing.totals.items() if one.item == slot(question) and n}


def test_a_consultation_without_questions_keeps_the_manifest_it_had() -> None:
    assert "questions" not in json.loads(consultation().manifest)


def test_the_manifest_names_what_is_asked() -> None:
    (first, _, third) = json.loads(RULES.manifest)["questions"]
    assert first == {
        "id": "principe", "type": "single", "options": ["for", "against"], "max": 1, "wins": "most",
        "text_sha256": first["text_sha256"],
    }  # fmt: skip
    assert (third["type"], third["options"], third["max"]) == ("multi", ["place", "quai", "gare"], 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Un marché du soir ?", "Un marché de nuit ?"),
        ("From June to August.", "All year."),
        ("Le mardi", "Le lundi"),
        ('id = "mardi"', 'id = "lundi"'),
        ("max = 2", "max = 3"),
    ],
)
def test_every_word_of_a_question_is_hashed_into_the_ballots(old: str, new: str) -> None:
    assert old in QUESTIONS_TOML
    assert asking(questions=QUESTIONS_TOML.replace(old, new, 1)).mh != RULES.mh


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "soir"', 'id = "principe"', "two questions have the same id"),
        ('id = "jeudi"', 'id = "mardi"', "two answers have the same id"),
        ('id = "jeudi"', 'id = "blank"', "on every ballot already"),
        ("max = 2", "max = 4", "'max' is how many"),
        ("max = 2", "max = 0", "'max' is how many"),
        ('type = "multi"', 'type = "single"', "'max' is how many"),
        ('type = "multi"', 'type = "rank"', "'type' is single or multi"),
        ("max = 2", 'wins = "least"', "'wins' is most"),
        (', en = "Which evening?"', "", "'title' needs a text in each of"),
        ("Quel soir ?", "Quel " + "long " * 50, "one line"),
        ("max = 2", "least = 1", "unknown member 'least'"),
    ],
)
def test_what_a_clerk_must_mend_is_said(old: str, new: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        asking(questions=QUESTIONS_TOML.replace(old, new, 1))


def test_one_answer_alone_is_no_question() -> None:
    alone = (
        '[[question]]\nid = "q"\ntitle = {fr = "Quoi ?", en = "What?"}\n'
        '[[question.option]]\nid = "a"\nlabel = {fr = "A", en = "A"}\n'
    )
    with pytest.raises(DeclarationError, match="from 2 to 20 answers"):
        asking(questions=alone)


def test_a_question_that_is_no_table_is_said_to_be_none() -> None:
    with pytest.raises(DeclarationError, match="question 1: a question is a table"):
        read_questions({"question": ["Quoi ?"]}, "consultation.toml", "filature", ("fr",))


def test_the_slot_of_a_question_is_the_same_for_ever() -> None:
    assert slot("principe") == "76DV75abjlb85K-PjyfxXA"


@pytest.mark.parametrize(
    ("question", "choice", "code"),
    [
        ("soir", ["mardi"], None),
        ("soir", [], None),
        ("lieux", ["gare", "quai"], None),
        ("soir", ["mardi", "samedi"], Code.BAD_OPTION),
        ("lieux", ["gare", "place", "quai"], Code.BAD_OPTION),
        ("soir", ["dimanche"], Code.BAD_OPTION),
        ("soir", ["blank"], Code.BAD_OPTION),
        ("midi", ["mardi"], Code.BAD_OPTION),
        ("lieux", ["quai", "gare"], Code.BAD_PAYLOAD),
        ("lieux", ["gare", "gare"], Code.BAD_PAYLOAD),
        ("soir", "mardi", Code.BAD_PAYLOAD),
        ("soir", None, Code.BAD_PAYLOAD),
        ("soir", [1], Code.BAD_PAYLOAD),
        (3, ["mardi"], Code.BAD_PAYLOAD),
    ],
)
def test_a_ballot_says_one_thing_in_one_way(question: object, choice: object, code: Code | None) -> None:
    body = {"question": question, "choice": choice}
    if code is None:
        assert QUESTION.parse("ballot", body, RULES, ("fr", "en"))
        return
    with pytest.raises(Refused) as refused:
        QUESTION.parse("ballot", body, RULES, ("fr", "en"))
    assert refused.value.code is code


def test_a_ballot_in_the_slot_of_another_question_is_refused() -> None:
    for place in (slot("lieux"), jti(77)):
        with pytest.raises(Refused) as refused:
            act_of(ballot(Citizen(1, RULES), "soir", "mardi", slot=f"ballot:{place}"), RULES)
        assert refused.value.code is Code.BAD_PAYLOAD


def test_one_answer_a_person_and_question_changed_and_taken_back() -> None:
    standing = Standing()
    one, other = Citizen(1, RULES), Citizen(2, RULES)
    texts = [
        ballot(one, "soir", "mardi"),
        ballot(one, "soir", "samedi", rev=2),
        ballot(other, "soir"),
        ballot(one, "lieux", "gare", "quai", number=2),
        ballot(other, "lieux", "quai", number=2),
    ]
    for no, text in enumerate(texts, 1):
        assert standing.take(act_of(text, RULES), no)
    assert totals(standing, "soir") == {"samedi": 1, "blank": 1, "+ballots": 2}
    assert totals(standing, "lieux") == {"gare": 1, "quai": 2, "+ballots": 2}
    standing.take(act_of(one.withdraw(f"ballot:{slot('soir')}", rev=3), RULES), 9)
    assert totals(standing, "soir") == {"blank": 1, "+ballots": 1}


def _history() -> list[Act]:
    one, other = Citizen(1, RULES), Citizen(2, RULES)
    texts = [
        ballot(one, "soir", "mardi"),
        ballot(one, "soir", rev=2),
        ballot(one, "soir", "jeudi", rev=3),
        ballot(other, "soir", "samedi", rev=2),
        ballot(other, "soir", "mardi"),
        ballot(other, "lieux", "place", number=2),
    ]
    return [act_of(text, RULES) for text in texts]


HISTORY = _history()


@given(st.permutations(HISTORY))
def test_the_order_of_arrival_decides_nothing(acts: list[Act]) -> None:
    assert totals(replay(enumerate(acts, 1)), "soir") == {"jeudi": 1, "samedi": 1, "+ballots": 2}


def test_people_may_talk_about_a_question_and_about_nothing_else() -> None:
    standing, ana = Standing(), Citizen(1, RULES)
    body = {"target": slot("soir"), "reply_to": None, "text": "Le jeudi, c’est complet.", "name": "", "lang": "fr"}
    assert standing.take(act_of(ana.seal(ana.payload("comment", f"comment:{jti(5)}", body)), RULES), 1)
    stray = ana.seal(ana.payload("comment", f"comment:{jti(6)}", body | {"target": jti(8)}))
    with pytest.raises(Refused) as refused:
        standing.take(act_of(stray, RULES), 2)
    assert refused.value.code is Code.UNKNOWN_TARGET


def test_nothing_is_counted_after_the_closing_whatever_a_later_phase_opens() -> None:
    rules = asking(later='"ballot", "comment"')
    assert rules.closes_at == OPENS + 30 * DAY
    late = rules.accept_until + 1 + DAY
    with pytest.raises(Refused) as refused:
        act_of(ballot(Citizen(1, rules), "soir", "mardi"), rules, late)
    assert refused.value.code is Code.CLOSED
    body = {"target": slot("soir"), "reply_to": None, "text": "Merci.", "name": "", "lang": "fr"}
    ana = Citizen(1, rules)
    assert act_of(ana.seal(ana.payload("comment", f"comment:{jti(5)}", body)), rules, late)


def test_ballots_under_older_rules_are_read_for_ever() -> None:
    newer = asking(questions=QUESTIONS_TOML.replace("mardi", "lundi").replace('id = "lieux"', 'id = "endroits"'))
    wide = widened(Rules(newer, frozenset(), ("fr", "en")), [RULES.manifest]).consultation
    assert QUESTION.parse("ballot", {"question": "soir", "choice": ["mardi"]}, wide, ("fr",))
    assert QUESTION.parse("ballot", {"question": "lieux", "choice": ["gare", "quai"]}, wide, ("fr",))
    assert {one.slot for one in newer.questions} <= {one.slot for one in wide.questions}


@pytest.mark.parametrize(
    ("votes", "leaders"),
    [
        ({"mardi": 3, "jeudi": 5, "samedi": 1}, ["jeudi"]),
        ({"mardi": 4, "samedi": 4, "blank": 9}, ["mardi", "samedi"]),
        ({"blank": 9}, []),
        ({}, []),
    ],
)
def test_the_answer_with_most_votes_wins_and_a_tie_has_no_winner(votes: dict[str, int], leaders: list[str]) -> None:
    (_, question, _) = RULES.questions
    count = count_of(question, {"votes": votes, "ballots": sum(votes.values())})
    assert count is not None
    assert count.leaders == leaders
    assert count.expressed == sum(votes.values()) - votes.get("blank", 0)


def test_what_is_counted_says_nothing_of_a_person() -> None:
    payload = QUESTION.parse("ballot", {"question": "lieux", "choice": ["gare", "quai"]}, RULES, ("fr", "en"))
    found = QUESTION.counted("ballot", slot("lieux"), payload)
    assert found == tuple(Counted(slot("lieux"), one) for one in ("gare", "quai", "+ballots"))


def test_a_question_needs_no_module_to_be_declared_but_its_text_in_every_language() -> None:
    table = tomllib.loads('modules = []\n[[phase]]\nid = "vote"\nstarts_at = 2026-03-01T00:00:00Z\n'
                          "ends_at = 2026-03-31T00:00:00Z\nopen = []\n" + QUESTIONS_TOML)  # fmt: skip
    assert len(parse_consultation("filature", table, TEXTS, space()).questions) == 3
