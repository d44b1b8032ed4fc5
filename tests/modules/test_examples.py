"""What every module shows of itself, driven by the examples in its folder: nothing is listed here."""

import csv
import functools
import io
import json
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize

from civic import modules
from civic.module import Module
from civic.phases import moment_at
from civic.refusals import Refused
from sync_server.following.noting import addresses
from tests.end_to_end.page_checks import check_accessibility, sideways
from tests.modules.example_town import MODULES, SLUG, STATES, ExampleTown, acts_of, private_site, read_examples
from tests.modules.foreign_site import FRAMES, hosted
from tests.theme.conftest import REPOSITORY
from tests.theme.test_pages import LIMIT, weight
from tests.worker.test_fold import loaded

every_module = pytest.mark.parametrize("module", MODULES.values(), ids=list(MODULES))
every_state = pytest.mark.parametrize("state", STATES)
Town = Callable[[Module, str], ExampleTown]
ON_SCREEN = "form, nav, button, .sky, .floor, .skip"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The town of a module's examples on the day of a state."""

    @functools.cache
    def build(name: str, state: str) -> ExampleTown:
        return ExampleTown(tmp_path_factory.mktemp(f"{name}-{state}"), MODULES[name], state)

    return lambda module, state: build(module.name, state)


@every_module
def test_a_module_explains_itself(module: Module) -> None:
    folder = modules.HERE / module.name
    assert (folder / "README.md").is_file()
    examples = read_examples(module)
    assert {one["kind"] for one in examples["acts"]} == set(module.kinds), "an act of each kind"
    assert examples["refused"], "and one that is refused"


@every_module
def test_a_module_can_be_private_and_says_nothing_then(module: Module, town: Town, tmp_path: Path) -> None:
    shown = town(module, "results")
    words = [text for text in spoken(shown.examples["acts"]) if len(text) > 12]
    site = private_site(shown, tmp_path)
    found = [(file, text) for file in site.rglob("*") if file.is_file() for text in words if text in read(file)]
    assert not found
    shells = [file for file in (site / SLUG).rglob("*.html") if "data-sealed" not in read(file)]
    assert not shells


def spoken(value: Any) -> Iterator[str]:
    """Every text with a space in it, in what an example says."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from spoken(one)
    elif isinstance(value, str) and " " in value:
        yield value.split("\n")[0]


def read(file: Path) -> str:
    return file.read_text("utf-8", "replace")


@every_module
def test_what_examples_say_is_refused_is(module: Module, town: Town) -> None:
    rules = town(module, "open").rules
    for one in read_examples(module)["refused"]:
        with pytest.raises(Refused) as refused:
            module.parse(one["kind"], one["body"], rules, rules.languages)
        assert refused.value.code.value == one["code"], one


@every_module
def test_plain_forms_make_the_bodies_of_the_examples(module: Module, town: Town) -> None:
    rules = town(module, "open").rules
    for one in read_examples(module)["forms"]:
        entered = module.entered(one["kind"], one["fields"], "A" * 22)
        assert entered.body == one["body"]
        module.parse(one["kind"], entered.body, rules, rules.languages)


@every_module
@every_state
def test_pages_of_the_examples_are_valid_and_light(module: Module, state: str, town: Town) -> None:
    built = town(module, state)
    site = built.folder / "site"
    files = [site / f"{lang}{path}index.html" for path in built.one_of_each() for lang in (".", "en")]
    checker = REPOSITORY / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    config = REPOSITORY / "tests" / "theme" / "htmlvalidate.json"
    command = ["node", str(checker), "--config", str(config), "--formatter", "text", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert files
    assert done.returncode == 0, done.stdout[-3000:]
    assert not {str(file): size for file in files if (size := weight(file.read_text("utf-8"))) > LIMIT}


@every_module
def test_the_first_page_of_the_examples_is_kept_for_reading_without_network(module: Module, town: Town) -> None:
    assert f"/{SLUG}/" in {page.path for page in town(module, "open").desk.pages(None) if page.pack}


@every_module
@every_state
def test_open_data_of_the_examples_can_be_read(module: Module, state: str, town: Town) -> None:
    site = town(module, state).folder / "site"
    for file in site.glob(f"{SLUG}/donnees/*"):
        if file.suffix == ".json":
            json.loads(file.read_bytes())
        if file.suffix == ".csv":
            rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig")), delimiter=_delimiter(file)))
            assert len({len(row) for row in rows}) == 1, file.name


def _delimiter(file: Path) -> str:
    head = file.read_text("utf-8-sig").partition("\n")[0]
    return ";" if head.count(";") > head.count(",") else ","


@every_module
def test_who_is_told_of_something_is_led_to_its_page(module: Module, town: Town) -> None:
    built = town(module, "open")
    fold, _ = loaded(built.ledger, built.rules, moment_at(built.rules, STATES["open"]))
    shown = addresses(fold)
    for page in built.desk.pages(None):
        if page.target:
            path, number = shown[page.target]
            assert path == page.path
            assert not number or path == f"/{SLUG}/{number}/"


@every_module
def test_acts_of_the_examples_are_parsed_and_admitted_in_order(module: Module, town: Town) -> None:
    built = town(module, "open")
    said = list(acts_of(module, built.examples, built.rules))
    with built.ledger.reading() as now:
        assert now.last_no("valbrume") == len(said) > 0


@pytest.mark.browser
@every_module
def test_pages_of_the_examples_are_accessible_fit_a_small_phone_print_their_words_and_ask_no_stranger(
    module: Module, town: Town, serve: Callable[[Path], str], browser: Browser
) -> None:
    found = []
    for scheme, state in (("light", "open"), ("dark", "results")):
        built = town(module, state)
        address = serve(built.folder / "site")
        size: ViewportSize = {"width": 1280 if scheme == "dark" else 360, "height": 800}
        context = browser.new_context(
            viewport=size, color_scheme=scheme, service_workers="block"  # type: ignore[arg-type]
        )  # fmt: skip
        page, asked = context.new_page(), set[str]()
        page.clock.set_fixed_time(STATES[state])  # else scripts close what the page offers
        page.on("request", partial(note, asked))
        for path in built.one_of_each():
            page.set_viewport_size(size)
            page.goto(address + path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            verdict = check_accessibility(page)
            found += [f"{path} {scheme}: {one}" for one in verdict.wrong + verdict.unsure]
            page.set_viewport_size({"width": 320, "height": 800})
            if sideways(page):
                found.append(f"{path}: wider than 320 pixels")
            found += [f"{path}: {one}" for one in printed_besides(page)]
        context.close()
        own = (f"{address}/", "https://sync.valbrume.example/", "data:", "blob:")
        found += [url for url in asked if not url.startswith(own)]
    assert not found


def note(asked: set[str], request: Request) -> None:
    """Remembers where a request went."""
    asked.add(request.url)


def printed_besides(page: Page) -> list[str]:
    """What paper shows and should not, or not enough of."""
    page.emulate_media(media="print")
    shown = page.locator(ON_SCREEN).locator("visible=true").count()
    words = len(page.inner_text("main").split())
    page.emulate_media(media="screen")
    return [f"{shown} of {ON_SCREEN} on paper"] * bool(shown) + [f"{words} words on paper"] * (words < 5)


@pytest.mark.browser
@every_module
def test_other_sites_may_frame_the_pages_made_for_it_and_no_page_else(
    module: Module, town: Town, browser: Browser
) -> None:
    built = town(module, "open")
    pages = {page.path: page.is_framed for page in built.desk.pages(None)}
    shown = [path for path, is_framed in pages.items() if is_framed]
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    with hosted(built.folder / "site") as port:
        for path in [*shown, *(f"/en{path}" for path in shown), f"/{SLUG}/"]:
            page.goto(f"http://localhost:{port}{FRAMES}{path}")  # another origin
            assert (page.frames[-1].url == f"http://127.0.0.1:{port}{path}") is (path != f"/{SLUG}/"), path
    context.close()
    for path in shown:
        html = (built.folder / "site" / f".{path}" / "index.html").read_text("utf-8")
        assert "<script" not in html
        assert "<form" not in html


@every_module
@every_state
def test_the_feed_leads_to_what_a_module_shows(module: Module, state: str, town: Town) -> None:
    built = town(module, state)
    site = built.folder / "site"
    feed = ElementTree.fromstring((site / SLUG / "flux.xml").read_bytes())
    links = [str(one.get("href")) for one in feed.iterfind("{*}entry/{*}link")]
    assert len(links) == len(set(links)) == min(20, len(built.desk.entries()))
    assert links or module.name not in shows_items(built)
    for link in links:
        assert (site / f".{urlsplit(link).path}" / "index.html").is_file(), link


def shows_items(built: ExampleTown) -> set[str]:
    """The modules of the town that have pages of their own about something that people may act on."""
    named = [MODULES[name] for name in built.rules.modules]
    return {one.name for one in named if one.targets or one.declared(built.rules)}
