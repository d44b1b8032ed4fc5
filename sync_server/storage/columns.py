"""The three kinds of column that tables here are made of; none may be empty of a value."""

from __future__ import annotations

import sqlalchemy as sa


def text(name: str, *, key: bool = False) -> sa.Column[str]:
    """A text; `key`: part of the primary key."""
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def integer(name: str, *, key: bool = False) -> sa.Column[int]:
    """A whole number of 64 bits; never drawn by the database itself."""
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=False, autoincrement=False)


def sealed(name: str) -> sa.Column[bytes]:
    """Bytes that say nothing without the keys, or that are nobody's to read."""
    return sa.Column(name, sa.LargeBinary, nullable=False)
