"""The published folder served as a free static host serves it."""

from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from sync_server.static_site import create_site, parse_rules


@pytest.fixture
def client(tmp_path: Path) -> Client:
    (tmp_path / "filature").mkdir()
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text("<h1>Accueil</h1>")
    (tmp_path / "filature" / "index.html").write_text("<h1>La filature</h1>")
    (tmp_path / "a" / "0f.css").write_text("body{margin:0}")
    (tmp_path / "a" / "0f.css.br").write_bytes(b"brotli")
    (tmp_path / "404.html").write_text("<h1>Pas de page ici</h1>")
    rules = "# policy\n/*\n  X-Content-Type-Options: nosniff\n/a/*\n  Cache-Control: public, immutable\n"
    (tmp_path / "_headers").write_text(rules)
    return Client(create_site(tmp_path))


def ask(client: Client, path: str, **headers: str) -> TestResponse:
    answer = client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer.get_data()
    answer.close()
    return answer


def test_an_address_is_a_folder_with_an_index(client: Client) -> None:
    answer = ask(client, "/filature/")
    assert answer.status_code == 200
    assert answer.text == "<h1>La filature</h1>"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ask(client, "/filature").status_code == 302


def test_the_last_rule_that_matches_wins(client: Client) -> None:
    assert ask(client, "/a/0f.css").headers["Cache-Control"] == "public, immutable"
    assert "immutable" not in ask(client, "/").headers["Cache-Control"]


def test_the_compressed_file_is_sent_to_who_takes_it(client: Client) -> None:
    answer = ask(client, "/a/0f.css", Accept_Encoding="br")
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.data == b"brotli"


def test_a_missing_page_is_the_sites_own(client: Client) -> None:
    answer = ask(client, "/nulle-part/")
    assert answer.status_code == 404
    assert "Pas de page ici" in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_replaced_is_served_at_the_next_request(client: Client, tmp_path: Path) -> None:
    ask(client, "/")
    (tmp_path / "index.html").write_text("<h1>Autre accueil</h1>")
    assert ask(client, "/").text == "<h1>Autre accueil</h1>"


def test_a_line_that_says_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a header"):
        list(parse_rules("  X-Frame-Options: DENY\n"))


def test_a_short_address_is_led_on_by_the_host_and_a_wrong_one_meets_the_town_s_own_page(
    client: Client, tmp_path: Path
) -> None:
    (tmp_path / "q" / "7").mkdir(parents=True)
    (tmp_path / "q" / "7" / "index.html").write_text("the page for hosts that lead nobody on")
    lines = [f"/q/7{end} /filature/ {status}\n" for end in ("", "/") for status in ("301!", "308")]
    (tmp_path / "_redirects").write_text("".join(lines))
    for path in ("/q/7", "/q/7/"):
        answer = ask(client, path)
        assert (answer.status_code, answer.headers["Location"]) == (308, "/filature/")
    wrong = ask(client, "/q/8/")
    assert (wrong.status_code, wrong.text) == (404, "<h1>Pas de page ici</h1>")
