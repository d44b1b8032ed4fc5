"""What a town sets for a module: in the manifest as written, read once, frozen by its ids."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from civic import modules
from civic.admission import Rules
from civic.canonical import parse_json
from civic.consultation import FOREVER, Consultation, parse_consultation
from civic.declaration import DeclarationError, check_members, read_member
from civic.manifest import parse_manifest
from civic.refusals import Code, Refused
from civic.replay import parse_again, widened
from civic.revisions import check_revision
from civic.settings import SettingsReader, lost_ids
from tests.civic.town import TEXTS, space

RULES = """
modules = ["petition", "comments"]
[[phase]]
id = "collect"
starts_at = 2026-06-01T08:00:00+02:00
open = ["signature"]
[petition]
goal = 500
until = 2026-07-01T00:00:00+02:00
day = 2026-07-14
[[petition.desk]]
id = "mairie"
[[petition.desk]]
id = "ecole"
"""


class Goal(NamedTuple):
    goal: int


class Petition:
    """As much of a module as reading its settings takes."""

    def __init__(self) -> None:
        self.reads = 0
        self.settings = SettingsReader("petition", self.read)

    def read(self, table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> Goal:
        self.reads += 1
        check_members(table, where, frozenset({"goal", "until", "day", "desk"}))
        return Goal(read_member(table, "goal", int, where))

    def parse(self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]) -> int:
        if body["n"] > self.settings(consultation).goal:
            raise Refused(Code.BAD_OPTION, "n")
        return int(body["n"])


def rules(toml: str = RULES) -> Consultation:
    return parse_consultation("filature", tomllib.loads(toml), TEXTS, space())


def test_settings_stand_in_the_manifest_and_are_read_back_from_it() -> None:
    one = rules()
    desks = [{"id": "mairie"}, {"id": "ecole"}]
    said = {"petition": {"goal": 500, "until": 1782856800, "day": "2026-07-14", "desk": desks}}
    assert parse_json(one.manifest)["settings"] == said
    assert parse_manifest(one.manifest).consultation.settings == one.settings == said


def test_a_manifest_without_settings_keeps_its_bytes() -> None:
    assert "settings" not in parse_json(rules(RULES[: RULES.index("[petition]")]).manifest)


@pytest.mark.parametrize("value", ["1.5", "2026-07-01T00:00:00", "08:00:00", "[[1, 2.5]]"])
def test_what_json_has_no_exact_form_of_is_asked_for_as_a_text(value: str) -> None:
    with pytest.raises(DeclarationError, match="petition"):
        rules(RULES.replace("goal = 500", f"goal = {value}"))


def test_a_table_of_a_module_that_is_not_used_is_unknown() -> None:
    with pytest.raises(DeclarationError, match="unknown member 'petition'"):
        rules(RULES.replace('"petition", "comments"', '"comments"'))


@pytest.mark.parametrize("name", ["ideas", "comments", "question"])
def test_a_module_that_has_nothing_to_set_refuses_settings(name: str) -> None:
    one = replace(rules(), settings={name: {"goal": 1}})
    with pytest.raises(DeclarationError, match="goal"):
        modules.load()[name].check(one)


def test_settings_are_read_once_for_each_version_of_the_rules() -> None:
    petition, one, other = Petition(), rules(), rules(RULES.replace("500", "600"))
    assert [petition.settings(each).goal for each in (one, other, one, other)] == [500, 600, 500, 600]
    assert petition.reads == 2


def test_an_act_taken_under_settings_of_before_is_still_read() -> None:
    petition, old, new = Petition(), rules(), rules(RULES.replace("500", "10"))
    wide = widened(Rules(new, frozenset(), ("fr",)), [old.manifest, new.manifest]).consultation
    assert parse_again(petition, "signature", {"n": 400}, wide, ("fr",)) == 400  # type: ignore[arg-type]
    with pytest.raises(Refused):
        parse_again(petition, "signature", {"n": 501}, wide, ("fr",))  # type: ignore[arg-type]


def test_what_people_acted_under_keeps_its_ids() -> None:
    old = rules()
    notice = '\n[[notice]]\nrevision = 2\nat = 2026-06-10T08:00:00+02:00\n[notice.text]\nfr = "Oui."\nen = "Yes."\n'
    longer = rules("revision = 2" + RULES.replace("goal = 500", "goal = 400") + notice)
    check_revision(longer, {old.mh: old.manifest}, old.mh)
    without = rules("revision = 2" + RULES.replace('[[petition.desk]]\nid = "ecole"\n', "") + notice)
    with pytest.raises(DeclarationError, match="'ecole' must stay"):
        check_revision(without, {old.mh: old.manifest}, old.mh)


def test_an_id_that_stays_elsewhere_is_lost_all_the_same() -> None:
    trees = [{"id": "lieu", "category": [{"id": "centre"}]}, {"id": "pour", "category": [{"id": "centre"}]}]
    fewer = [trees[0], {"id": "pour", "category": [{"id": "tous"}]}]
    assert lost_ids({"tree": trees}, {"tree": trees}) == frozenset()
    assert lost_ids({"tree": trees}, {"tree": fewer}) == {"centre"}


def test_a_single_phase_may_have_no_end() -> None:
    one = rules()
    assert one.is_permanent
    assert one.closes_at == FOREVER == parse_manifest(one.manifest).consultation.closes_at
    with pytest.raises(DeclarationError, match="ends_at"):
        rules(RULES.replace("[petition]", '[[phase]]\nid = "vote"\nstarts_at = 2027-01-01T00:00:00Z\n[petition]'))
