"""What every page must keep to, wherever it is and whatever has just happened on it."""

import json
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import brotli
from playwright.sync_api import Page

REPOSITORY = Path(__file__).resolve().parents[2]
NODE_MODULES = REPOSITORY / "node_modules"
# Best practice and RGAA as well as WCAG A and AA; AAA contrast is what the town's colours promise.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "EN-301-549", "RGAAv4"]

# Above the shapes of a drawing axe judges no text: the names on a map are ink on colours that are 7 or more from it
# (themes/town/static/css/map.css), and nobody needs to read them. Numbers of
# places that lie close cover each other; the list beside the map has them all.
# Nor what a browser writes itself in a field for files.
JUDGED = "{ exclude: ['.map > [aria-hidden]', '.map text', 'input[type=file]'] }"


class Verdict(NamedTuple):
    """`wrong`: rules broken, each with its element. `unsure`: elements that axe could not judge."""

    wrong: list[str]
    unsure: list[str]


@cache
def _axe() -> str:
    return (NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8")


def check_accessibility(page: Page) -> Verdict:
    """What axe says of the page as it stands now."""
    if not page.evaluate("typeof globalThis.axe === 'object'"):
        page.evaluate(_axe())
    result = page.evaluate(
        f"tags => axe.run({JUDGED}, {{ runOnly: {{ type: 'tag', values: tags }}, resultTypes: ['violations'] }})",
        AXE_TAGS,
    )
    return Verdict(_told(result["violations"]), _told(result["incomplete"]))


def check_colours(page: Page) -> Verdict:
    """The rules that a change of colours can break, on a page that `check_accessibility` has seen."""
    result = page.evaluate(
        f"rules => axe.run({JUDGED}, {{ runOnly: {{ type: 'rule', values: rules }}, resultTypes: ['violations'] }})",
        ["color-contrast", "color-contrast-enhanced", "link-in-text-block"],
    )
    return Verdict(_told(result["violations"]), _told(result["incomplete"]))


def check_in_light_and_dark(page: Page) -> Verdict:
    """Everything in light, then in dark what colours can break; the page stands in light again."""
    page.emulate_media(color_scheme="light")
    light = check_accessibility(page)
    page.emulate_media(color_scheme="dark")
    dark = check_colours(page)
    page.emulate_media(color_scheme="light")
    return Verdict(light.wrong + [f"dark: {one}" for one in dark.wrong], light.unsure + dark.unsure)


def _told(rules: list[dict[str, Any]]) -> list[str]:
    return [f"{rule['id']}: {node['target']} {node['html'][:160]}" for rule in rules for node in rule["nodes"]]


def check_html(files: Iterable[Path]) -> list[str]:
    """Faults of form that html-validate finds; `file:line: rule: message`."""
    command = [
        "node", str(NODE_MODULES / "html-validate" / "bin" / "html-validate.mjs"), "--formatter", "json",
        "--config", str(Path(__file__).with_name("htmlvalidate.json")), *map(str, files),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert done.stdout.startswith("["), done.stderr[-2000:]
    return [
        f"{report['filePath']}:{message['line']}: {message['ruleId']}: {message['message']}"
        for report in json.loads(done.stdout)
        for message in report["messages"]
    ]


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def wide_elements(page: Page) -> list[str]:
    """The elements that stick out of the window on the right, for the message."""
    script = """() => [...document.body.querySelectorAll('*')]
        .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map((one) => one.outerHTML.slice(0, 120)).slice(0, 5)"""
    return list(page.evaluate(script))


@cache
def compressed(data: bytes) -> int:
    """Bytes on the wire, as a host sends them that compresses well."""
    return len(brotli.compress(data, quality=11))
