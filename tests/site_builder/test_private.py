"""A private consultation on a public host: whoever has the site and no key learns nothing of what it says."""

import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from civic.canonical import b64u_decode, b64u_encode
from civic.privacy import bound_to, key_name, kid_of, photo_path, photos_folder, salt_of, wrapped_name
from site_builder.failure import BuildFailure
from site_builder.sealing import Seal
from site_builder.settings import build_site
from site_builder.site import Site
from sync_server.reading_keys import wrap
from tests.end_to_end.site_pages import SitePages
from tests.site_builder.town import DAY, OPENS, RULES, SPACE, Town, built, rest, site_of, tree

THEME = Path(__file__).parents[2] / "themes" / "town"
KEY = bytes(range(32))
MOST_SCRIPTS = 16_000  # bytes, as of every page (tests/end_to_end/test_every_page.py)
SECRETS = ("Zorglub", "berges fr", "berges en", "Quoi de privé", "Ana Privée", "Réponse tue")
CLOSED = RULES.format(counts="open").replace('unsigned = ["proposal"]', 'mode = "named"\nprivate = "members"')


def private_town(
    folder: Path, key: bytes = KEY, rules: str = CLOSED, texts: Mapping[str, str] = MappingProxyType({})
) -> Town:
    """The small town, in which "berges" is private and something has happened."""
    town = Town(folder)
    said = {f"consultations/berges/{lang}.md": f"title: berges {lang}\nsummary: Quoi de privé\n\nZorglub ici.\n"
            for lang in ("fr", "en")}  # fmt: skip
    for path, text in {"consultations/berges/consultation.toml": rules, **said, **texts}.items():
        (town.content / path).write_text(text, "utf-8")
    for slug, title, name, said_of_it in (
        ("berges", "Zorglub", "Ana Privée", "Réponse tue"),
        ("filature", "Un banc", "Ana", "Oui"),
    ):
        town.pass_time(slug, OPENS)
        for _ in range(3):
            town.proposal(slug, title, name=name)
        town.comment(slug, 1, text=said_of_it)
    file = town.snapshots / key_name("berges")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(key)
    return town


def opened(sealed: bytes, file: str, key: bytes = KEY) -> str:
    small = AESGCM(key).decrypt(sealed[:12], sealed[12:], bound_to(file))
    return zlib.decompress(small).decode("utf-8")


def page_in(output: Path, file: str, key: bytes = KEY) -> str:
    html = (output / file).read_text("utf-8")
    (text,) = re.findall(r"<template>([\w-]+)</template>", html)
    return opened(b64u_decode(text), file, key)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, with the theme that towns have."""
    folder = tmp_path_factory.mktemp("private")
    built(private_town(folder), folder / "site", THEME)
    return folder / "site"


def test_nothing_of_it_is_in_any_file_of_the_site(output: Path) -> None:
    files = tree(output)
    assert len(files) > 60
    for file, data in files.items():
        assert not [word for word in SECRETS if word.encode() in data], file
    # Its address alone is known, where it must be: on the home page and *Vous et ce téléphone*, behind its short one,
    # in its shells, in what keeps these.
    named = {file for file, data in files.items() if b"berges" in data and "berges/" not in file}
    shown = {re.sub(r"/\d+/", "/1/", f"/{file}") for file in named if not file.startswith("p/")}
    pages = {"/index.html", "/moi/index.html", "/q/1/index.html"}
    assert shown == {*pages, *(f"/en{page}" for page in pages), "/_headers"}
    unseen = ("sitemap.xml", "flux.xml", "results.json", "proposals.json", "manifest.json", ".csv", ".jws")
    assert not [file for file in files if "berges/" in file and file.endswith(unseen)]


def test_a_shell_says_that_it_is_private_and_carries_the_page(output: Path) -> None:
    shell = (output / "berges" / "index.html").read_text("utf-8")
    assert "Consultation privée · Valbrume" in shell
    assert f'data-kid="{kid_of(KEY)}"' in shell
    assert "trusted-types preau preau-sealed" in shell
    inside = page_in(output, "berges/index.html")
    assert "<title>berges fr" in inside
    assert "Zorglub 3" in inside
    assert "Réponse tue" in page_in(output, "berges/1/index.html")
    assert "berges en" in page_in(output, "en/berges/index.html")
    assert 'data-act="vote"' in page_in(output, "berges/2/index.html")
    assert "flux.xml" not in inside
    # What the phone must keep to open it without network is named outside.
    run = re.findall(r'data-run="([^"]*)"', shell)[0].split()
    assert run
    assert all((output / one[1:]).is_file() for one in run)


def test_a_page_that_asks_who_acts_loads_no_more_scripts_than_a_page_may(output: Path) -> None:
    pages = SitePages(output)
    for path in ("/berges/", "/berges/1/", "/berges/proposer/", "/en/berges/1/"):
        assert len(pages.scripts(path)) == 3, "the page's, what opens it, and its acts"
        assert pages.weigh(path).scripts <= MOST_SCRIPTS


def test_what_members_take_home_is_sealed_under_its_name(output: Path) -> None:
    sealed = (output / "berges/donnees/proposals.json.sealed").read_bytes()
    found: dict[str, Any] = json.loads(opened(sealed, "berges/donnees/proposals.json"))
    assert "Zorglub 1" in json.dumps(found, ensure_ascii=False)
    with pytest.raises(InvalidTag):  # in the place of another file, or under another key, it opens nowhere
        opened(sealed, "berges/donnees/proposals.csv")
    with pytest.raises(InvalidTag):
        opened(sealed, "berges/donnees/proposals.json", bytes(32))


def test_other_consultations_are_as_if_it_did_not_exist(output: Path, tmp_path: Path) -> None:
    alone = private_town(tmp_path)
    for file in (alone.content / "consultations" / "berges").iterdir():
        file.unlink()
    del alone.tables["berges"]
    built(alone, tmp_path / "site", THEME)
    ours, other = tree(output), tree(tmp_path / "site")
    same = [file for file in other if file.startswith(("filature/", "en/filature/"))]
    assert same
    assert not [file for file in same if ours[file] != other[file]]
    for shared in ("flux.xml", "en/flux.xml", "chercher/index.html", "donnees/index.html", "donnees/sitemap.xml"):
        assert ours[shared] == other[shared], shared


def test_the_same_inputs_give_the_same_bytes_and_another_key_gives_others(tmp_path: Path) -> None:
    sites = []
    for name, key in (("one", KEY), ("two", KEY), ("three", bytes(32))):
        built(private_town(tmp_path / name, key), tmp_path / name / "site")
        sites.append(tree(tmp_path / name / "site"))
    assert sites[0] == sites[1]
    page = "berges/index.html"
    assert sites[0][page] != sites[2][page]
    assert page_in(tmp_path / "one/site", page) == page_in(tmp_path / "three/site", page, bytes(32))


def test_kept_up_vote_by_vote_it_is_what_a_whole_build_gives(tmp_path: Path) -> None:
    town = private_town(tmp_path)
    site = built(town, tmp_path / "warm")
    changes = [
        town.proposal("berges", "Zorglub"),
        town.vote("berges", 1),
        town.comment("berges", 2, text="Réponse tue"),
    ]
    changes += [town.proposal("filature"), town.pass_time("berges", OPENS + 45 * DAY)]
    for change in changes:
        changed = site.apply(change)
        assert not [file for file in changed if change["slug"] == "berges" and "berges/" not in file]
    rest(site)
    built(town, tmp_path / "cold")
    assert tree(tmp_path / "warm") == tree(tmp_path / "cold")


def test_photos_lie_sealed_beside_its_pages_under_names_that_say_nothing(tmp_path: Path) -> None:
    town = private_town(tmp_path)
    site = built(town, tmp_path / "site", THEME)
    folder, names = town.snapshots / photos_folder("berges"), [f"{'a' * 64}-{side}.webp" for side in (1200, 480)]
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(f"RIFF {name}".encode())
    shown = {"file": f"/photos/{names[1]}", "large": f"/photos/{names[0]}", "w": 480, "h": 360, "alt": "Zorglub"}
    site.apply(town.revise("berges", 1, photos=[shown]))
    rest(site)
    paths = [photo_path(KEY, "berges", name) for name in names]
    inside = page_in(tmp_path / "site", "berges/1/index.html")
    assert all(f'"{path}"' in inside for path in paths)
    for path, name in zip(paths, names, strict=True):
        assert opened((tmp_path / "site" / f"{path[1:]}.sealed").read_bytes(), path[1:]) == f"RIFF {name}"
    proposals = "berges/donnees/proposals.json"
    assert paths[0] in opened((tmp_path / "site" / f"{proposals}.sealed").read_bytes(), proposals)
    files = tree(tmp_path / "site")
    assert not [file for file, data in files.items() if b"RIFF" in data or "a" * 64 in file or b"a" * 64 in data]
    built(town, tmp_path / "cold", THEME)
    assert files == tree(tmp_path / "cold")
    for name in names:
        (folder / name).unlink()
    site.apply(town.revise("berges", 1, title="", text="", name="", withdrawn=True, photos=[]))
    assert not [name for name in tree(tmp_path / "site") if "/photos/" in name]


def test_no_nonce_serves_two_contents() -> None:
    seal = Seal(KEY)
    contents = [
        (f"berges/{number}/index.html", f"text {version}".encode()) for number in range(20) for version in range(20)
    ]
    nonces = {seal.close(file, data)[:12] for file, data in contents}
    assert len(nonces) == len(contents)


def test_what_the_town_says_of_it_to_everybody_is_on_the_home_page(tmp_path: Path) -> None:
    teaser = CLOSED.replace(
        "[[category]]", '[teaser]\nfr = "Pour les riverains"\nen = "For neighbours"\n[[category]]', 1
    )
    town = private_town(tmp_path, rules=teaser)
    built(town, tmp_path / "site")
    assert "Pour les riverains" in (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "For neighbours" in (tmp_path / "site" / "en" / "index.html").read_text("utf-8")


def test_who_has_the_code_has_the_key(tmp_path: Path) -> None:
    town = private_town(tmp_path, rules=RULES.format(counts="open").replace('["proposal"]', '[]\nprivate = "code"'))
    wrapped = wrap(KEY, "7QD3MXPA7QD3MXPA")
    (town.snapshots / wrapped_name("berges")).write_bytes(wrapped)
    built(town, tmp_path / "site", THEME)
    shell = (tmp_path / "site" / "berges" / "index.html").read_text("utf-8")
    assert f'data-wrapped="{b64u_encode(wrapped)}"' in shell
    assert 'for="code"' in shell
    assert "Zorglub 1" in page_in(tmp_path / "site", "berges/index.html")
    own = hashlib.pbkdf2_hmac("sha256", b"7QD3MXPA7QD3MXPA", salt_of(KEY), 600_000)
    assert AESGCM(own).decrypt(bytes(12), wrapped, None) == KEY
    (town.snapshots / wrapped_name("berges")).unlink()
    with pytest.raises(BuildFailure, match="holds no key"):
        build_site(site_of(town, tmp_path / "site"))


def test_all_of_a_private_space_is_private(tmp_path: Path) -> None:
    named = RULES.format(counts="open").replace('unsigned = ["proposal"]', 'mode = "named"')
    space = {"space.toml": SPACE.replace("[town_hall]", 'private = "members"\n[town_hall]', 1)}
    town = private_town(tmp_path, rules=named, texts={**space, "consultations/filature/consultation.toml": named})
    (town.snapshots / key_name("filature")).write_bytes(bytes(32))
    built(town, tmp_path / "site", THEME)
    files = tree(tmp_path / "site")
    assert not [file for file, data in files.items() if b"Un banc" in data or b"Zorglub" in data]
    assert "Cet espace est réservé" in files["index.html"].decode()


def test_without_its_key_nothing_is_built(tmp_path: Path) -> None:
    town = private_town(tmp_path)
    (town.snapshots / key_name("berges")).unlink()
    town.write_snapshots()
    site: Site = site_of(town, tmp_path / "site")
    with pytest.raises(BuildFailure, match="holds no key"):
        build_site(site)
