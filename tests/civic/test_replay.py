"""Delivery in any order, doubled, in any batches: the same heads and totals (protocol: greatest (rev, id) wins)."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from civic.admission import Act
from civic.refusals import Refused
from civic.replay import Standing
from civic.slots import Head
from tests.civic.town import Citizen, act_of, always_open, jti

FREE = always_open()
CITIZENS = [Citizen(number, FREE) for number in range(1, 4)]


def histories() -> list[Act]:
    texts = [CITIZENS[0].propose(5), CITIZENS[1].propose(6), CITIZENS[0].propose(5, "Mieux dit", rev=2)]
    for citizen in CITIZENS:
        texts += [citizen.vote(5), citizen.vote(5, "against", rev=2), citizen.vote(5, "blank", rev=2)]
        texts += [citizen.vote(6, "for"), citizen.withdraw(f"vote:{jti(6)}")]
    texts += [CITIZENS[2].comment(7, 5), CITIZENS[1].comment(8, 5, reply_to=7)]
    return [act_of(text, FREE) for text in texts]


ACTS = histories()


def delivered(acts: Sequence[Act]) -> Standing:
    """What a ledger does with deliveries: doubles are known by id, temporary refusals come again later."""
    standing, seen, waiting, no = Standing(), set[str](), list(acts), 0
    while waiting:
        again = []
        for act in waiting:
            if act.envelope.id in seen:
                continue
            try:
                standing.take(act, no + 1)
            except Refused as refused:
                if not refused.code.is_temporary:
                    raise
                again.append(act)
                continue
            no += 1
            seen.add(act.envelope.id)
        assert len(again) < len(waiting)
        waiting = again
    return standing


def winners(standing: Standing) -> dict[tuple[str, str, str], tuple[int, str, bool]]:
    return {key: _winner(head) for key, head in standing.heads.items()}


def _winner(head: Head) -> tuple[int, str, bool]:
    return head.rev, head.id, head.withdrawn


EXPECTED = delivered(ACTS)


@given(st.permutations(ACTS), st.lists(st.sampled_from(ACTS), max_size=12))
def test_any_delivery_gives_the_same_heads_and_totals(order: list[Act], doubles: list[Act]) -> None:
    standing = delivered(order + doubles)
    assert winners(standing) == winners(EXPECTED)
    assert +standing.totals == +EXPECTED.totals


def test_the_history_exercises_change_and_withdrawal() -> None:
    assert any(head.withdrawn for head in EXPECTED.heads.values())
    assert sum((+EXPECTED.totals).values()) == len(CITIZENS)
