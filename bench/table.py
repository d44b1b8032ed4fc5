"""The table of ratios, on a terminal and as docs/benchmarks.md."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.budget import Bound, Figure

Rows = Mapping[str, Sequence[Figure]]
HEADER = ("what", "measured", "hard limit", "goal", "", "from")

INTRODUCTION = """# Benchmarks

Every ratio below was measured side by side in one run on the same cores: rivals start, run and stop in turn with
Préau, and the median of the paired runs counts. Compare ratios, never milliseconds of different machines. **SHORT**
marks a hard limit that is missed (the command then fails), *goal* a goal that is reached; rows without a limit are
there for the comparison. Everything runs on this machine's own loopback address.

    make bench                                # everything, about {minutes} minutes, and this file
    .venv/bin/python bench/run.py ingest      # single rows: {names}
    .venv/bin/python bench/run.py --quick     # small sizes, to see that it works
"""

BUSY = (
    "**The machine was busy with other work during this run.** That is unfair to whatever uses both cores and the disk "
    "(our ingest, our builds) beside rivals on one core, and to every limit in milliseconds: measure again when idle."
)


def format_value(value: float, unit: str) -> str:
    """The value with as many digits as say something."""
    if unit in ("requests", "processes"):
        return f"{value:.0f} {unit}"
    size = abs(value)
    digits = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 3 if size >= 0.1 else 4
    return f"{value:,.{digits}f} {unit}"


def format_bound(bound: Bound | None, unit: str) -> str:
    """The bound as in a table."""
    if bound is None:
        return ""
    sign = "≤" if bound.sense == "<=" else "≥"
    return f"{sign} {bound.value:g} {unit}"


def cells(figure: Figure) -> tuple[str, ...]:
    """A line of the table."""
    return (
        figure.what,
        format_value(figure.value, figure.unit),
        format_bound(figure.hard, figure.unit),
        format_bound(figure.goal, figure.unit),
        figure.verdict,
        figure.beside,
    )


def text_table(figures: Iterable[Figure]) -> str:
    """Lines in columns, for a terminal."""
    lines = [HEADER, *(cells(one) for one in figures)]
    widths = [max(len(line[place]) for line in lines) for place in range(5)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[5]]).rstrip()
        for line in lines
    )


def markdown_table(figures: Iterable[Figure]) -> str:
    """The same as a Markdown table."""
    marks = {"SHORT": "**SHORT**", "goal": "*goal*"}
    lines = ["| " + " | ".join(HEADER) + " |", "| --- | ---: | ---: | ---: | --- | --- |"]
    for figure in figures:
        line = list(cells(figure))
        line[4] = marks.get(line[4], line[4])
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |")
    return "\n".join(lines)


def machine_line(versions: Mapping[str, str], load: float) -> str:
    """What the figures were measured on; `load` is what others asked of it just before."""
    model, memory = "unknown processor", 0
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            cores = Path("/proc/cpuinfo").read_text("utf-8").count("\nprocessor") + 1
    for line in Path("/proc/meminfo").read_text("utf-8").splitlines():
        if line.startswith("MemTotal:"):
            memory = round(int(line.split()[1]) / 1024**2)
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    python = f"{sys.implementation.name} {platform.python_version()}"
    return (
        f"Machine: {cores} × {model}, {memory} GiB, {platform.system()} {platform.release()}, {python}, "
        f"load {load:.1f} before the run. Beside: {named}."
    )


def document(rows: Rows, titles: Mapping[str, str], machine: str, day: str, minutes: int, *, is_busy: bool) -> str:
    """docs/benchmarks.md."""
    parts = [INTRODUCTION.format(minutes=minutes, names=", ".join(titles)), f"{machine} Measured on {day}."]
    if is_busy:
        parts.append(BUSY)
    for name, figures in rows.items():
        parts += [f"## {titles[name]} (`bench/{name}.py`)", markdown_table(figures)]
    return "\n\n".join(parts) + "\n"
