"""`bench/run.py [--quick] [ROW…]`: every budget beside its rivals; docs/benchmarks.md after a whole run.

Exits with 1 when a hard limit is missed. Each row runs in a process of its own, so that none meets what another left
behind, and is ended when it takes too long.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.budget import FULL, QUICK, Figure, Size, at_most, dump_figures, load_figures
from bench.load import ensure_wrk
from bench.peers.install import install_all, versions
from bench.programs import REPOSITORY, stop
from bench.table import document, machine_line, text_table

ROWS = {
    "full_build": "Whole build of a town of 10,000 pages",
    "one_vote": "One vote until its pages are in place",
    "tap_to_page": "From the tap on the phone to the published page",
    "ingest": "Taking acts in",
    "pipeline": "Reading and checking one act",
    "blind": "Signing a right to vote blindly",
    "append_growth": "Appending to a ledger that has grown",
    "tally": "Tally of 200 proposals after 1,000,000 votes",
    "log_publish": "Publishing in the public log",
    "recount": "Recounting a published result",
    "winners": "Winners of a participatory budget",
    "elections": "Real budgets of towns, from the file to the published winners",
    "offline_pack": "A consultation kept for offline reading",
    "first_visit": "Bytes of a first visit",
    "memory": "Memory of the demo",
    "lighthouse": "Lighthouse on the consultation page",
    "basket_page": "The basket of 200 projects on a slow phone",
}
ROW_SECONDS = 1800
BUSY_LOAD = 0.5
DOCUMENT = REPOSITORY / "docs" / "benchmarks.md"


def main() -> int:
    """The program."""
    arguments = read_arguments()
    size = QUICK if arguments.quick else FULL
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is stopped on the way out
    if arguments.into is not None:
        arguments.into.write_text(dump_figures(measure(arguments.rows[0], size)), "utf-8")
        return 0
    ensure_wrk()
    install_all()
    names, start, load = arguments.rows or list(ROWS), time.monotonic(), os.getloadavg()[0]
    is_busy = load > BUSY_LOAD
    if is_busy:
        print(f"This machine is busy with something else (load {load:.1f}): the ratios will be noisy.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="preau-bench-") as folder:
        rows = {name: run_apart(name, Path(folder), is_quick=size.is_quick) for name in names}
    figures = [one for row in rows.values() for one in row]
    print("\n" + text_table(figures))
    minutes = round((time.monotonic() - start) / 60)
    if names == list(ROWS) and not size.is_quick:
        day = datetime.now(UTC).date().isoformat()
        titles = {name: ROWS[name] for name in names}
        DOCUMENT.write_text(
            document(rows, titles, machine_line(versions(), load), day, minutes, is_busy=is_busy), "utf-8"
        )
        print(f"\nWritten: {DOCUMENT.relative_to(REPOSITORY)} ({minutes} minutes)")
    short = [one.what for one in figures if one.verdict == "SHORT"]
    if short:
        print(f"\nSHORT: {len(short)} hard limit(s) missed")
    return 1 if short else 0


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything works")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    unknown = set(arguments.rows) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    return arguments


def measure(name: str, size: Size) -> list[Figure]:
    """Runs one row here."""
    figures: list[Figure] = importlib.import_module(f"bench.{name}").measure(size)
    return figures


def run_apart(name: str, folder: Path, *, is_quick: bool) -> list[Figure]:
    """Runs one row in a process of its own, everything it writes in `folder`; one that breaks is a limit missed."""
    print(f"{name} …", end="", file=sys.stderr, flush=True)
    start = time.monotonic()
    into = folder / f"{name}.json"
    command = [sys.executable, str(Path(__file__)), name, "--into", str(into), *["--quick"] * is_quick]
    process = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | {"TMPDIR": str(folder)})
    try:
        process.wait(ROW_SECONDS)
    except subprocess.TimeoutExpired:
        print(" too slow", end="", file=sys.stderr)
    finally:
        stop(process)  # it stops what it has started on its way out
    print(f" {time.monotonic() - start:.0f} s", file=sys.stderr)
    return load_figures(into.read_text("utf-8")) if process.returncode == 0 else [broken(name)]


def broken(name: str) -> Figure:
    """What the table says of a row that gave no figures."""
    return Figure(f"{name}: did not run to its end", 1, "failure", hard=at_most(0))


if __name__ == "__main__":
    sys.exit(main())
