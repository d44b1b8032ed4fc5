"""Adding petitions is adding one folder (docs/adding-a-module.md; design invariant 8): no other file is edited."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Playwright

from tests.end_to_end.gestures import READ_ACTS

REPOSITORY = Path(__file__).resolve().parents[2]
ROOMS = ("civic", "site_builder", "sync_server", "themes")
RULES = """
import sys
from cryptography.hazmat.primitives.asymmetric import ec
from civic import modules, signing
from civic.admission import Rules, check
from civic.canonical import b64u_encode
from civic.content import parse_content
from civic.envelope import parse_envelope, seal
from civic.replay import Standing
from pathlib import Path

root = Path("content")
content = parse_content({str(one.relative_to(root)): one.read_bytes() for one in root.rglob("*") if one.is_file()})
rules = content.consultations["ecole"]
"""
SIGN = """
key = ec.generate_private_key(ec.SECP256R1())
x, y = signing.coordinates(key.public_key())
jti = b64u_encode(bytes(16))
text = seal({"v": 1, "aud": "valbrume", "a": "ecole", "mh": rules.mh, "kind": "signature", "slot": f"signature:{jti}",
             "jti": jti, "rev": 1, "prev": None, "iat": 0, "body": {"name": "Ana"}}, x, y,
            lambda one: signing.sign(key, one))
"""
TAKE = """
known = {"ecole": Rules(rules, frozenset({rules.mh}), ("fr", "en"))}
act = check(parse_envelope(text), "valbrume", known, modules.load(), rules.opens_at, "")
assert Standing().take(act, 1)
print("taken by", act.payload.name)
"""
SNAPSHOTS = {
    "space": {
        "installation": {
            "1": {"space": "valbrume", "sync_url": "https://sync.valbrume.example", "site_url": "", "receipt_key": {},
                  "precompress": False}
        }
    },
    "ecole": {
        "consultation": {
            "1": {"slug": "ecole", "manifest": "", "seq": 0, "as_of": 0, "since": 1_772_350_000, "phase": "vote",
                  "state": "open", "results": None}
        },
        "signatures": {},
    },
}  # fmt: skip
DURING = 1_773_000_000  # while the petition is open


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with petitions dropped in, and a town that uses them."""
    root = tmp_path_factory.mktemp("petition")
    for room in ROOMS:
        shutil.copytree(REPOSITORY / room, root / room, ignore=shutil.ignore_patterns("__pycache__"))
    if (REPOSITORY / "node_modules").exists():
        (root / "node_modules").symlink_to(REPOSITORY / "node_modules")
    shutil.copytree(Path(__file__).parent / "petition", root / "civic" / "modules" / "petition")
    town = root / "content"
    (town / "consultations" / "ecole").mkdir(parents=True)
    (town / "space.toml").write_text(
        'id = "valbrume"\nname = "Valbrume"\nlanguages = ["fr", "en"]\ntimezone = "Europe/Paris"\n'
        'site_url = "https://valbrume.example"\n[town_hall]\naddress = "2 place du Marché"\n'
        '[town_hall.hours]\nfr = "Le matin"\nen = "Mornings"\n',
        "utf-8",
    )
    (town / "consultations" / "ecole" / "consultation.toml").write_text(
        'modules = ["petition"]\n[[phase]]\nid = "vote"\nstarts_at = 2026-03-01T08:00:00+01:00\n'
        'ends_at = 2026-04-01T08:00:00+02:00\nopen = ["signature"]\n',
        "utf-8",
    )
    for lang, title in (("fr", "Gardons l’école"), ("en", "Keep the school")):
        (town / "consultations" / "ecole" / f"{lang}.md").write_text(f"title: {title}\n\nTexte.\n", "utf-8")
    (root / "snapshots").mkdir()
    for name, tables in SNAPSHOTS.items():
        (root / "snapshots" / f"{name}.json").write_text(json.dumps(tables), "utf-8")
    return root


@pytest.mark.browser
def test_a_phone_without_network_keeps_a_signature_that_the_gate_takes(
    copy: Path, site: Path, playwright: Playwright
) -> None:
    served = partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), served) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = chromium.new_page(service_workers="block")
        page.clock.set_fixed_time(DURING)
        page.goto(f"http://127.0.0.1:{server.server_port}/ecole/")
        page.fill("#name", " Zoé\t")
        page.click("text=Signer la pétition")
        page.wait_for_selector("text=Votre signature est gardée.")
        (act,) = page.evaluate(READ_ACTS)
        page.goto(f"http://127.0.0.1:{server.server_port}/mes-envois/")
        page.wait_for_selector("article >> text=Gardons l’école")
        chromium.close()
        server.shutdown()
    assert run(copy, "-c", f"{RULES}text = sys.argv[1]\n{TAKE}", act["jws"]).strip() == "taken by Zoé"


def run(copy: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_signature_passes_the_gate(copy: Path) -> None:
    assert run(copy, "-c", RULES + SIGN + TAKE).strip() == "taken by Ana"


@pytest.fixture(scope="module")
def site(copy: Path) -> Path:
    """The site of that town."""
    run(
        copy, "-m", "site_builder", "build", "--content", "content", "--snapshots", "snapshots",
        "--theme", "themes/town", "--output", "site",
    )  # fmt: skip
    return copy / "site"


def test_the_site_has_its_page_its_words_and_its_data(copy: Path, site: Path) -> None:
    page = (copy / "site" / "ecole" / "index.html").read_text("utf-8")
    assert "Signer la pétition" in page
    assert 'data-act="signature"' in page
    assert "Sign the petition" in (copy / "site" / "en" / "ecole" / "index.html").read_text("utf-8")
    assert json.loads((copy / "site" / "ecole" / "donnees" / "signatures.json").read_text("utf-8")) == {"signatures": 0}
