"""Lighthouse 12 on a page: headless Chromium, slow 3G and a slow phone played by the developer tools (web.md §2)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.peers.install import package
from bench.programs import answers, free_port, running, wait_until

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
SLOW_3G = (
    "--throttling-method=devtools",
    "--throttling.requestLatencyMs=2000",
    "--throttling.downloadThroughputKbps=400",
    "--throttling.uploadThroughputKbps=400",
    "--throttling.cpuSlowdownMultiplier=6",
)
UNTHROTTLED = ("--throttling-method=provided",)
LIMIT_SECONDS = 240


class Seen(NamedTuple):
    """Seconds and score of one audit."""

    first_paint: float
    largest_paint: float
    interactive: float
    blocking_ms: float
    score: float


def chromium() -> str:
    """The browser."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise RuntimeError("Chromium is needed: tools/system_packages.sh installs it")
    return found


def audit(url: str, report: Path, throttling: Sequence[str] = SLOW_3G, port: int | None = None) -> Seen:
    """One audit, in a new browser, or in the one behind `port` with all that it has kept."""
    script = package("lighthouse") / "cli" / "index.js"
    command = ["node", str(script), url, "--quiet", "--output=json", f"--output-path={report}", *throttling]
    command += ["--only-categories=performance", "--max-wait-for-load=150000", "--form-factor=mobile"]
    if port is None:
        command.append(f"--chrome-flags={' '.join(FLAGS)}")
    else:
        command += [f"--port={port}", "--disable-storage-reset"]
    environment = os.environ | {"CHROME_PATH": chromium()}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"Lighthouse failed:\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}")
    return read_report(report)


def read_report(report: Path) -> Seen:
    """The figures; RuntimeError where the page could not be audited."""
    found = json.loads(report.read_text("utf-8"))
    audits = found["audits"]
    names = ("first-contentful-paint", "largest-contentful-paint", "interactive", "total-blocking-time")
    values = [audits[name].get("numericValue") for name in names]
    if found.get("runtimeError") or None in values:
        raise RuntimeError(f"Lighthouse saw no page: {found.get('runtimeError')}")
    first, largest, interactive, blocking = (float(value) for value in values)
    return Seen(first / 1e3, largest / 1e3, interactive / 1e3, blocking, found["categories"]["performance"]["score"])


@contextmanager
def browser(folder: Path) -> Iterator[int]:
    """The debugging port of a Chromium that keeps what it is given."""
    port = free_port()
    command = [chromium(), *FLAGS, f"--remote-debugging-port={port}", f"--user-data-dir={folder / 'profile'}"]
    with running([*command, "about:blank"], folder / "chromium.log", folder=folder):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/json/version"), 60, "Chromium")
        yield port
