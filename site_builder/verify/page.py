"""The report as one page of plain text, for people who are not programmers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from civic.canonical import parse_json
from site_builder.verify.findings import Finding, Report, Verdict

WORDS = Path(__file__).parent / "words"
WIDTH = 96
_MARKS = {Verdict.OK: "[=]", Verdict.FALSE: "[X]", Verdict.UNKNOWN: "[?]", Verdict.NOTE: " · "}
_INDENT = " " * 6


def languages() -> list[str]:
    """The languages the page can be written in."""
    return sorted(file.stem for file in WORDS.glob("*.json"))


def read_page_words(code: str) -> Mapping[str, str]:
    """The catalogue of a language, English where there is none."""
    file = WORDS / f"{code if code in languages() else 'en'}.json"
    words: dict[str, str] = parse_json(file.read_bytes())
    return words


def page(report: Report, words: Mapping[str, str]) -> str:
    """The whole page; it ends with the one sentence that matters."""
    lines = [words["title"].format(town=report.town or "?"), words["legend"], ""]
    for part in report.parts:
        lines.append(words["part.consultation"].format(title=part.title) if part.title else words["part.log"])
        for one in part.found:
            lines += _sentence(one, words)
        lines.append("")
    lines += textwrap.wrap(words[f"end.{report.status}"], WIDTH)
    return "\n".join(lines) + "\n"


def _sentence(finding: Finding, words: Mapping[str, str]) -> Iterator[str]:
    text = words[finding.code].format(**finding.values)
    yield from _wrapped(text, f"  {_MARKS[finding.verdict]} ")
    for detail in finding.details:
        yield from _wrapped(detail, f"{_INDENT}- ")


def _wrapped(text: str, start: str) -> list[str]:
    # A key has hyphens: it is read out in one piece.
    return textwrap.wrap(text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False)
