"""Files of about 300 lines, functions under 40, names that a citizen, clerk or auditor would say."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MAX_FILE = 330
MAX_FUNCTION = 40
CODE = {".py", ".mjs", ".js", ".html", ".css"}


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    return [REPOSITORY / line for line in listing.splitlines()]


def product() -> list[Path]:
    rooms = ("civic", "site_builder", "sync_server", "themes")
    return [
        path
        for path in tracked()
        if path.suffix in CODE and path.relative_to(REPOSITORY).parts[0] in rooms and path.is_file()
    ]


def test_files_are_short() -> None:
    long = {str(path): lines for path in product() if (lines := len(path.read_text("utf-8").splitlines())) > MAX_FILE}
    assert not long


def test_functions_are_short() -> None:
    long = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno} {node.name} {length}"
        for path in product()
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION
    ]
    assert not long


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = re.compile(r"(^|/)(utils?|helpers?|common|misc|manager)(\.|/)")
    assert not [str(path) for path in tracked() if vague.search(str(path.relative_to(REPOSITORY)))]


def test_no_function_is_left_for_later() -> None:
    left = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|NotImplemented" + r"Error)\b")
    assert not [str(path) for path in product() if left.search(path.read_text("utf-8"))]


def test_public_functions_of_the_rules_say_their_contract() -> None:
    silent = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno} {node.name}"
        for path in product()
        if path.suffix == ".py" and path.relative_to(REPOSITORY).parts[0] == "civic"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert not silent


LOCKS = {
    "requirements.txt": "--hash=sha256:",
    "requirements-dev.txt": "--hash=sha256:",
    "requirements-bench.txt": "--hash=sha256:",
    "package-lock.json": '"integrity": "sha512-',
    "bench/peers/package-lock.json": '"integrity": "sha512-',
}


@pytest.mark.parametrize(("name", "hash_start"), LOCKS.items())
def test_no_lock_names_a_host_or_a_path(name: str, hash_start: str) -> None:
    text = (REPOSITORY / name).read_text("utf-8")
    assert hash_start in text
    assert not re.search(r"https?://|file:|^-[ief] ", text, re.MULTILINE)
