"""What the fuzzer runs: a door of the rules, a maker of things that must not pass it, and a tally of what was said."""

import importlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from civic.refusals import Code, Refused

TARGETS_FOLDER = Path(__file__).with_name("targets")
CPU_SECONDS = 5.0  # no case may take longer: a thousandth of it is already much


class Target(NamedTuple):
    """A door. `make` draws a case that is never valid; `judge` is the code under test, which must raise Refused."""

    name: str
    make: Callable[[random.Random], Any]
    judge: Callable[[Any], object]
    codes: frozenset[Code]  # a run of some thousand cases that does not meet all of these has not looked everywhere


class Finding(NamedTuple):
    """A case that broke its promise. `seed` and `number` make it again."""

    target: str
    seed: int
    number: int
    what: str
    case: str


@dataclass
class Tally:
    """What a run was told; tallies of several processes add up."""

    codes: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, other: "Tally") -> None:
        """Takes in what another process counted."""
        self.codes += other.codes
        self.findings += other.findings
        self.slowest = max(self.slowest, other.slowest)


def load_targets() -> dict[str, Target]:
    """Every door: each file of `targets/` has one, called TARGET. A new door is a new file."""
    names = sorted(path.stem for path in TARGETS_FOLDER.glob("*.py"))
    found = [importlib.import_module(f"tests.fuzz.targets.{name}").TARGET for name in names]
    return {target.name: target for target in found}


def case_of(target: Target, seed: int, number: int) -> Any:
    """The case of that number, the same in every run of this seed (but for the salt of an RSA signature)."""
    return target.make(random.Random(f"{seed}:{target.name}:{number}"))


def run_cases(target: Target, seed: int, numbers: Iterable[int]) -> Tally:
    """Judges the cases of these numbers. Nothing is raised: what crashed or passed is a finding."""
    tally = Tally()
    for number in numbers:
        case = case_of(target, seed, number)
        start = time.process_time()
        said = _judge(target, case)
        taken = time.process_time() - start
        tally.slowest = max(tally.slowest, taken)
        if taken > CPU_SECONDS:
            said = f"took {taken:.1f} s"
        if isinstance(said, Code):
            tally.codes[said.value] += 1
        else:
            tally.findings.append(Finding(target.name, seed, number, said, repr(case)[:2000]))
    return tally


def _judge(target: Target, case: Any) -> Code | str:
    try:
        target.judge(case)
    except Refused as refused:
        code: object = refused.code
        return code if isinstance(code, Code) else f"a refusal without a code: {refused!r}"
    except Exception as error:  # noqa: BLE001 - any other exception is what we are looking for
        return f"crashed: {error!r}"
    return "accepted"
