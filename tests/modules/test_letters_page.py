"""The page on which one writes to the town hall: nothing leaves it as it was typed, and it is light."""

import re
from pathlib import Path

import brotli
import pytest

from tests.modules.example_town import MODULES, SLUG, ExampleTown

SCRIPTS = 16_000  # bytes as they travel: of the page, and of its service worker


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ExampleTown(tmp_path_factory.mktemp("letters"), MODULES["messages"], "open").folder / "site"


def test_before_a_script_can_seal_nothing_can_be_typed_nor_sent(site: Path) -> None:
    page = (site / SLUG / "index.html").read_text("utf-8")
    (form,) = re.findall(r"<form.*?</form>", page, re.DOTALL)
    outside = re.sub(r"<fieldset disabled>.*?</fieldset>", "", form, flags=re.DOTALL)
    assert 'name="text"' in form
    assert not re.findall(r"<(?:textarea|button|select|input(?! type=\"hidden\"))", outside)
    told = re.findall(r"<noscript>.*?</noscript>", page, re.DOTALL)
    assert any("2 place du Marché" in one for one in told)


def test_its_scripts_fit_and_what_seals_is_no_weight_of_who_only_reads(site: Path) -> None:
    page = (site / SLUG / "index.html").read_text("utf-8")
    (letters,) = re.findall(r'data-letters="/(a/[\w.]+)"', page)
    named = [*re.findall(r'<script src="/(a/[\w.]+)"', page), "sw.js"]
    assert letters not in named
    assert sum(len(brotli.compress((site / name).read_bytes())) for name in named) < SCRIPTS
    assert b"preau-letter-v1" in (site / letters).read_bytes()
