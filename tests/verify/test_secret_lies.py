"""A server that lies about a secret vote, and what catches it: it signs its lies, and a right that nobody asked for."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from civic.canonical import b64u_encode
from civic.consultation import Consultation, parse_consultation
from civic.envelope import parse_envelope
from civic.issuer import Issuer
from civic.log.entries import Closed, Committed, Declared, LogEntry
from civic.manifest import parse_manifest
from civic.questions import Words
from civic.receipt import commitment
from civic.replay import admitted
from civic.rows import Line, Row, RulesLine, SecretRow
from civic.secrecy import least_persons
from site_builder.verify.ballots import Versions
from site_builder.verify.figures import result_files
from site_builder.verify.page import page, read_page_words
from site_builder.verify.standing import Recount
from tests.civic.issuers import ISSUER, OTHER_ISSUER, new_token
from tests.civic.town import MODULES, TEXTS, space
from tests.sync_server.secret_phones import ASKED, OPENS, SECRET, Bulletin
from tests.verify.test_lies import false_codes
from tests.verify.town import SLUG, Server, checked, codes

VOTERS = 12
RULES = parse_consultation(SLUG, tomllib.loads(SECRET), TEXTS, space(), issuers={ASKED: ISSUER.key})


def bulletin(number: int, issuer: Issuer = ISSUER) -> Bulletin:
    one = Bulletin(number, RULES)
    one.token = new_token(one.scope, issuer)
    return one


@dataclass
class SecretServer(Server):
    """Holds ballots in the order in which the log has them; `rights` were given."""

    rules: Consultation = field(default_factory=lambda: RULES)
    ballots: list[str] = field(default_factory=list)
    rights: int = VOTERS

    def salt(self, text: str) -> bytes:
        return hashlib.sha256(text.encode()).digest()

    def entries(self) -> list[LogEntry]:
        given = [Committed("issue", SLUG, commitment(bytes([n]) * 32, "asked")) for n in range(self.rights)]
        cast = [Committed("ballot", SLUG, commitment(self.salt(one), one)) for one in self.ballots]
        results = b64u_encode(hashlib.sha256(self.results()).digest())
        closed = Closed(SLUG, 0, len(cast), len(given), results)
        return [Declared(SLUG, self.rules.mh), *given, *cast, closed]

    def lines(self) -> list[Line]:
        rows = [SecretRow(1 + self.rights + at, self.salt(one), one) for at, one in enumerate(self.ballots)]
        return [RulesLine(self.rules.mh, self.rules.manifest), *rows]

    def results(self) -> bytes:
        return results_of(self.ballots)


def results_of(ballots: Sequence[str]) -> bytes:
    """What a town publishes that counts these, whatever right they came with."""
    words = {
        one.id: Words({lang: one.title[lang] for lang in ("en", "fr")}, {}, {each.id: {} for each in one.options})
        for one in RULES.questions
    }
    manifest = parse_manifest(RULES.manifest, words=words)
    rules = Versions(manifest, {RULES.mh: manifest}).rules
    recount = Recount(rules[SLUG].consultation, MODULES, is_patient=False)
    for no, text in enumerate(ballots, 1):
        envelope = parse_envelope(text)
        recount.take(admitted(envelope, envelope.voter, 0, rules, MODULES), no)
    return result_files(recount, manifest.consultation, MODULES)[f"{SLUG}/donnees/results.json"]


PEOPLE = [bulletin(number) for number in range(VOTERS)]
CAST = [one.vote(*(("for",), ("against",), ())[number % 3]) for number, one in enumerate(PEOPLE)]


@pytest.fixture
def server() -> SecretServer:
    changed = PEOPLE[0].vote("against", rev=2)
    return SecretServer(ballots=[changed, *reversed(CAST)])  # in no order: the change may stand before the vote


def test_a_secret_vote_is_recounted_and_nobody_can_tell_whose_it_is(server: SecretServer, tmp_path: Path) -> None:
    report = checked(server.publish(tmp_path))
    assert report.status == 0, page(report, read_page_words("en"))
    assert {"ok rows.opened", "ok result.same", "ok secret.rights", "note secret.unseen", "ok close.same"} <= codes(
        report
    )
    text = " ".join(page(report, read_page_words("en")).split())
    assert "12 were used, 12 were given" in text
    assert "12 votes by 12 people" in text
    rows = (tmp_path / SLUG / "donnees" / "rows.jsonl").read_text("utf-8").splitlines()[1:]
    assert all('"no"' not in row and '"rx"' not in row for row in rows)
    assert "secret" in page(checked(tmp_path), read_page_words("fr"))


def test_a_ballot_without_a_right_is_refused(server: SecretServer, tmp_path: Path) -> None:
    server.ballots.append(Bulletin(77, RULES, token=PEOPLE[0].token).vote("for"))
    assert "rows.refused" in false_codes(server.publish(tmp_path))


def test_a_right_of_another_key_is_refused(server: SecretServer, tmp_path: Path) -> None:
    server.ballots.append(bulletin(78, OTHER_ISSUER).vote("for"))
    assert "rows.refused" in false_codes(server.publish(tmp_path))


def test_more_ballots_than_rights_are_caught(server: SecretServer, tmp_path: Path) -> None:
    """The server has the issuer key and makes rights itself: each right has to be a line of the log before."""
    server.ballots.append(bulletin(79).vote("for"))
    assert false_codes(server.publish(tmp_path)) == {"secret.more"}


def test_a_ballot_that_was_changed_or_dropped_is_caught(server: SecretServer, tmp_path: Path) -> None:
    entries, lines = server.entries(), server.lines()
    other = PEOPLE[3].vote("against")
    changed = [
        line._replace(jws=other) if isinstance(line, SecretRow) and line.jws == CAST[3] else line for line in lines
    ]
    server.write(tmp_path / "changed", entries, changed)
    assert "rows.unopened" in false_codes(tmp_path / "changed")
    dropped = [line for line in lines if not (isinstance(line, SecretRow) and line.jws == CAST[3])]
    server.write(tmp_path / "dropped", entries, dropped)
    assert "rows.missing" in false_codes(tmp_path / "dropped")
    lying = SecretServer(ballots=[one for one in server.ballots if one != CAST[3]])
    without = [
        one for one in entries[:-1] if one != Committed("ballot", SLUG, commitment(server.salt(CAST[3]), CAST[3]))
    ]
    server.write(tmp_path / "unlogged", [*without, entries[-1]], lying.lines())
    assert "close.number" in false_codes(tmp_path / "unlogged")


def test_a_secret_ballot_told_as_somebodys_does_not_count_for_them(server: SecretServer, tmp_path: Path) -> None:
    """A named row of a secret ballot would let one right be many voters."""
    *entries, closed = server.entries()
    named = [
        Row(line.i, at, OPENS + at, line.salt, line.jws, b64u_encode(bytes(32)), is_unsigned=False)
        if isinstance(line, SecretRow) and line.jws == CAST[3] else line
        for at, line in enumerate(server.lines(), 1)
    ]  # fmt: skip
    server.write(tmp_path / "row", [*entries, closed], named)
    assert "rows.not_logged" in false_codes(tmp_path / "row")
    told = [
        Committed("env", SLUG, one.c) if isinstance(one, Committed) and one.kind == "ballot" else one for one in entries
    ]
    server.write(tmp_path / "entry", [*told, closed], named)
    assert {"rows.refused", "rows.not_logged"} <= false_codes(tmp_path / "entry")


def test_a_question_that_says_something_else_in_the_result_is_caught(server: SecretServer, tmp_path: Path) -> None:
    lie = server.results().replace(b'"Who?"', b'"Who not?"')
    *entries, closed = server.entries()
    assert isinstance(closed, Closed)
    told = closed._replace(results=b64u_encode(hashlib.sha256(lie).digest()))
    server.write(tmp_path, [*entries, told], server.lines(), lie)
    assert false_codes(tmp_path) == {"question.other"}
    server.write(tmp_path, [*entries, told], server.lines(), b"{}")
    assert {"question.other", "close.other"} <= false_codes(tmp_path)


def test_two_secret_questions_of_one_person_are_not_two_persons() -> None:
    """Nobody can tell whether they are, so the greater of the two is how many took part at the least."""
    assert least_persons(0, []) == 0
    assert least_persons(3, [4, 9]) == 9
    assert least_persons(12, [4, 9]) == 12
