"""Recounting secret ballots: besides its signature, each brings a right to vote that has to check."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

from bench.town import read_town, write_town
from civic.consultation import Consultation, parse_consultation
from civic.envelope import parse_envelope
from civic.issuer_key import BITS, EXPONENT, IssuerKey
from civic.log.entries import Committed, LogEntry
from civic.receipt import commitment
from civic.rows import Line, SecretRow
from civic.token import Token, TokenScope, token_members, token_message
from sync_server.signers import Signers

ASKED = "place"
RULES = f"""
modules = ["question"]
counts = "hidden"
mode = "named"
assurance = "email"
[[question]]
id = "{ASKED}"
secret = true
title = {{fr = "La place ?"}}
[[phase]]
id = "vote"
starts_at = 2026-10-01T00:00:00Z
ends_at = 2026-11-01T00:00:00Z
open = ["ballot"]
"""


class SecretVote(NamedTuple):
    """The rules of a vote, its ballots, and what log and rows hold of them; entry 0 of the log is the rules."""

    rules: Consultation
    texts: list[str]
    entries: list[LogEntry]
    lines: list[Line]


def secret_vote(folder: Path, slug: str, number: int) -> SecretVote:
    """So many people who have voted in secret. The rights are signed plainly: nobody can tell that from the result."""
    private = rsa.generate_private_key(EXPONENT, BITS)
    key = IssuerKey(private.public_key().public_numbers().n, EXPONENT)
    write_town(folder)
    town = read_town(folder)
    texts = dict.fromkeys(town.space.languages, b"title: La place\n\n")
    rules = parse_consultation(slug, tomllib.loads(RULES), texts, town.space, issuers={ASKED: key})
    ballots = list(_ballots(rules, private, number))
    salts = [hashlib.sha256(text.encode()).digest() for text in ballots]
    entries: list[LogEntry] = [Committed("issue", slug, commitment(salt, "asked")) for salt in salts]
    entries += [Committed("ballot", slug, commitment(salt, text)) for salt, text in zip(salts, ballots, strict=True)]
    pairs = zip(salts, ballots, strict=True)
    lines: list[Line] = [SecretRow(1 + number + at, salt, text) for at, (salt, text) in enumerate(pairs)]
    return SecretVote(rules, ballots, entries, lines)


def _ballots(rules: Consultation, private: rsa.RSAPrivateKey, number: int) -> Iterator[str]:
    signers, (question,) = Signers(b"secret", rules.space, rules.slug, rules.mh), rules.questions
    pss, slot = padding.PSS(padding.MGF1(SHA384()), 48), f"ballot:{question.slot}"
    rest = {"rev": 1, "prev": None, "iat": 0}
    for place in range(number):
        voter, body = f"voter {place}", {"question": ASKED, "choice": [("for", "against")[place % 2]]}
        jti = signers.draw("ballot", str(place))
        jkt = parse_envelope(signers.seal(voter, "ballot", slot, body, jti=jti, **rest).text).voter
        message = token_message(TokenScope(rules.space, rules.slug, ASKED, jkt), os.urandom(32))
        token = token_members(Token(message, private.sign(message, pss, SHA384())))
        yield signers.seal(voter, "ballot", slot, body, jti=jti, token=token, **rest).text
