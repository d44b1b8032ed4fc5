"""The gate: each refusal of docs/formats.md §5 that depends on rules or on the ledger."""

import pytest

from civic.admission import check, settle
from civic.envelope import parse_envelope
from civic.refusals import Code, Refused
from civic.replay import Standing
from civic.slots import Counted
from tests.civic.town import DAY, MODULES, OPENS, Citizen, act_of, always_open, consultation, jti, rules_of

FREE = always_open()
ANA, BEN = Citizen(1, FREE), Citizen(2, FREE)


def standing_with_proposal() -> Standing:
    standing = Standing()
    standing.take(act_of(ANA.propose(5), FREE), 1)
    return standing


def refusal_of(text: str, standing: Standing | None = None, rx: int = OPENS + DAY) -> Code:
    with pytest.raises(Refused) as refused:
        settle(act_of(text, FREE, rx), 99, standing or Standing())
    return refused.value.code


def test_a_vote_counts_for_its_proposal_and_a_later_one_replaces_it() -> None:
    standing = standing_with_proposal()
    assert standing.take(act_of(BEN.vote(5, "for"), FREE), 2)
    assert standing.take(act_of(BEN.vote(5, "against", rev=2), FREE), 3)
    assert +standing.totals == {("filature", Counted(jti(5), "against")): 1}


def test_an_older_revision_that_arrives_late_changes_nothing() -> None:
    standing = standing_with_proposal()
    standing.take(act_of(BEN.vote(5, "against", rev=2), FREE), 2)
    assert not standing.take(act_of(BEN.vote(5, "for"), FREE), 3)
    assert +standing.totals == {("filature", Counted(jti(5), "against")): 1}


def test_a_withdrawn_vote_counts_no_more() -> None:
    standing = standing_with_proposal()
    standing.take(act_of(BEN.vote(5), FREE), 2)
    standing.take(act_of(BEN.withdraw(f"vote:{jti(5)}"), FREE), 3)
    assert not +standing.totals


def test_a_vote_waits_for_its_proposal() -> None:
    assert refusal_of(BEN.vote(5)) == Code.UNKNOWN_TARGET
    assert Code.UNKNOWN_TARGET.is_temporary


def test_a_withdrawn_proposal_takes_no_vote() -> None:
    standing = standing_with_proposal()
    standing.take(act_of(ANA.withdraw(f"proposal:{jti(5)}"), FREE), 2)
    assert refusal_of(BEN.vote(5), standing) == Code.WITHDRAWN_TARGET


def test_only_its_author_changes_a_proposal() -> None:
    standing = standing_with_proposal()
    assert refusal_of(BEN.propose(5, "Autre titre", rev=2), standing) == Code.NOT_AUTHOR
    assert refusal_of(BEN.withdraw(f"proposal:{jti(5)}"), standing) == Code.NOT_AUTHOR


def test_an_answer_waits_for_the_comment_it_answers() -> None:
    standing = standing_with_proposal()
    assert refusal_of(BEN.comment(8, 5, reply_to=7), standing) == Code.UNKNOWN_TARGET


def test_a_limit_holds_per_person() -> None:
    rules = consultation()
    ana, ben, standing = Citizen(1, rules), Citizen(2, rules), Standing()
    for number in (1, 2, 3):
        standing.take(act_of(ana.propose(number, category="sport"), rules), number)
    with pytest.raises(Refused, match="quota"):
        standing.take(act_of(ana.propose(4, category="sport"), rules), 4)
    assert standing.take(act_of(ana.propose(3, "Mieux dit", "sport", rev=2), rules), 4)
    assert standing.take(act_of(ben.propose(5, category="sport"), rules), 5)


@pytest.mark.parametrize(
    ("rx", "code"),
    [(OPENS - 1, Code.NOT_OPEN), (OPENS + 11 * DAY + 1, Code.CLOSED), (OPENS + 25 * DAY, Code.CLOSED)],
)
def test_a_proposal_outside_its_phase_is_refused(rx: int, code: Code) -> None:
    rules = consultation()
    with pytest.raises(Refused) as refused:
        act_of(Citizen(1, rules).propose(1, category="sport"), rules, rx)
    assert refused.value.code == code


def test_a_proposal_is_changed_while_ideas_are_collected_and_no_more_once_they_are_studied() -> None:
    rules = consultation()
    again = Citizen(1, rules).propose(5, "Un autre titre", category="sport", rev=2)
    assert act_of(again, rules, OPENS + DAY).envelope.rev == 2
    with pytest.raises(Refused) as refused:
        act_of(again, rules, OPENS + 11 * DAY + 1)
    assert refused.value.code == Code.CLOSED


def test_grace_takes_an_act_made_offline() -> None:
    rules = consultation()
    assert act_of(Citizen(1, rules).propose(1, category="sport"), rules, OPENS + 11 * DAY)


def test_the_signers_clock_decides_nothing() -> None:
    payload = ANA.payload("vote", f"vote:{jti(5)}", {"choice": "for"}, iat=0)
    assert act_of(ANA.seal(payload), FREE)


def test_other_towns_consultations_and_rules_are_refused() -> None:
    vote = ANA.payload("vote", f"vote:{jti(5)}", {"choice": "for"})
    cases = {
        Code.WRONG_AUDIENCE: vote | {"aud": "ailleurs"},
        Code.UNKNOWN_CONSULTATION: vote | {"a": "inconnue"},
        Code.WRONG_MANIFEST: vote | {"mh": "A" * 43},
        Code.BAD_OPTION: vote | {"body": {"choice": "maybe"}},
        Code.BAD_PAYLOAD: vote | {"body": {"choice": "for", "weight": 2}},
        Code.NOT_TAKEN: vote | {"kind": "report", "slot": f"report:{jti(5)}"},
    }
    for code, payload in cases.items():
        with pytest.raises(Refused) as refused:
            act_of(ANA.seal(payload), FREE)
        assert refused.value.code == code


@pytest.mark.parametrize("junk", [[], {}, [""], 1, True, None])
@pytest.mark.parametrize("member", ["title", "text", "category", "name", "lang"])
def test_a_proposal_of_which_a_member_is_no_text_is_refused(member: str, junk: object) -> None:
    payload = ANA.payload("proposal", f"proposal:{jti(5)}", {
        "title": "Un banc", "text": "Devant l’école.", "category": "", "name": "", "lang": "fr"})  # fmt: skip
    assert act_of(ANA.seal(payload), FREE)
    with pytest.raises(Refused, match="bad_payload"):
        act_of(ANA.seal(payload | {"body": payload["body"] | {member: junk}}), FREE)


def test_an_unsigned_act_is_taken_where_the_rules_say_so_and_never_changed() -> None:
    form = Citizen(9, FREE)
    envelope = parse_envelope(form.propose(3))
    rules = rules_of(FREE)
    act = check(envelope, "valbrume", rules, MODULES, OPENS + DAY, envelope.voter)
    assert act.is_unsigned
    assert act.voter == f"form:{jti(3)}"
    for text in (form.comment(4, 3), form.propose(3, rev=2), form.withdraw(f"proposal:{jti(3)}")):
        with pytest.raises(Refused, match="not_taken"):
            check(parse_envelope(text), "valbrume", rules, MODULES, OPENS + DAY, envelope.voter)
