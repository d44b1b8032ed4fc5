"""What every module shows of itself, driven by the examples in its folder: nothing is listed here."""

import csv
import functools
import io
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize

from civic import modules
from civic.module import Module
from civic.refusals import Refused
from tests.end_to_end.page_checks import check_accessibility, sideways
from tests.modules.example_town import MODULES, SLUG, STATES, ExampleTown, acts_of, private_site, read_examples
from tests.theme.conftest import REPOSITORY
from tests.theme.test_pages import LIMIT, weight

every_module = pytest.mark.parametrize("module", MODULES.values(), ids=list(MODULES))
every_state = pytest.mark.parametrize("state", STATES)
Town = Callable[[Module, str], ExampleTown]


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
def test_acts_of_the_examples_are_parsed_and_admitted_in_order(module: Module, town: Town) -> None:
    built = town(module, "open")
    said = list(acts_of(module, built.examples, built.rules))
    with built.ledger.reading() as now:
        assert now.last_no("valbrume") == len(said) > 0


@pytest.mark.browser
@every_module
def test_axe_finds_nothing_on_pages_of_the_examples(
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
        page = context.new_page()
        for path in built.one_of_each():
            page.set_viewport_size(size)
            page.goto(address + path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            verdict = check_accessibility(page)
            found += [f"{path} {scheme}: {one}" for one in verdict.wrong + verdict.unsure]
            page.set_viewport_size({"width": 320, "height": 800})
            if sideways(page):
                found.append(f"{path}: wider than 320 pixels")
        context.close()
    assert not found
