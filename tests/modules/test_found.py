"""What a module's pages say is found by searching, in every language, until it is withdrawn; nothing is listed here."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from civic.module import Entry, Module
from tests.modules.example_town import MODULES, SLUG, ExampleTown
from tests.theme.conftest import REPOSITORY

every_module = pytest.mark.parametrize("module", MODULES.values(), ids=list(MODULES))
FOUND = f"""
import {{ readFileSync }} from 'node:fs';
import {{ rank }} from '{(REPOSITORY / "themes/town/static/js/found.mjs").as_uri()}';
const {{ docs, asked }} = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(asked.map((query) => rank(docs, query).docs.map(({{ path }}) => path))));
"""


def words_of(site: Path, prefix: str) -> list[dict[str, Any]]:
    """All that a search on the site in one language looks in."""
    manifests = [site / prefix / "files.json", site / prefix / SLUG / "files.json"]
    names = [name for file in manifests for name in json.loads(file.read_text("utf-8"))["words"]]
    return [doc for name in names for doc in json.loads((site / f"p/{name}.json").read_text("utf-8"))["docs"]]


def search(docs: list[dict[str, Any]], asked: list[str]) -> list[list[str]]:
    """The addresses that the page of search finds for each question, the best first."""
    told = json.dumps({"docs": docs, "asked": asked})
    done = subprocess.run(
        ["node", "--input-type=module", "-e", FOUND], input=told, capture_output=True, text=True, check=True
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found


@every_module
def test_what_the_feed_tells_of_is_found_by_its_title_until_it_is_withdrawn(module: Module, tmp_path: Path) -> None:
    built = ExampleTown(tmp_path, module, "open")
    site, entries = built.folder / "site", built.desk.entries()
    for prefix, lang in (("", "fr"), ("en", "en")):
        docs = words_of(site, prefix)
        assert all((site / doc["path"][1:] / "index.html").is_file() for doc in docs), "what is found is there"
        own = [one for one in entries if one.lang == lang]
        found = [path.removeprefix("/en") for path, *_ in search(docs, [one.title for one in own])]
        assert found == [one.path.partition("#")[0] for one in own]
    words = _withdraw_all(built, module)
    for prefix in ("", "en"):
        docs = words_of(site, prefix)
        told = "\n".join(f"{doc['title']}\n{doc['text']}" for doc in docs)
        assert not [one for one in words if one in told]
        assert all(doc["title"] for doc in docs), "nothing is found by nothing"


def _withdraw_all(built: ExampleTown, module: Module) -> list[str]:
    """Takes back everything that citizens wrote; what it began with."""
    tables, gone = {table: kind for kind, table in module.tables.items() if table}, {}
    snapshot = json.loads((built.folder / "snapshots" / f"{SLUG}.json").read_text("utf-8"))
    written = {table: [row for row in snapshot[table].values() if row.get("text")] for table in tables}
    for table, rows in written.items():
        gone[table] = [row | module.document(_withdrawn(tables[table], row)) for row in rows]
    built.site.apply({"slug": SLUG, "tables": gone})
    built.site.settle()
    return [row["text"].partition("\n")[0] for rows in written.values() for row in rows]


def _withdrawn(kind: str, row: dict[str, Any]) -> Entry:
    """What the worker gives a module for an act that was taken back."""
    return Entry(
        kind, row["id"], row.get("target", row["id"]), row.get("number", 1), row.get("no", 1), row["received_at"],
        row["received_at"], revised=True, withdrawn=True, unsigned=False, payload=None, votes=row.get("votes"),
    )  # fmt: skip
