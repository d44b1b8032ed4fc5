"""A Polis conversation as its open export gives it: comments.csv, votes.csv, summary.csv.

Every statement becomes a proposal, moderated ones too, so that all counts can be compared. *agree* becomes for,
*disagree* against, *pass* blank. Which sign means *agree* changed over the years (the database has -1, older exports
+1), so it is not assumed: it is the sign whose counts come nearest to the `agrees` and `disagrees` of comments.csv.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sync_server.imports.plan import ImportRefused, Plan, item_of, number_revisions, shorten

COMMENT_COLUMNS = ("timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated")
VOTE_COLUMNS = ("timestamp", "datetime", "comment-id", "voter-id", "vote")
ATTRIBUTION = (
    "Data was gathered using the Polis software (compdemocracy.org/polis) and is sub-licensed under CC BY 4.0 "
    "with Attribution to The Computational Democracy Project."
)


class Statement(NamedTuple):
    """A row of comments.csv."""

    id: str
    author: str
    at: int
    agrees: int
    disagrees: int
    words: str


class PolisVote(NamedTuple):
    """A row of votes.csv; `sign` is -1, 0 or 1."""

    at: int  # milliseconds
    voter: str
    statement: str
    sign: int


class Conversation(NamedTuple):
    """A whole export. Statements in the order they were written, votes in the order they were cast."""

    topic: str
    description: str
    statements: tuple[Statement, ...]
    votes: tuple[PolisVote, ...]


def read_polis(folder: Path) -> Conversation:
    """The conversation in `folder`; ImportRefused where a file is missing or not as described."""
    summary = dict(_rows(folder / "summary.csv", columns=2))
    statements = sorted(map(_statement, _table(folder / "comments.csv", (*COMMENT_COLUMNS, "comment-body"))), key=_age)
    votes = sorted(map(_vote, _table(folder / "votes.csv", VOTE_COLUMNS)), key=lambda vote: vote.at)
    known = {one.id for one in statements}
    if len(known) != len(statements):
        raise ImportRefused(f"{folder}/comments.csv: two statements have the same comment-id")
    for vote in votes:
        if vote.statement not in known:
            raise ImportRefused(f"{folder}/votes.csv: no statement {vote.statement}")
    topic = summary.get("topic", "").strip() or folder.name
    return Conversation(topic, summary.get("conversation-description", "").strip(), tuple(statements), tuple(votes))


def plan_polis(conversation: Conversation) -> Plan:
    """What to replay."""
    sign_of_agree = agreeing_sign(conversation)
    choices = {sign_of_agree: "for", -sign_of_agree: "against", 0: "blank"}
    casts = [(vote.at // 1000, vote.voter, vote.statement, choices[vote.sign]) for vote in conversation.votes]
    items = [item_of(one.id, one.words, "", author=one.author, at=one.at // 1000) for one in conversation.statements]
    text = f"{conversation.description}\n\n{ATTRIBUTION}\n".lstrip()
    return Plan(
        shorten(conversation.topic), conversation.description, text, "en", (), tuple(items), number_revisions(casts)
    )


def agreeing_sign(conversation: Conversation) -> int:
    """Which vote, 1 or -1, means *agree* in this export; ImportRefused where neither is clearly nearer."""
    counts = count_signs(conversation.votes)
    distance = {
        sign: sum(
            abs(counts[(one.id, sign)] - one.agrees) + abs(counts[(one.id, -sign)] - one.disagrees)
            for one in conversation.statements
        )
        for sign in (1, -1)
    }
    nearest, other = sorted((1, -1), key=lambda sign: distance[sign])
    if conversation.votes and distance[nearest] * 2 >= distance[other]:
        raise ImportRefused("votes.csv: it can't be told from comments.csv whether 1 or -1 means agree")
    return nearest


def count_signs(votes: Sequence[PolisVote]) -> Mapping[tuple[str, int], int]:
    """How many people stand at each sign, by statement: the last vote per person and statement counts."""
    last = {(vote.statement, vote.voter): vote.sign for vote in sorted(votes, key=lambda vote: vote.at)}
    return Counter((statement, sign) for (statement, _), sign in last.items())


def _rows(path: Path, columns: int) -> list[list[str]]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ImportRefused(f"{path}: this file is missing") from None
    except UnicodeDecodeError:
        raise ImportRefused(f"{path}: not in UTF-8") from None
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    for number, row in enumerate(rows, 1):
        if len(row) != columns:
            raise ImportRefused(f"{path}: row {number} has {len(row)} columns instead of {columns}")
    return rows


def _table(path: Path, columns: Sequence[str]) -> list[list[str]]:
    rows = _rows(path, len(columns))
    if not rows or rows[0] != list(columns):
        raise ImportRefused(f"{path}: its columns must be {', '.join(columns)}")
    return rows[1:]


def _statement(row: list[str]) -> Statement:
    at, _, identity, author, agrees, disagrees, _, words = row
    return Statement(identity, author, _whole(at), _whole(agrees), _whole(disagrees), words)


def _vote(row: list[str]) -> PolisVote:
    at, _, statement, voter, sign = row
    if sign not in ("-1", "0", "1"):
        raise ImportRefused(f"votes.csv: a vote is -1, 0 or 1, not {sign}")
    return PolisVote(_whole(at), voter, statement, int(sign))


def _age(statement: Statement) -> tuple[int, str]:
    return statement.at, statement.id


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ImportRefused(f"{text!r} is not a whole number")
    return int(text)
