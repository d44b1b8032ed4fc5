"""What every kind of participation keeps to, found by looking in the folder: nothing is listed here."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic import modules
from civic.module import Entry, Module
from civic.refusals import Refused
from tests.civic.town import always_open
from tests.theme.sources import LANGUAGES

RULES = always_open()
MODULES = modules.load()
PLACEHOLDER = re.compile(r"\{(\w+)\}")
every_module = pytest.mark.parametrize("module", MODULES.values(), ids=list(MODULES))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def folder(module: Module) -> Path:
    return modules.HERE / module.name


@every_module
@given(data=st.data())
def test_any_body_is_parsed_or_refused_with_a_code(module: Module, data: st.DataObject) -> None:
    names = ["title", "text", "category", "name", "lang", "choice", "target", "reply_to"]
    body: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(names) | st.text(max_size=5), json_values))
    for kind in module.kinds:
        try:
            payload = module.parse(kind, body, RULES, ("fr", "en"))
        except Refused:
            continue
        assert isinstance(payload, tuple)


@every_module
def test_words_are_the_same_in_every_language(module: Module) -> None:
    files = sorted((folder(module) / "words").glob("*.json"))
    assert [path.stem for path in files] == list(LANGUAGES)
    catalogues = {path.stem: json.loads(path.read_text("utf-8")) for path in files}
    expected = {key: sorted(PLACEHOLDER.findall(words)) for key, words in catalogues["fr"].items()}
    for catalogue in catalogues.values():
        assert {key: sorted(PLACEHOLDER.findall(words)) for key, words in catalogue.items()} == expected


@every_module
def test_each_kind_of_act_has_a_name_where_citizens_see_what_they_did(module: Module) -> None:
    for lang in LANGUAGES:
        words = json.loads((folder(module) / "script_words" / f"{lang}.json").read_text("utf-8"))
        assert all(words.get(f"outbox.kind.{kind}") for kind in module.kinds), lang


@every_module
def test_templates_live_under_the_modules_own_name(module: Module) -> None:
    found = [path for path in (folder(module) / "templates").rglob("*") if path.is_file()]
    assert found
    assert {path.relative_to(folder(module) / "templates").parts[0] for path in found} == {module.name}


@every_module
def test_a_withdrawn_row_keeps_its_place_and_loses_its_words(module: Module) -> None:
    for kind in (kind for kind, table in module.tables.items() if table):
        entry = Entry(kind, "A" * 22, "B" * 22, 1, 9, 100, 100, True, True, False, None, None)
        row = module.document(entry)
        assert row["id"] == "A" * 22
        assert row["withdrawn"] is True
        assert row["text"] == ""
        json.dumps(row)


def test_kinds_are_taken_once() -> None:
    kinds = [kind for module in MODULES.values() for kind in module.kinds]
    assert len(kinds) == len(set(kinds))
    assert "withdraw" not in kinds
