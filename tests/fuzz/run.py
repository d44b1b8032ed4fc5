"""`python -m tests.fuzz.run [--cases N] [--seed N] [--only TARGET:NUMBER]`: malformed things on every door, all cores.

Ends with 1 if anything crashed, passed, or was refused without a code; prints how to make such a case again.
"""

import argparse
import multiprocessing
import os
import secrets
import sys
from collections.abc import Iterator

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.fuzz.target import Tally, Target, case_of, load_targets, run_cases

CASES = 1_000_000
CHUNK = 1_000
SHOWN = 20

Job = tuple[str, int, range]


def main() -> int:
    """The program."""
    arguments = read_arguments()
    targets = load_targets()
    if arguments.only:
        name, _, number = arguments.only.partition(":")
        return show_one(targets[name], arguments.seed, int(number))
    print(f"{arguments.cases:,} cases, seed {arguments.seed}, doors: {', '.join(targets)}")
    tallies = {name: Tally() for name in targets}
    jobs = list(share_out(list(targets), arguments.cases, arguments.seed))
    with (
        multiprocessing.get_context("spawn").Pool(arguments.processes) as pool,
        Progress(TextColumn("fuzz"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as progress,
    ):
        bar = progress.add_task("", total=arguments.cases)
        for (name, _, numbers), tally in zip(jobs, pool.imap(run_job, jobs), strict=True):
            tallies[name].add(tally)
            progress.advance(bar, len(numbers))
    return report(targets, tallies)


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32), help="repeats a run")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", metavar="TARGET:NUMBER", help="show and judge one case; needs its --seed")
    return parser.parse_args()


def share_out(names: list[str], cases: int, seed: int) -> Iterator[Job]:
    """The cases, in chunks, shared evenly between the doors."""
    for place, name in enumerate(names):
        own = cases // len(names) + (place < cases % len(names))
        for start in range(0, own, CHUNK):
            yield name, seed, range(start, min(start + CHUNK, own))


def run_job(job: Job) -> Tally:
    """One chunk, in a process of the pool."""
    name, seed, numbers = job
    return run_cases(load_targets()[name], seed, numbers)


def show_one(target: Target, seed: int, number: int) -> int:
    """Prints a case and what is said of it."""
    print(repr(case_of(target, seed, number)))
    tally = run_cases(target, seed, [number])
    print(dict(tally.codes) or tally.findings[0].what)
    return 1 if tally.findings else 0


def report(targets: dict[str, Target], tallies: dict[str, Tally]) -> int:
    """Prints what was said at each door; 1 if a promise was broken."""
    broken = 0
    for name, tally in tallies.items():
        said = ", ".join(f"{code} {count:,}" for code, count in tally.codes.most_common())
        print(f"{name}: {tally.codes.total():,} refused ({said}); slowest {tally.slowest * 1e3:.0f} ms")
        unmet = {code.value for code in targets[name].codes} - tally.codes.keys()
        if unmet:
            print(f"{name}: never met {', '.join(sorted(unmet))}")
        for one in tally.findings[:SHOWN]:
            print(f"{name}: {one.what}\n  {one.case}\n  again: --seed {one.seed} --only {name}:{one.number}")
        broken += len(tally.findings) + len(unmet)
    crashed = sum(one.what != "accepted" for tally in tallies.values() for one in tally.findings)
    accepted = sum(len(tally.findings) for tally in tallies.values()) - crashed
    print(f"{crashed} crashed, {accepted} accepted")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
