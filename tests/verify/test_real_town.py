"""A real town from its first act to the recount: acts over HTTP, the worker, the published folder, a web server."""

import json
from pathlib import Path

from tests.civic.town import jti
from tests.sync_server.town_files import SLUG
from tests.verify.conftest import preau


def test_the_published_folder_is_recounted_to_its_result(published: Path) -> None:
    done = preau("verify", str(published), "--lang", "en")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "RECOUNTED: 11 votes by 11 people give exactly the published result." in done.stdout
    assert "These rules are signed by the town." in done.stdout
    assert "Acts that are not shown: 2." in done.stdout


def test_words_taken_back_are_nowhere_in_the_ballots(published: Path) -> None:
    rows = (published / SLUG / "donnees" / "rows.jsonl").read_text()
    lines = [json.loads(line) for line in rows.splitlines()]
    assert [line["withheld"] for line in lines if "withheld" in line] == [f"proposal:{jti(2)}", f"comment:{jti(60)}"]
    assert len([line for line in lines if "rules" in line]) == 2


def test_a_web_address_is_recounted_as_its_folder_is(published: Path, address: str) -> None:
    told = [preau("verify", place, "--only", SLUG).stdout for place in (str(published), address)]
    assert told[0] == told[1]
    assert told[0].endswith("Tout ce qui peut être vérifié est vrai.\n")


def test_a_folder_that_is_none_cannot_be_checked(tmp_path: Path) -> None:
    done = preau("verify", str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert "is not a folder" in done.stderr


def test_an_address_that_does_not_answer_cannot_be_checked(address: str) -> None:
    done = preau("verify", address.rsplit(":", 1)[0] + ":9")
    assert done.returncode == 2
