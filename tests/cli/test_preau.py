"""What `preau` says to the person who types it."""

import os
import tomllib
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync_server.cli import main
from sync_server.demo import SEED, TOWN, copy_town, shift_to
from sync_server.worker.opening import lock_folder


def preau(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_it_says_its_version() -> None:
    assert preau("--version").output == f"preau, version {version('preau')}\n"


def test_every_command_says_what_it_does() -> None:
    names = [name for name, command in main.commands.items() if not command.hidden]
    assert names == [
        "serve",
        "work",
        "demo",
        "build",
        "rebuild",
        "keys",
        "sign",
        "export",
        "words",
        "verify",
        "rank",
        "import",
        "census",
        "clerk",
    ]
    for name in names:
        said = preau(name, "--help")
        assert said.exit_code == 0
        assert str(main.commands[name].help) in " ".join(said.output.split())


def test_keys_are_made_once(tmp_path: Path) -> None:
    first = preau("keys", "--var", str(tmp_path))
    assert first.exit_code == 0
    assert preau("keys", "--var", str(tmp_path)).output == first.output
    assert (tmp_path / "keys" / "receipt.pem").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("build",), "there is no town in"),
        (("export", "--to", "{var}/out"), "name the town with --space"),
        (("import", "polis", "{var}", "--slug", "talk"), "summary.csv: this file is missing"),
        (("import", "town", "{var}"), "is not what `preau export` wrote"),
    ],
)
def test_a_fault_of_the_input_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    result = preau(*(one.format(var=tmp_path) for one in arguments), "--var", str(tmp_path))
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def a_town(var: Path) -> None:
    copy_town(shift_to(date(2026, 11, 23)), var / "content" / "valbrume")


def test_a_list_is_shown_before_it_is_taken_and_letters_are_for_the_new(tmp_path: Path) -> None:
    a_town(tmp_path)
    var = ("--var", str(tmp_path))
    file = str(SEED / "habitants.csv")
    shown = preau("census", "import", file, "--dry-run", *var)
    assert "10 residents on this list:" in shown.output
    assert "10 new, who need a letter" in shown.output
    assert "Quarters, as rules name them: le-bourg, les-berges, les-pres" in shown.output
    assert "0 residents" in preau("census", "status", *var).output
    assert preau("census", "import", file, *var).exit_code == 1  # nobody said yes
    assert preau("census", "import", file, "--yes", *var).exit_code == 0
    assert "codes for 10 people" in preau("census", "letters", file, "--to", str(tmp_path / "l.pdf"), *var).output
    again = preau("census", "letters", file, "--to", str(tmp_path / "m.pdf"), *var)
    assert (again.exit_code, "everybody on this list has a code" in again.output) == (1, True)
    said = preau("census", "reissue", file, "--name", "aubert jeanne", "--to", str(tmp_path / "n.pdf"), *var)
    assert said.output.startswith("Jeanne Aubert: ")
    assert "10 residents, 10 of them with a code, 0 recognised" in preau("census", "status", *var).output


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--name", "aubert"), "3 people are so: add a day of birth"),
        (("--name", "nobody"), "nobody on this list is so"),
        ((), "say who: --resident NUMBER or --name NAME"),
    ],
)
def test_a_code_is_for_one_person(tmp_path: Path, asked: tuple[str, ...], said: str) -> None:
    a_town(tmp_path)
    file, var = str(SEED / "habitants.csv"), ("--var", str(tmp_path))
    preau("census", "import", file, "--yes", *var)
    result = preau("census", "reissue", file, *asked, *var)
    assert result.exit_code > 0
    assert said in result.output


def test_a_list_without_most_people_is_asked_about(tmp_path: Path) -> None:
    a_town(tmp_path)
    file, var = SEED / "habitants.csv", ("--var", str(tmp_path))
    preau("census", "import", str(file), "--yes", *var)
    part = tmp_path / "part.csv"
    part.write_text("\n".join(file.read_text("utf-8").splitlines()[:4]), "utf-8")
    asked = preau("census", "import", str(part), "--yes", *var)
    assert (asked.exit_code, "--many-leave" in asked.output) == (1, True)
    assert preau("census", "import", str(part), "--yes", "--many-leave", *var).exit_code == 0
    assert "3 residents" in preau("census", "status", *var).output


def test_the_key_of_private_letters_is_made_once_and_replaced_where_asked(tmp_path: Path) -> None:
    copy_town(shift_to(date(2026, 11, 23)), tmp_path / "content" / "valbrume", TOWN)
    make = ("keys", "messages", "--var", str(tmp_path))
    first = preau(*make)
    assert first.exit_code == 0
    assert preau(*make).stdout == first.stdout
    key = tomllib.loads(first.stdout)["messages"]["key"]
    made = tomllib.loads(preau(*make, "--replace").stdout)["messages"]
    assert made["earlier"] == [key]
    assert made["key"] != key
    assert "vault.key" in first.stderr


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "preau.toml").write_text("colour = 1\n")
    assert "unknown setting 'colour'" in preau("keys", "--var", str(tmp_path)).output


def test_a_second_worker_leaves_the_work_to_the_first(tmp_path: Path) -> None:
    lock = lock_folder(tmp_path)
    said = preau("work", "--var", str(tmp_path))
    assert said.exit_code == 3
    assert "already at work" in said.output
    assert "already at work" in preau("build", "--var", str(tmp_path)).output
    os.close(lock)


def test_a_slug_that_is_no_address_is_refused(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "pabulib" / "Netherlands_Assen_2024.pb"
    said = preau("import", "pabulib", str(file), "--slug", "Assen 2024", "--var", str(tmp_path))
    assert said.exit_code == 1
    assert "--slug: 'Assen 2024' is not made of lower-case letters" in said.output
    assert not (tmp_path / "content").exists()


def test_a_rebuild_is_asked_for_each_town(tmp_path: Path) -> None:
    copy_town(shift_to(date(2026, 11, 23)), tmp_path / "content" / "valbrume", TOWN)
    assert "Asked for: valbrume" in preau("rebuild", "--var", str(tmp_path)).output
