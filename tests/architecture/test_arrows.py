"""The arrows and rooms of docs/architecture.md, read from the code itself."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic import modules

REPOSITORY = Path(__file__).resolve().parents[2]
ROOMS = ("civic", "site_builder", "sync_server")
STANDARD = frozenset(sys.stdlib_module_names)
# The standard library's ways to reach the clock, the disk, the network or chance.
AMBIENT = {"time", "random", "secrets", "socket", "os", "subprocess", "tempfile", "threading", "urllib", "http", "uuid"}

# They tell of acts of particular kinds: the modules themselves, the imports of other platforms; the public log has
# kinds of its own.
TELLERS = {"modules", "imports", "log", "log_entry"}
# Other things of the same name: a phase, a column.
ALIKE = re.compile(r'VOTE = "vote"$')
# What a person types: each command loads what it needs.
TYPED = {"cli.py", "commands.py", "key_commands.py", "terminal.py"}


def sources(room: str) -> list[Path]:
    return sorted((REPOSITORY / room).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module), node.lineno


def is_under(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def offences(room: str, is_forbidden: object) -> list[str]:
    assert callable(is_forbidden)
    return [
        f"{path.relative_to(REPOSITORY)}:{line} imports {name}"
        for path in sources(room)
        for name, line in imports(path)
        if is_forbidden(path, name)
    ]


def test_nothing_imports_the_server() -> None:
    assert not offences("civic", lambda _, name: is_under(name, "sync_server"))
    assert not offences("site_builder", lambda _, name: is_under(name, "sync_server"))


def test_the_server_imports_neither_the_builder_nor_pelican() -> None:
    assert not offences("sync_server", lambda _, name: is_under(name, "site_builder") or is_under(name, "pelican"))


def test_only_the_builder_imports_pelican() -> None:
    assert not offences("civic", lambda _, name: is_under(name, "pelican"))


def test_the_rules_rest_on_the_standard_library_and_one_file_on_cryptography() -> None:
    def is_forbidden(path: Path, name: str) -> bool:
        top = name.partition(".")[0]
        allowed = top in STANDARD or top == "civic" or (top == "cryptography" and path.name == "signing.py")
        return not allowed

    assert not offences("civic", is_forbidden)


def test_the_rules_have_no_ambient_input() -> None:
    assert not offences("civic", lambda _, name: name.partition(".")[0] in AMBIENT)
    found = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno} {ast.unparse(node)}"
        for path in sources("civic")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in ("open", "input", "print"))
            or (isinstance(node.func, ast.Attribute) and node.func.attr in ("now", "today", "utcnow", "getenv"))
        )
    ]
    assert not found


def test_the_rules_are_handed_the_modules() -> None:
    outside = [path for path in sources("civic") if "modules" not in path.relative_to(REPOSITORY).parts]
    assert outside
    assert not [f"{path}:{line}" for path in outside for name, line in imports(path) if is_under(name, "civic.modules")]


def test_no_module_imports_another() -> None:
    folders = [path for path in (REPOSITORY / "civic" / "modules").iterdir() if (path / "__init__.py").is_file()]
    assert len(folders) >= 2
    for folder in folders:
        own = f"civic.modules.{folder.name}"
        for path in folder.rglob("*.py"):
            for name, line in imports(path):
                assert not is_under(name, "civic.modules") or is_under(name, own), f"{path}:{line} imports {name}"


def test_nothing_outside_names_a_module() -> None:
    names = [path.name for path in (REPOSITORY / "civic" / "modules").iterdir() if (path / "__init__.py").is_file()]
    for room in ROOMS:
        for path in sources(room):
            if "modules" in path.relative_to(REPOSITORY).parts or "imports" in path.parts:
                continue
            for name, line in imports(path):
                assert name.removeprefix("civic.modules.").partition(".")[0] not in names, f"{path}:{line}"


def test_nothing_outside_a_module_names_a_kind_of_act() -> None:
    kinds = "|".join(kind for module in modules.load().values() for kind in module.kinds)
    # In a selector, as a value, at the head of a slot, or at the tail of a word's key.
    named = re.compile(rf"""['"`=.]({kinds})(?:['"`:\]]|\.now\b)""")
    theme = REPOSITORY / "themes" / "town"
    files = [*theme.rglob("*.mjs"), *theme.rglob("*.html"), *(theme / "static" / "js" / "words").glob("*.json")]
    files += [path for room in ROOMS for path in sources(room)]
    files = [path for path in files if not TELLERS & {*path.relative_to(REPOSITORY).parts, path.stem}]
    assert len(files) > 100
    found = [f"{path}:{line}: {text.strip()}" for path in files for line, text in numbered(path) if named.search(text)]
    assert not [line for line in found if not ALIKE.search(line)]


def numbered(path: Path) -> Iterator[tuple[int, str]]:
    return enumerate(path.read_text("utf-8").splitlines(), 1)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_stand_at_the_top(room: str) -> None:
    for path in sources(room):
        if path.name in TYPED:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden = [one for one in ast.walk(node) if isinstance(one, ast.Import | ast.ImportFrom)]
                assert not hidden, f"{path}:{node.lineno} {node.name} hides an import"
