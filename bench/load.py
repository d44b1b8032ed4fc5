"""wrk, the load generator: one thread, many connections, each body sent once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

SCRIPT = Path(__file__).with_name("bodies.lua")
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class Load(NamedTuple):
    """What wrk saw."""

    requests: int
    seconds: float
    median_ms: float
    p99_ms: float
    errors: int  # answers that are not 2xx or 3xx, and broken connections
    wrapped: bool  # whether the bodies ran out and were sent again


def ensure_wrk() -> str:
    """The program; installed from Debian where it is missing, as tools/system_packages.sh installs browsers."""
    if shutil.which("wrk") is None:
        if shutil.which("apt-get") is None:
            raise RuntimeError("wrk is needed: this machine has no apt-get, please install it by hand")
        as_root = [] if os.geteuid() == 0 else ["sudo"]
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "wrk"]):
            subprocess.run([*as_root, "apt-get", *command], check=True, stdout=subprocess.DEVNULL)
    return shutil.which("wrk") or "wrk"


def post(
    url: str, bodies: Path, connections: int, seconds: float, headers: Mapping[str, str], first: int, phones: int
) -> Load:
    """Posts the lines of `bodies` from line `first` on for about `seconds`, as from so many addresses (0: as one)."""
    environment = os.environ | {
        "BODIES": str(bodies),
        "FIRST": str(first),
        "PHONES": str(phones),
        "HEADERS": "\n".join(f"{name}: {value}" for name, value in headers.items()),
    }
    command = [ensure_wrk(), "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "30s", "--latency"]
    done = subprocess.run(
        [*command, "-s", str(SCRIPT), url],
        env=environment, capture_output=True, text=True, check=True, timeout=seconds + 120,
    )  # fmt: skip
    return parse(done.stdout, done.stderr)


def parse(output: str, errors: str) -> Load:
    """The figures in wrk's report."""
    total = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", output)
    if total is None:
        raise RuntimeError(f"wrk said nothing:\n{output}\n{errors}")
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    return Load(
        requests=int(total[1]),
        seconds=float(total[2]) * _UNITS[total[3]] / 1000,
        median_ms=_latency(output, "50%"),
        p99_ms=_latency(output, "99%"),
        errors=(0 if refused is None else int(refused[1])) + (0 if broken is None else sum(map(int, broken.groups()))),
        wrapped="bodies wrapped" in errors,
    )


def _latency(output: str, share: str) -> float:
    found = re.search(rf"{re.escape(share)}\s+([\d.]+)(us|ms|s|m)\b", output)
    return float("nan") if found is None else float(found[1]) * _UNITS[found[2]]
