"""The page of a budget of 200 projects on a phone six times slower: how long it keeps the finger waiting (TBT).

Every task over 50 ms counts with what it is over, from the first paint on. On the clock, Chromium throttles its
processor through its debugging protocol, and whatever else this machine does counts as well; so the limit holds for the
processor time that the page's tasks take, six times over. First visits, nothing kept.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench import prose
from bench.budget import Figure, Size, at_most
from bench.house import House
from bench.lighthouse import serving
from bench.programs import free_port, running, wait_until
from bench.town import SPACE

PROJECTS, FEW, SLUG = 200, 20, "budget"
SLOWER = 6
LONG_MS = 50
QUIET_MS = 2_000
WATCH = """
globalThis.long = [];
new PerformanceObserver((list) => long.push(...list.getEntries().map((one) => [one.startTime, one.duration])))
  .observe({ type: 'longtask', buffered: true });
"""
SETTLED = f"performance.now() - Math.max(0, ...long.map(([at, ms]) => at + ms)) > {QUIET_MS}"
PAINTED = "performance.getEntriesByName('first-contentful-paint').map((one) => one.startTime)"
TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
RULES = """
revision = 1
modules = ["budget"]
counts = "hidden"
grace = "72h"
unsigned = ["basket"]
[[phase]]
id = "vote"
starts_at = 2026-01-01T00:00:00Z
ends_at = 2099-12-31T00:00:00Z
open = ["basket"]
[budget]
amount = 2000000
"""


def measure(size: Size) -> list[Figure]:
    """Medians of loads of the page with 200 projects, and of one with 20 beside it."""
    rounds = 1 if size.is_quick else 9
    taken: dict[int, list[float]] = {PROJECTS: [], FEW: []}
    clock: dict[int, list[float]] = {PROJECTS: [], FEW: []}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, port = Path(name), free_port()
        make_site(folder)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        with serving(folder, port):
            for _ in range(rounds):
                for number in (PROJECTS, FEW):
                    url = f"http://127.0.0.1:{port}/{SLUG}-{number}/"
                    taken[number].append(processor_time(browser, url))
                    clock[number].append(clock_time(browser, url))
        browser.close()
    return [
        figure("processor time × 6", taken, hard=200),
        figure("on the clock, processor ÷ 6", clock, goal=200),
    ]


def figure(how: str, found: dict[int, list[float]], hard: float | None = None, goal: float | None = None) -> Figure:
    """A row: the page with all projects, the one with few beside it."""
    all_of_them = ", ".join(f"{one:.0f}" for one in found[PROJECTS])
    return Figure(
        f"basket of {PROJECTS} projects, TBT: {how}", median(found[PROJECTS]), "ms",
        beside=f"{all_of_them}; with {FEW} projects {median(found[FEW]):.0f}",
        hard=None if hard is None else at_most(hard), goal=None if goal is None else at_most(goal),
    )  # fmt: skip


def make_site(folder: Path) -> None:
    """The site of a town with both budgets."""
    house = House(folder / "var", {"PREAU_PRECOMPRESS": "0", "PREAU_SYNC_URL": "http://127.0.0.1:9"})
    for number in (PROJECTS, FEW):
        home = folder / "var" / "content" / SPACE / "consultations" / f"{SLUG}-{number}"
        home.mkdir(parents=True)
        (home / "consultation.toml").write_text(RULES + projects(number), "utf-8")
        (home / "fr.md").write_text("title: Le budget\nsummary: Que faire ?\n\nDe quoi s’agit-il.\n", "utf-8")
    with running(house.command("build"), folder / "build.log", environment=house.environment) as process:
        if process.wait(120):
            raise RuntimeError((folder / "build.log").read_text("utf-8"))


def projects(number: int) -> str:
    """So many projects as a town writes them."""
    chance = random.Random(number)
    lines = []
    for one in range(1, number + 1):
        title = prose.sentence(chance, 4, 8)[:100].replace('"', "")
        cost = chance.randint(1, 250) * 1_000
        lines.append(f'[[budget.project]]\nid = "{one}"\ntitle = {{fr = "{title}"}}\ncost = {cost}\n')
        lines.append(f'place = {{fr = "Quartier {one % 12}"}}\ntext = {{fr = "{prose.paragraph(chance, 200)}"}}\n')
    return "".join(lines)


def clock_time(browser: Browser, url: str) -> float:
    """Milliseconds by which tasks were too long on a throttled processor, until two seconds without a long one."""
    with phone(browser) as page:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(url, wait_until="load")
        wait_until(lambda: page.evaluate(SETTLED), 120, "a quiet page", 0.2)
        painted = max(page.evaluate(PAINTED))
        return float(sum(max(0.0, ms - LONG_MS) for at, ms in page.evaluate("long") if at + ms > painted))


def processor_time(browser: Browser, url: str) -> float:
    """The same from the time that each task takes of the processor, multiplied."""
    with phone(browser) as page:
        browser.start_tracing(page=page, categories=TRACED)
        page.goto(url, wait_until="load")
        page.wait_for_timeout(QUIET_MS)
        events = json.loads(browser.stop_tracing())["traceEvents"]
    painted = next(one for one in reversed(events) if one["name"] == "firstContentfulPaint")
    tasks = [one for one in events if one["name"] == "RunTask" and place(one) == place(painted) and "tdur" in one]
    after = [SLOWER * one["tdur"] / 1e3 for one in tasks if one["ts"] + one["dur"] > painted["ts"]]
    return float(sum(max(0.0, ms - LONG_MS) for ms in after))


def place(event: dict[str, Any]) -> tuple[int, int]:
    """The thread of an event."""
    return int(event["pid"]), int(event["tid"])


@contextmanager
def phone(browser: Browser) -> Iterator[Page]:
    """A page of a phone that has never been here."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True)
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()
