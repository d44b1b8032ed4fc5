"""Every kind of participation where the town asks who acts: level, neighbourhood, age, guardian; results by group."""

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from civic.admission import check
from civic.assurance import Person, Proof
from civic.consultation import Consultation
from civic.envelope import parse_envelope
from civic.groups import LEAST
from civic.module import Document, Module
from civic.refusals import Code, Refused
from sync_server.census.facts import seal_born
from sync_server.storage.people_tables import residents
from sync_server.vault import Vault
from sync_server.worker.fold import Fold
from sync_server.worker.groups import Counted, draw_groups
from sync_server.worker.parts import Tables
from tests.civic.town import DAY, OPENS, rules_of
from tests.end_to_end.page_checks import check_html
from tests.modules.example_town import MODULES, SLUG, ExampleTown, Said, acts_of, read_examples, sealed
from tests.theme.test_pages import LIMIT, weight
from tests.worker.test_fold import SPACE

every_module = pytest.mark.parametrize("module", MODULES.values(), ids=list(MODULES))
VAULT = Vault(b"v" * 32, b"p" * 32, lambda n: b"n" * n)
COPIES, FAR = 18, 10_000  # so many people do what one does in the examples; between the numbers of two of them
ASKED: dict[str, Any] = {"min_age": 16, "guardian_under": 18, "neighbourhoods": ["centre", "gare"]}
LETTER, MAIL = Proof("census", "census", 1), Proof("email", "email", 1)
GROWN, YOUNG, MINOR, CHILD = "1960-05-01", "1995-05-01", "2009-05-01", "2015-05-01"
STRANGERS = {
    Code.NOT_GRANTED: None,
    Code.NOT_ELIGIBLE: Person("p:1", (MAIL,), born=GROWN, neighbourhood="centre"),
    Code.OTHER_NEIGHBOURHOOD: Person("p:1", (LETTER,), born=GROWN, neighbourhood="les-pres"),
    Code.TOO_YOUNG: Person("p:1", (LETTER,), born=CHILD, neighbourhood="centre", guarded_since=1),
    Code.GUARDIAN_NEEDED: Person("p:1", (LETTER,), born=MINOR, neighbourhood="gare"),
    Code.REVOKED: Person("p:1", (LETTER,), born=GROWN, neighbourhood="centre", revoked=True),
}
WELCOME = (
    Person("p:2", (LETTER,), born=GROWN, neighbourhood="centre"),
    Person("p:3", (LETTER,), born=MINOR, neighbourhood="gare", guarded_since=1),
)


class SecureTown(ExampleTown):
    """The examples in a named consultation for residents; what is only counted is done by many, some of them few of
    their kind. `groups` are the tables that the worker draws."""

    def __init__(self, folder: Path, module: Module) -> None:
        self.people: dict[str, Person] = {}
        self.groups: list[Document] = []
        names = read_examples(module).get("rules", {}).get("modules", [module.name])
        kinds = sorted(kind for name in names for kind in MODULES[name].kinds)
        more = {
            "mode": "named", "assurance": "census", "unsigned": [], "actions": dict.fromkeys(kinds, ASKED),
            "profile": {"groups": ["age", "neighbourhood"], "known": "verified"}, "publish_rows": False,
        }  # fmt: skip
        super().__init__(folder, module, "results", more)

    def _said(self, module: Module) -> list[Said]:
        said = super()._said(module)
        shown = {kind for name in self.rules.modules for kind in MODULES[name].tables}
        return said + [
            one._replace(voter=one.voter + FAR * copy)
            for copy in range(1, COPIES)
            for one in said
            if one.kind not in shown
        ]

    def _person(self, voter: int) -> Person:
        """The last copies are young; every third lives by the station."""
        copy = voter // FAR
        person = Person(
            f"p:{voter}", (LETTER,), born=YOUNG if copy >= COPIES - 2 else GROWN,
            neighbourhood="gare" if copy % 3 == 2 else "centre",
        )  # fmt: skip
        return self.people.setdefault(person.pid, person)

    def _tables(self, fold: Fold) -> Tables:
        with self.ledger.writing() as connection:
            for pid, one in self.people.items():
                row: dict[str, Any] = {
                    "mark": pid,
                    "pid": pid,
                    "facts": seal_born(VAULT, SPACE, pid, one.born),
                    "household": "h",
                }
                row |= {"neighbourhood": one.neighbourhood, "since": 1, "seen": 1, "ended_at": 0}
                connection.execute(sa.insert(residents).values(space=SPACE, **row))
        counted = Counted(fold.counted_modules, fold.items_shown())
        self.groups = draw_groups(self.ledger, VAULT, self.content.space, fold.consultation, counted)
        return super()._tables(fold) | {"groups": self.groups}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Module], SecureTown]:
    """The town of a module's examples, for residents only."""

    @functools.cache
    def build(name: str) -> SecureTown:
        return SecureTown(tmp_path_factory.mktemp(name), MODULES[name])

    return lambda module: build(module.name)


def refusal(text: str, rules: Consultation, person: Person | None) -> Code | None:
    try:
        check(parse_envelope(text), SPACE, rules_of(rules), MODULES, OPENS + DAY, "", person)
    except Refused as refused:
        return refused.code
    return None


@every_module
def test_who_does_not_qualify_is_refused_with_the_reason_and_who_does_is_taken(
    module: Module, town: Callable[[Module], SecureTown]
) -> None:
    built = town(module)
    first = {one.kind: (number, one) for number, one in enumerate(acts_of(module, built.examples, built.rules))}
    assert first.keys() == set(module.kinds)
    for number, one in first.values():
        text = sealed(one, number, built.rules)
        assert {code: refusal(text, built.rules, person) for code, person in STRANGERS.items()} == {
            code: code for code in STRANGERS
        }
        assert [refusal(text, built.rules, person) for person in WELCOME] == [None, None]


@every_module
def test_pages_of_a_town_that_asks_who_acts_are_valid_and_light(
    module: Module, town: Callable[[Module], SecureTown]
) -> None:
    built = town(module)
    pages = [built.folder / "site" / f".{path}" / "index.html" for path in built.one_of_each()]
    assert check_html(pages) == []
    assert not {str(page): size for page in pages if (size := weight(page.read_text("utf-8"))) > LIMIT}


def numbers_told(table: Document) -> list[int | None]:
    return [n for row in table["rows"] for n in row["cells"]] + table["totals"]


@every_module
def test_results_are_told_by_group_where_something_is_chosen_and_never_of_a_few(
    module: Module, town: Callable[[Module], SecureTown]
) -> None:
    built = town(module)
    result = built.folder / "site" / SLUG / "resultat" / "index.html"
    has_result = result.is_file() and any(kind not in module.tables for kind in module.kinds)
    assert built.groups or not has_result
    told = [n for table in built.groups for n in numbers_told(table)]
    assert not [n for n in told if n is not None and n < LEAST]
    if has_result:
        assert None in told
        page = result.read_text("utf-8").partition('id="groups"')[2]
        assert "La gare" in page
        assert "caché" in page
        feet = {tuple(re.findall(r"<td>(\d+)</td>", foot)) for foot in re.findall(r"<tfoot>.*</tfoot>", page)}
        told_to_all = {tuple(sorted(str(row["total"]) for row in table["rows"])) for table in built.groups}
        assert feet
        assert {tuple(sorted(foot[:-1])) for foot in feet} <= told_to_all, "a column for each choice"
    file = built.folder / "site" / SLUG / "donnees" / "groups.json"
    tables = json.loads(file.read_bytes())["tables"] if file.is_file() else []
    assert [numbers_told(one) for one in tables] == [numbers_told(one) for one in built.groups]
