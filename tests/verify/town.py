"""A published site made by hand, so that a test can be the server that lies: files follow from what it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from civic import signing
from civic.admission import FORM_VOTER
from civic.canonical import b64u_encode
from civic.consultation import Consultation
from civic.envelope import parse_envelope
from civic.log.checkpoint import Checkpoint, checkpoint_text
from civic.log.entries import Closed, Committed, Declared, Erased, LogEntry, entry_bytes
from civic.log.note import ed25519_signer, sign_note, vkey
from civic.log.tiles import new_files
from civic.log.tree import Tree, leaf_hash
from civic.manifest import parse_manifest
from civic.receipt import commitment
from civic.replay import admitted
from civic.rows import Line, Row, RulesLine, Withheld, line_bytes
from civic.town_key import sign_manifest, town_key
from site_builder.verify.ballots import Versions
from site_builder.verify.figures import result_files
from site_builder.verify.findings import Report
from site_builder.verify.site import Known, verify
from site_builder.verify.sources import Folder
from site_builder.verify.standing import Recount
from tests.civic.town import MODULES, OPENS, Citizen, always_open

ORIGIN = "participer.valbrume.example/log"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TOWN_PRIVATE = ec.derive_private_key(0x70316, ec.SECP256R1())
TOWN_KEY = town_key(*signing.coordinates(TOWN_PRIVATE.public_key()))
FORM = 999  # the citizen whose key is the server's, for unsigned acts
SLUG = "filature"


@dataclass
class Told:
    """An act as a server holds it; `log` says whether it is logged, `shown` whether its row is published."""

    text: str
    is_unsigned: bool = False
    is_erased: bool = False
    is_withheld: bool = False
    is_hidden: bool = False

    @property
    def salt(self) -> bytes:
        return hashlib.sha256(self.text.encode()).digest()


@dataclass
class Server:
    """Publishes what it was told. A lie is a change of `entries`, `lines` or `files` between the steps."""

    rules: Consultation = field(default_factory=always_open)
    acts: list[Told] = field(default_factory=list)

    def hear(self, *texts: str, **changed: bool) -> None:
        self.acts += [Told(text, **changed) for text in texts]

    def entries(self) -> list[LogEntry]:
        """Rules first, then every act: act number n (from 1) is entry n. Erasures and the close come last."""
        committed = [Committed("env", SLUG, commitment(one.salt, one.text)) for one in self.acts]
        erased = [Erased(at, "request") for at, one in enumerate(self.acts, 1) if one.is_erased]
        closed = Closed(SLUG, len(self.acts), 0, 0, b64u_encode(hashlib.sha256(self.results()).digest()))
        return [Declared(SLUG, self.rules.mh), *committed, *erased, closed]

    def lines(self) -> list[Line]:
        rows: list[Line] = [RulesLine(self.rules.mh, self.rules.manifest)]
        for no, one in enumerate(self.acts, 1):
            if one.is_withheld or one.is_hidden:
                rows.append(Withheld(no, no, OPENS + no, parse_envelope(one.text).slot, one.is_hidden))
            elif not one.is_erased:
                rows.append(Row(no, no, OPENS + no, one.salt, one.text, None, one.is_unsigned))
        return rows

    def recount(self, acts: Sequence[Told] | None = None) -> Recount:
        """What the acts add up to, erased and withheld ones too, as the town counted them at the time."""
        manifest = parse_manifest(self.rules.manifest)
        rules = Versions(manifest, {self.rules.mh: manifest}).rules
        recount = Recount(rules[SLUG].consultation, MODULES, is_patient=False)
        for no, one in enumerate(self.acts if acts is None else acts, 1):
            envelope = parse_envelope(one.text)
            voter = FORM_VOTER + envelope.jti if one.is_unsigned else envelope.voter
            recount.take(admitted(envelope, voter, OPENS + no, rules, MODULES), no)
        return recount

    def results(self) -> bytes:
        files = result_files(self.recount(), parse_manifest(self.rules.manifest).consultation, MODULES)
        return files[f"{SLUG}/donnees/results.json"]

    def publish(self, folder: Path) -> Path:
        """The honest site."""
        self.write(folder, self.entries(), self.lines())
        return folder

    def write(
        self, folder: Path, entries: Iterable[LogEntry], lines: Iterable[Line], results: bytes | None = None
    ) -> None:
        jws = sign_manifest(self.rules.manifest, TOWN_KEY.kid, lambda text: signing.sign(TOWN_PRIVATE, text))
        files = {
            f"{SLUG}/manifest.json": self.rules.manifest,
            f"{SLUG}/manifest.jws": jws.encode(),
            f"{SLUG}/donnees/results.json": self.results() if results is None else results,
            f"{SLUG}/donnees/rows.jsonl": b"".join(line_bytes(line) for line in lines),
            "town.jwk": TOWN_KEY.jwk,
            "manifest.webmanifest": b'{"lang":"en","name":"Valbrume"}',
        }
        for path, data in (files | log_files(entries)).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


def log_files(entries: Iterable[LogEntry], key: Ed25519PrivateKey = LOG_KEY) -> dict[str, bytes]:
    """A log of these entries, signed by its server: a lie in it is signed as well as the truth."""
    data = [entry_bytes(one) for one in entries]
    tree = Tree(leaf_hash(one) for one in data)
    files = {f"log/{path}": tile for path, tile in new_files(tree, lambda a, b: data[a:b], 0, tree.size)}
    public = signing.public_ed25519(key)
    signer = ed25519_signer(ORIGIN, public, lambda text: signing.sign_ed25519(key, text))
    note = sign_note(checkpoint_text(Checkpoint(ORIGIN, tree.size, tree.root())), signer)
    return files | {"log/checkpoint": note.encode(), "log/vkey": f"{vkey(ORIGIN, public)}\n".encode()}


def told(server: Server) -> Server:
    """An evening's acts: ideas and votes, a changed mind, a withdrawal, words corrected, votes without a signature."""
    people = [Citizen(number, server.rules) for number in range(1, 13)]
    server.hear(people[0].propose(1, "Un banc au soleil"), people[1].propose(2, "Une fontaine"))
    choices = ("for", "against", "blank")
    server.hear(*(one.vote(1 + number % 2, choices[number % 3]) for number, one in enumerate(people)))
    server.hear(people[3].vote(2, "against", rev=2), people[4].withdraw("vote:" + _slot(1)))
    server.hear(people[5].comment(60, 1))
    form = Citizen(FORM, server.rules)
    plain = form.payload("vote", f"vote:{_slot(1)}", {"choice": "for"}, jti=_slot(901))
    server.hear(form.seal(plain), is_unsigned=True)
    return server


def _slot(number: int) -> str:
    return b64u_encode(number.to_bytes(16, "big"))


def checked(folder: Path, **known: object) -> Report:
    """What an auditor finds."""
    return verify(Folder(folder), Known(**known), MODULES, lambda *_: None)  # type: ignore[arg-type]


def codes(report: Report) -> set[str]:
    """The findings by verdict and name, as "false rows.missing"."""
    return {f"{one.verdict} {one.code}" for one in report}
