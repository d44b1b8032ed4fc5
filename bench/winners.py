"""The winners of a participatory budget: Equal Shares beside pabutools, and the memory that a large one takes."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

from bench.budget import Figure, Size, at_most
from bench.peers.install import site_packages
from bench.programs import REPOSITORY
from bench.timing import in_turn, paired_ratio, seconds_of
from civic.modules.budget.rules.decide import decide
from civic.modules.budget.rules.election import Basket, Completion, Election, Priced, Rule
from civic.modules.budget.rules.pabulib import election_of, parse_pb

PEOPLE, PROJECTS = 100_000, 200


def measure(size: Size) -> list[Figure]:
    """Both must name the same winners."""
    sys.path.append(str(site_packages()))  # pabutools is none of our own needs
    from tests.budget import oracle

    election, name = real_or_alike()
    ours, theirs = (
        decide(election, Rule.EQUAL_SHARES).winners,
        oracle.winners(election, Rule.EQUAL_SHARES, Completion.NONE),
    )
    if set(ours) != theirs:
        raise RuntimeError("pabutools names other winners")
    mine, other = in_turn(
        1 if size.is_quick else 5,
        lambda: seconds_of(lambda: decide(election, Rule.EQUAL_SHARES)),
        lambda: seconds_of(lambda: oracle.winners(election, Rule.EQUAL_SHARES, Completion.NONE)),
    )
    seconds, megabytes = large_one()
    return [
        Figure(
            f"Equal Shares on {name} / pabutools",
            paired_ratio(mine, other),
            beside=f"{median(mine) * 1e3:.0f} ms and {median(other) * 1e3:,.0f} ms",
            hard=at_most(1),
            goal=at_most(0.1),
        ),
        Figure(
            f"counting {PEOPLE:,} ballots over {PROJECTS} projects, memory at its highest",
            megabytes,
            "MB",
            beside=f"Equal Shares, then greedy: {seconds:.0f} s",
            hard=at_most(500),
        ),
    ]


def real_or_alike() -> tuple[Election, str]:
    """Toulouse 2024 where its file is on this machine, else an election of its size."""
    folder = Path(os.environ.get("PREAU_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    file = folder / "pabulib" / "France_Toulouse_2024.pb"
    if file.is_file():
        return election_of(parse_pb(file.read_bytes())), "Toulouse 2024"
    return drawn(7_260, 183, most=3), "7,260 ballots over 183 projects"


def drawn(people: int, projects: int, most: int) -> Election:
    """An election in which some projects are liked more than others."""
    chance = random.Random(2024)
    costs = tuple(Priced(number, chance.randint(1, 250) * 1_000) for number in range(1, projects + 1))
    liked = [chance.random() ** 2 for _ in costs]
    baskets = []
    for _ in range(people):
        chosen = set(chance.choices(range(projects), liked, k=chance.randint(1, most)))
        baskets.append(Basket(tuple((one, 1) for one in sorted(chosen)), 1))
    return Election(8_000_000, costs, tuple(baskets))


def large_one() -> tuple[float, float]:
    """Seconds and megabytes of a process that does nothing else."""
    command = [sys.executable, "-m", "bench.winners"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=600)
    seconds, megabytes = done.stdout.split()
    return float(seconds), float(megabytes)


def main() -> None:
    """Counts a large election and prints what it took."""
    election = drawn(PEOPLE, PROJECTS, most=10)
    seconds = seconds_of(lambda: decide(election, Rule.EQUAL_SHARES, Completion.GREEDY))
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)


if __name__ == "__main__":
    main()
