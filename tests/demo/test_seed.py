"""The past of the demo's town: a file of acts of any kind, with chances in it (sync_server/demo_seed/README.md)."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from civic import modules
from civic.content import Content, parse_content
from civic.envelope import Envelope, parse_envelope
from civic.module import module_of
from civic.official import Answer, check_answer
from sync_server.catalogue import read_files
from sync_server.demo import SEED, copy_town, shift_to
from sync_server.demo_drawing import Person, drawn
from sync_server.demo_past import scenes, sessions
from sync_server.signers import Signers

DAY = date(2026, 11, 23)  # the town's own: nothing moves
PAST = """
seed = 1
[always.proposal]
category = "culture"
lang = "fr"
name = ""
[everybody]
kind = "vote"
people = 60
from = 2026-11-09T09:00:00+01:00
to = 2026-11-20T09:00:00+01:00
again = 0.5
body = {choice = {one = {for = 0.5, against = 1}}}
[[act]]
at = 2026-11-09T10:00:00+01:00
kind = "proposal"
id = "early"
body = {title = "Un banc au soleil", text = "Devant l’école, pour attendre.", name = "Ana"}
[[act]]
at = 2026-11-15T10:00:00+01:00
kind = "proposal"
id = "late"
body = {title = "Un lavoir ouvert", text = "Le dimanche, avec une table."}
[[act]]
at = 2026-11-16T10:00:00+01:00
kind = "comment"
body = {target = "@early", reply_to = "@", text = "Oui.", name = "Ana", lang = "fr"}
[[crowd]]
about = "early"
[[crowd]]
about = "late"
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Content:
    folder = tmp_path_factory.mktemp("town")
    copy_town(shift_to(DAY), folder)
    return parse_content(read_files(folder))


@pytest.fixture(scope="module")
def said(town: Content, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, list[Envelope]]]:
    seed = tmp_path_factory.mktemp("seed")
    (seed / "filature.toml").write_text(PAST, "utf-8")
    past = sessions(town.consultations, shift_to(DAY), seed)
    return [(one.at, [parse_envelope(act.text) for act in one.envelopes]) for one in past]


def acts(said: list[tuple[int, list[Envelope]]], kind: str) -> list[Envelope]:
    return [act for _, some in said for act in some if act.kind == kind]


def test_names_stand_for_the_ids_of_acts(said: list[tuple[int, list[Envelope]]]) -> None:
    early = next(one for one in acts(said, "proposal") if one.body["name"] == "Ana")
    (comment,) = acts(said, "comment")
    assert (comment.body["target"], comment.body["reply_to"]) == (early.slot.partition(":")[2], None)
    assert comment.voter == early.voter, "who signs with one name is one person"


def test_nobody_acts_about_what_is_not_there_yet(said: list[tuple[int, list[Envelope]]]) -> None:
    for proposal in acts(said, "proposal"):
        slot = f"vote:{proposal.slot.partition(':')[2]}"
        times = [at for at, some in said for act in some if act.slot == slot]
        assert times
        assert min(times) > proposal.iat


def test_one_person_sends_everything_at_once_and_may_change_their_mind(
    said: list[tuple[int, list[Envelope]]],
) -> None:
    voters = [some[0].voter for _, some in said if some[0].kind == "vote"]
    assert len(set(voters)) == len(voters) > 40
    votes = acts(said, "vote")
    revised = [one for one in votes if one.rev == 2]
    assert 0.2 < len(revised) / (len(votes) - len(revised)) < 0.8
    assert {one.prev for one in revised} <= {one.id for one in votes}
    assert set(Counter(one.body["choice"] for one in votes)) == {"for", "against"}


def draw(value: Any) -> list[Any]:
    signers = Signers(b"a test", "town", "vote", "")
    return [drawn(value, Person(one, lambda *names, one=one: signers.chance(str(one), *names))) for one in range(200)]


def test_chances_become_answers() -> None:
    assert 60 < draw({"one": {"a": 0.5}}).count("a") < 140
    assert set(draw({"number": {"3": 0.5, "4": 1}})) == {3, 4}
    assert {len(one) for one in draw({"some": {"a": 0.9, "b": 0.9, "c": 0.9}, "max": 2, "min": 1})} == {1, 2}
    bought = draw({"some": {"a": 0.9, "b": 0.9, "c": 0.9}, "cost": {"a": 5, "b": 4, "c": 3}, "limit": 8})
    assert ["a", "b"] not in bought
    assert ["a", "c"] in bought
    assert {"a": 1, "b": 2} in draw({"ranks": {"a": 0.9, "b": 0.5}})
    assert [one for one in draw({"words": ["Oui.", "Non."]}) if one] == ["Oui.", "Non."]
    assert draw([{"one": {"a": 0}}])[0] == [], "blank is a list of nothing"


def test_what_was_not_asked_is_not_answered() -> None:
    sheet = {"eats": {"one": {"yes": 0.5, "no": 1}}, "why": {"one": {"price": 1}, "when": {"eats": ["no"]}}}
    assert {(one["eats"], one.get("why")) for one in draw(sheet)} == {("yes", None), ("no", "price")}


def test_the_town_hall_says_what_it_may_say_after_the_act_and_in_every_language(town: Content) -> None:
    known, statuses = modules.load(), Counter[str]()
    for scene in scenes(town.consultations, shift_to(DAY)):
        made = {act.slot: one.at for one in scene.sessions() for act in reversed(one.envelopes)}
        for one in scene.said():
            assert made[one.slot] < one.at
            if isinstance(one.what, Answer):
                rules = town.consultations[one.consultation]
                module = module_of(known, rules, one.slot.partition(":")[0])
                assert module is not None
                check_answer(one.what, module.statuses, rules.languages)
                assert set(one.what.words) == set(rules.languages)
                statuses[one.what.status] += 1
    assert {"accepted", "refused", "merged", "done", "study", "fixed", "in_progress", "not_ours"} <= set(statuses)


def test_the_town_hall_has_read_only_what_somebody_wrote_before(town: Content) -> None:
    told = [(scene, one) for scene in scenes(town.consultations, shift_to(DAY)) for one in scene.read()]
    for scene, one in told:
        written = [(each.at, parse_envelope(act.text).body) for each in scene.sessions() for act in each.envelopes]
        assert [at for at, body in written if one.words in str(body) and at < one.at], one.words
    assert len({one.verdict for _, one in told}) > 1


def test_every_kind_of_participation_is_shown(town: Content) -> None:
    assert {name for one in town.consultations.values() for name in one.modules} == set(modules.load())
    assert {file.stem for file in SEED.glob("*.toml")} <= set(town.consultations)
