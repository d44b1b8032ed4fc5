"""Recounting a published result: ballots checked and counted a second by one core, beside bare signature checks."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.budget import Figure, Size, at_least
from bench.recount_secret import secret_vote
from bench.timing import in_turn, spread
from bench.town import read_town, write_town
from bench.verify_rate import verify_rate
from civic import modules, signing
from civic.canonical import b64u_encode, canonical_json
from civic.consultation import Consultation
from civic.envelope import parse_envelope
from civic.log.checkpoint import Checkpoint, checkpoint_text
from civic.log.entries import COMMITTED, Closed, Committed, Declared, LogEntry, entry_bytes
from civic.log.note import ed25519_signer, sign_note, vkey
from civic.log.tiles import new_files
from civic.log.tree import Tree, leaf_hash
from civic.manifest import parse_manifest
from civic.questions import Words
from civic.receipt import commitment
from civic.replay import admitted
from civic.rows import Line, Row, RulesLine, line_bytes
from site_builder.verify.ballots import Versions
from site_builder.verify.figures import result_files
from site_builder.verify.site import Known, verify
from site_builder.verify.sources import Folder
from site_builder.verify.standing import Recount
from sync_server.signers import Signers

SLUG, ORIGIN = "filature", "valbrume.example/log"
CHOICES = ("for", "against", "blank")
PROPOSALS = 10
RECEIVED_AT = 1_793_000_000
ROUNDS = 3


def measure(size: Size) -> list[Figure]:
    """A town of some thousand voters with ten ideas each, recounted from its folder."""
    number = 2_000 if size.is_quick else 20_000
    known = modules.load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "site"
        rules = read_consultation(Path(name) / "town")
        write_site(folder, rules, list(acts(rules, number)))
        vote = secret_vote(Path(name) / "secret", SLUG, number)
        publish(Path(name) / "box", vote.rules, vote.texts, vote.entries, vote.lines)

        def recount(site: Path) -> float:
            start = time.perf_counter()
            report = verify(Folder(site), Known(), known, lambda *_: None)
            if report.status != 0:
                raise RuntimeError("the recount of an honest site must be true")
            return number / (time.perf_counter() - start)

        ours, secret, bare = in_turn(
            ROUNDS, partial(recount, folder), partial(recount, Path(name) / "box"), verify_rate
        )
    share = sorted(ours)[ROUNDS // 2] / sorted(bare)[ROUNDS // 2]
    return [
        Figure(
            "ballots recounted a second, one core", sorted(ours)[ROUNDS // 2], "/s",
            beside=f"{spread(ours, '{:.0f}')}; bare ES256 checks {spread(bare, '{:.0f}')}", hard=at_least(3_000),
        ),
        Figure(
            "secret ballots recounted a second, one core", sorted(secret)[ROUNDS // 2], "/s",
            beside=f"{spread(secret, '{:.0f}')}; each brings a right to vote, RSA-2048", hard=at_least(3_000),
        ),
        Figure("of bare ES256 checks in the same run", share, "×", beside="log, salts, rules and totals are the rest"),
    ]  # fmt: skip


def read_consultation(folder: Path) -> Consultation:
    """The measured town's rules."""
    write_town(folder)
    return read_town(folder).consultations[SLUG]


def acts(rules: Consultation, number: int) -> Iterator[str]:
    """Ten ideas, then votes: every voter on each of them."""
    signers = Signers(b"recount", rules.space, rules.slug, rules.mh)
    rest = {"rev": 1, "prev": None, "iat": RECEIVED_AT}
    targets = [signers.draw("proposal", str(place)) for place in range(PROPOSALS)]
    words = {"text": "Un banc au soleil, devant l’école.", "category": "culture", "name": "", "lang": "fr"}
    for place, target in enumerate(targets):
        body = {"title": f"Idée {place}", **words}
        yield signers.seal(f"author {place}", "proposal", f"proposal:{target}", body, jti=target, **rest).text
    for place in range(number - PROPOSALS):
        voter, about = divmod(place, PROPOSALS)
        jti, choice = signers.draw("vote", str(place)), {"choice": CHOICES[(voter + about) % 3]}
        yield signers.seal(f"voter {voter}", "vote", f"vote:{targets[about]}", choice, jti=jti, **rest).text


def write_site(folder: Path, rules: Consultation, texts: list[str]) -> None:
    """The files that a recount reads, of these acts."""
    salts = [hashlib.sha256(text.encode()).digest() for text in texts]
    lines: list[Line] = [Row(no, no, RECEIVED_AT, salts[no - 1], text, None, False) for no, text in enumerate(texts, 1)]
    entries: list[LogEntry] = [
        Committed("env", SLUG, commitment(salt, text)) for salt, text in zip(salts, texts, strict=True)
    ]
    publish(folder, rules, texts, entries, lines)


def publish(folder: Path, rules: Consultation, texts: list[str], entries: list[LogEntry], lines: list[Line]) -> None:
    """The files of a site whose log has the rules, then `entries`, then the close; `lines` are its rows."""
    results = result_of(rules, texts)
    kinds = [one.kind for one in entries if isinstance(one, Committed)]
    env, ballot, issue = (kinds.count(kind) for kind in COMMITTED)
    digest = b64u_encode(hashlib.sha256(results).digest())
    closed = Closed(SLUG, env, ballot, issue, digest)
    entries = [Declared(SLUG, rules.mh), *entries, closed]
    lines = [RulesLine(rules.mh, rules.manifest), *lines]
    lang = next((lang for one in rules.questions for lang in one.title), "")
    files = {
        "manifest.webmanifest": canonical_json({"lang": lang, "name": "Valbrume"}),
        f"{SLUG}/manifest.json": rules.manifest, f"{SLUG}/donnees/results.json": results,
        f"{SLUG}/donnees/rows.jsonl": b"".join(map(line_bytes, lines)), **log_files([*map(entry_bytes, entries)]),
    }  # fmt: skip
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def result_of(rules: Consultation, texts: list[str]) -> bytes:
    """What the acts add up to."""
    words = {
        one.id: Words(one.title, one.text, {each.id: each.label for each in one.options}) for one in rules.questions
    }
    manifest = parse_manifest(rules.manifest, words=words)
    known, wide = modules.load(), Versions(manifest, {rules.mh: manifest}).rules
    recount = Recount(wide[SLUG].consultation, known, is_patient=False)
    for no, text in enumerate(texts, 1):
        envelope = parse_envelope(text)
        recount.take(admitted(envelope, envelope.voter, RECEIVED_AT, wide, known), no)
    return result_files(recount, manifest.consultation, known)[f"{SLUG}/donnees/results.json"]


def log_files(entries: list[bytes]) -> dict[str, bytes]:
    """The public log of these entries, as files."""
    tree, key = Tree(map(leaf_hash, entries)), Ed25519PrivateKey.generate()
    public = signing.public_ed25519(key)
    signer = ed25519_signer(ORIGIN, public, lambda text: signing.sign_ed25519(key, text))
    note = sign_note(checkpoint_text(Checkpoint(ORIGIN, tree.size, tree.root())), signer)
    files = {f"log/{path}": tile for path, tile in new_files(tree, lambda a, b: entries[a:b], 0, tree.size)}
    return files | {"log/checkpoint": note.encode(), "log/vkey": vkey(ORIGIN, public).encode()}
