"""Five thousand malformed things in every run (`make fuzz` tries a million): none crashes or passes, all are coded."""

import random
from typing import Any

import pytest

from civic.refusals import Code, Refused
from tests.fuzz.run import share_out
from tests.fuzz.target import Target, case_of, load_targets, run_cases
from tests.fuzz.targets import envelope as envelopes
from tests.fuzz.targets import token as tokens

TARGETS = load_targets()
CASES = 5_000
SEED = 1  # the same in every run: a failure here can be made again by anybody


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_malformed_crashes_or_passes(name: str) -> None:
    target = TARGETS[name]
    tally = run_cases(target, SEED, range(CASES // len(TARGETS)))
    assert not tally.findings
    assert {code.value for code in target.codes} <= tally.codes.keys()


@pytest.mark.parametrize("name", TARGETS)
def test_a_case_can_be_made_again_from_its_number(name: str) -> None:
    def without_salt(case: Any) -> Any:
        return case.get("m", case) if isinstance(case, dict) else case

    once, again = ([without_salt(case_of(TARGETS[name], 7, number)) for number in range(40)] for _ in range(2))
    assert once == again


def answering(answer: Any) -> Target:
    def judge(_: Any) -> None:
        if isinstance(answer, Exception):
            raise answer

    return Target("door", lambda chance: chance.random(), judge, frozenset())


def test_a_door_that_crashes_passes_or_says_no_code_is_found() -> None:
    nothing = Refused(Code.QUOTA)
    nothing.code = "quota too"  # type: ignore[assignment]
    said = [
        [one.what for one in run_cases(answering(answer), 1, range(2)).findings]
        for answer in (None, KeyError("x"), nothing, Refused(Code.QUOTA))
    ]
    assert said[0] == ["accepted"] * 2
    assert said[1] == ["crashed: KeyError('x')"] * 2
    assert said[2][0].startswith("a refusal without a code")
    assert said[3] == []


def test_every_case_is_run_once() -> None:
    jobs = list(share_out(["a", "b", "c"], 10_001, 1))
    assert sum(len(numbers) for _, _, numbers in jobs) == 10_001
    seen = [(name, number) for name, _, numbers in jobs for number in numbers]
    assert len(set(seen)) == 10_001


def test_the_good_ones_that_are_spoilt_would_have_passed() -> None:
    """Else every refusal would be said of a broken sample."""
    envelope, token = TARGETS["envelope"], TARGETS["token"]
    for text in envelopes.samples():
        envelope.judge(text)
    token.judge(tokens.MEMBERS)
    chance = random.Random(1)
    token.judge(tokens.signed(chance, tokens.TEXT.encode("ascii")))
