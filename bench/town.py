"""A measured town: its files (docs/formats.md §1), and its acts put into a ledger without asking for signatures."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench import prose
from bench.pages import write_for_preau
from bench.phones import CHOICES, act_id
from civic import modules
from civic.admission import Act
from civic.canonical import b64u_encode, canonical_json
from civic.consultation import Consultation
from civic.content import Content, parse_content
from civic.envelope import Envelope
from sync_server.storage import Ledger, Manifest, Offer

SPACE, SLUG = "valbrume", "filature"
RECEIVED_AT = 1_793_000_000
SPACE_TOML = """
id = "valbrume"
name = "Valbrume-sur-Orne"
languages = [{languages}]
timezone = "Europe/Paris"
site_url = "{site_url}"
[town_hall]
address = "2 place du Marché"
[town_hall.hours]
fr = "Du lundi au vendredi, 9 h à 12 h"
en = "Monday to Friday, 9 am to 12 noon"
"""
RULES_TOML = """
revision = 1
modules = ["ideas", "comments"]
counts = "open"
grace = "72h"
unsigned = ["proposal", "comment"]
[limits]
proposal = 5
comment = 50
[[category]]
id = "culture"
label = {fr = "Culture", en = "Culture"}
[[category]]
id = "commerce"
label = {fr = "Commerce", en = "Shops"}
[[phase]]
id = "vote"
starts_at = 2026-01-01T00:00:00Z
ends_at = 2099-12-31T00:00:00Z
open = ["proposal", "comment", "vote"]
"""
TEXT = "title: La filature\nsummary: Que faire de la filature ?\n\nLa ville a acheté la filature. **Qu'en faire ?**\n"


def write_town(
    folder: Path,
    pages: int = 0,
    languages: tuple[str, ...] = ("fr",),
    site_url: str = "https://valbrume.example",
    *,
    with_consultation: bool = True,
) -> Content:
    """A town with `pages` pages of about 1 kB and one consultation that takes everything, counts visible."""
    named = ", ".join(f'"{one}"' for one in languages)
    space = SPACE_TOML.format(languages=named, site_url=site_url)
    rules = RULES_TOML
    if "en" not in languages:
        space = "\n".join(line for line in space.splitlines() if not line.startswith("en ="))
        rules = rules.replace(', en = "Culture"', "").replace(', en = "Shops"', "")
    folder.mkdir(parents=True)
    (folder / "space.toml").write_text(space, "utf-8")
    home = folder / "consultations" / SLUG
    if with_consultation:
        home.mkdir(parents=True)
        (home / "consultation.toml").write_text(rules, "utf-8")
    for language in languages:
        if with_consultation:
            (home / f"{language}.md").write_text(TEXT, "utf-8")
        page = folder / "pages" / "mairie" / f"{language}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("title: La mairie\nmenu: Mairie\n\nElle est ouverte le matin.\n", "utf-8")
        write_for_preau(folder / "pages", pages, language)
    return read_town(folder)


def read_town(folder: Path) -> Content:
    """What the files of a town say."""
    files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return parse_content(files)


class Acts:
    """Acts as the gate lets them through, without the work of signing and checking: for filling a ledger."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self._module = modules.load()["ideas"]
        self._payloads = {one: self._module.parse("vote", {"choice": one}, consultation, ("fr",)) for one in CHOICES}
        self._numbers = itertools.count(1)
        # As many characters as a real vote has: pages of the database must be as full.
        self._padding = "e" * 540
        self._chance = random.Random(11)

    def proposal(self, number: int) -> Offer:
        """Proposal `number`; nobody makes more than five."""
        categories = self.consultation.categories
        body = {
            "title": prose.sentence(self._chance, 4, 8)[:110],
            "text": prose.paragraph(self._chance, 300)[:3900],
            "category": categories[number % len(categories)].id,
            "name": f"Personne {number}",
            "lang": "fr",
        }
        payload = self._module.parse("proposal", body, self.consultation, ("fr",))
        return self._offer("proposal", number, f"author {number // 5}", payload, body)

    def vote(self, target: int, voter: str, choice: str, rev: int = 1) -> Offer:
        """What `voter` thinks of proposal `target`."""
        return self._offer("vote", target, voter, self._payloads[choice], {"choice": choice}, rev)

    def _offer(self, kind: str, target: int, person: str, payload: object, body: dict[str, str], rev: int = 1) -> Offer:
        number = next(self._numbers)
        identity = _hash(f"act {kind} {person} {target} {rev} {number}")
        jti = act_id(target if kind == "proposal" else number << 32)
        text = f"{self._padding}{identity}"
        if kind == "proposal":
            text = _envelope_text(body)
        envelope = Envelope(
            identity, _hash(person), text, SPACE, SLUG, self.consultation.mh, kind, f"{kind}:{act_id(target)}", jti,
            rev, None, RECEIVED_AT, body,
        )  # fmt: skip
        rx = RECEIVED_AT + number // 100
        act = Act(envelope, self.consultation, self._module, kind, envelope.voter, payload, rx)
        return Offer(act, number.to_bytes(32, "big"), identity)


def _hash(text: str) -> str:
    return b64u_encode(hashlib.sha256(text.encode("utf-8")).digest())


def _envelope_text(body: dict[str, str]) -> str:
    # The worker reads a proposal's words from its envelope; nobody checks this one's signature again.
    return f"{'e' * 200}.{b64u_encode(canonical_json({'body': body}))}.{'s' * 86}"


def register(ledger: Ledger, consultation: Consultation) -> None:
    """Makes the rules known, as the worker does before anything else."""
    rules = Manifest(consultation.slug, consultation.mh, consultation.revision, consultation.manifest)
    ledger.register_manifests(SPACE, [rules])


def fill(ledger: Ledger, offers: Iterable[Offer], chunk: int = 5_000) -> int:
    """Appends everything, many acts a transaction; how many there were."""
    number = 0
    for some in _chunks(offers, chunk):
        outcomes = ledger.append(SPACE, some)
        refused = [one.code for one in outcomes if one.status != "accepted"]
        if refused:
            raise RuntimeError(f"the ledger refused {refused[0]}")
        number += len(some)
    return number


def _chunks(offers: Iterable[Offer], size: int) -> Iterator[list[Offer]]:
    rest = iter(offers)
    while some := list(itertools.islice(rest, size)):
        yield some
