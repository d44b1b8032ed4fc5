"""Rules freeze at the first act: then they change as a revision, with a notice, and take no promise back."""

from dataclasses import replace

import pytest

from civic.canonical import canonical_json, parse_json
from civic.consultation import Consultation
from civic.declaration import DeclarationError
from civic.revisions import PARTS, changes_of, check_revision, parts_changed
from tests.civic.town import RULES_TOML
from tests.civic.town import consultation as declare

NOTICE = """
[[notice]]
revision = {revision}
at = 2026-03-05T09:00:00Z
text = {{fr = "La salle était fermée.", en = "The hall was closed."}}
"""
QUESTION = """
[[question]]
id = "soir"
title = {fr = "Quel soir ?", en = "Which evening?"}
[[question.option]]
id = "mardi"
label = {fr = "Mardi", en = "Tuesday"}
[[question.option]]
id = "jeudi"
label = {fr = "Jeudi", en = "Thursday"}
"""
LATER = RULES_TOML.replace("2026-03-31", "2026-04-07")


def revised(toml: str, revision: int, *, has_notice: bool = True) -> Consultation:
    return declare(f"revision = {revision}\n{toml}" + (NOTICE.format(revision=revision) if has_notice else ""))


def check(now: Consultation, acted: Consultation, *others: Consultation) -> None:
    check_revision(now, {one.mh: one.manifest for one in (acted, *others)}, acted.mh)


def test_rules_that_stay_as_they_were_need_nothing() -> None:
    first = declare(RULES_TOML)
    check(first, first)


def test_a_later_date_needs_another_revision() -> None:
    with pytest.raises(DeclarationError, match=r"write revision = 2 and a \[\[notice\]\]"):
        check(declare(LATER), declare(RULES_TOML))


def test_another_revision_needs_a_notice() -> None:
    with pytest.raises(DeclarationError, match=r"revision 2 needs a \[\[notice\]\]"):
        check(revised(LATER, 2, has_notice=False), declare(RULES_TOML))
    check(revised(LATER, 2), declare(RULES_TOML))


def test_a_revision_that_nobody_has_acted_under_may_still_be_written_otherwise() -> None:
    first, second = declare(RULES_TOML), revised(LATER, 2)
    check(revised(LATER.replace("04-07", "04-08"), 2), first, second)


def test_nobody_goes_back_in_silence() -> None:
    first, second = declare(RULES_TOML), revised(LATER, 2)
    with pytest.raises(DeclarationError, match="revision = 3"):
        check(first, first, second)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (QUESTION, QUESTION.replace('"jeudi"', '"lundi"'), "question 'soir' and its answers must stay"),
        (QUESTION, "", "question 'soir' and its answers must stay"),
        ('id = "culture"', 'id = "loisirs"', "nothing can be taken out of 'categories'"),
        ('modules = ["ideas", "comments"]', 'modules = ["ideas"]', "nothing can be taken out of 'modules'"),
        ('counts = "hidden"', 'counts = "open"', "must stay hidden"),
        ('unsigned = ["proposal"]', 'unsigned = []\nmode = "named"', "'mode' must stay"),
        ('counts = "hidden"', 'counts = "hidden"\nk_min = 2', "no more can be published"),
    ],
)
def test_what_people_were_promised_stays(before: str, after: str, why: str) -> None:
    toml = RULES_TOML + QUESTION if before == QUESTION else RULES_TOML
    with pytest.raises(DeclarationError, match=why):
        check(revised(toml.replace(before, after, 1), 2), declare(toml))


SURVEY = """
[[survey.section]]
id = "tout"
[[survey.section.question]]
id = "mot"
type = "long"
title = {fr = "Un mot ?", en = "A word?"}
"""


def test_what_was_written_for_the_town_hall_alone_is_never_published_later() -> None:
    plain = RULES_TOML.replace('"comments"]', '"comments", "survey"]')
    told = SURVEY.replace('type = "long"', 'type = "long"\npublished = true')
    with pytest.raises(DeclarationError, match="under 'mot' is for the town hall alone"):
        check(revised(plain + told, 2), declare(plain + SURVEY))
    check(revised(plain + SURVEY, 2), declare(plain + told))  # less may always be published
    other = told.partition("[[survey.section.question]]")[2].replace('"mot"', '"autre"')
    check(revised(f"{plain}{SURVEY}[[survey.section.question]]{other}", 2), declare(plain + SURVEY))


def test_an_answer_may_be_added() -> None:
    more = QUESTION + '[[question.option]]\nid = "samedi"\nlabel = {fr = "Samedi", en = "Saturday"}\n'
    check(revised(RULES_TOML + more, 2), declare(RULES_TOML + QUESTION))


def test_a_notice_is_part_of_the_rules() -> None:
    toml = f"revision = 2\n{LATER}" + NOTICE.format(revision=2)
    assert declare(toml).mh != declare(toml.replace("fermée", "ouverte")).mh
    assert "notices" not in parse_json(declare(RULES_TOML).manifest)


@pytest.mark.parametrize("revision", [1, 3])
def test_a_notice_is_of_a_revision_that_there_is(revision: int) -> None:
    with pytest.raises(DeclarationError, match="in the order of their revisions"):
        declare(f"revision = 2\n{RULES_TOML}" + NOTICE.format(revision=revision))


def test_people_read_what_has_changed() -> None:
    first = declare(RULES_TOML)
    second = revised(LATER.replace("proposal = 3", "proposal = 4"), 2)
    assert changes_of(second, [first.manifest, second.manifest]) == {"2": ["dates", "limits"]}
    third = replace(second, notices=())
    assert changes_of(third, [first.manifest]) == {}


def test_every_member_of_the_rules_has_a_part_that_people_read() -> None:
    rules = parse_json(declare(f"revision = 2\n{RULES_TOML}{QUESTION}" + NOTICE.format(revision=2)).manifest)
    for name in rules.keys() - {"v", "revision", "notices"}:
        found = parts_changed([canonical_json(rules | {name: "other"})], canonical_json(rules))
        assert len(found) == 1, name
        assert found[0] in PARTS
        assert (found[0] == "other") == (name in ("space", "id", "modules")), name
