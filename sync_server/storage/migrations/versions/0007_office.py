"""The clerks' office: accounts, roles, sessions, invitations, the journal; words that are hidden."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _key(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _integers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _sealed(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def upgrade() -> None:
    _make_clerks()
    _make_doors()
    _make_records()


def _make_clerks() -> None:
    dense = {"sqlite_with_rowid": False}
    op.create_table(
        "clerks", *_key("id"), *_texts("mark"), _sealed("email"), *_texts("name", "password"), _sealed("totp"),
        *_integers("totp_step"), _sealed("key"), *_texts("kid"), *_integers("since"), **dense,
    )  # fmt: skip
    here = sa.text("mark <> ''")
    op.create_index("clerks_mark", "clerks", ["mark"], unique=True, sqlite_where=here, postgresql_where=here)
    op.create_table(
        "clerk_roles", *_key("space", "clerk", "consultation"), *_texts("role"), *_integers("since"), **dense
    )
    op.create_index("clerk_roles_clerk", "clerk_roles", ["clerk"])
    op.create_table(
        "passkeys", *_key("credential"), *_texts("clerk"), _sealed("public"), *_integers("signs"), *_texts("label"),
        *_integers("since"),
    )  # fmt: skip
    op.create_index("passkeys_clerk", "passkeys", ["clerk"])
    op.create_table("recovery_codes", *_key("clerk", "mark"), **dense)


def _make_doors() -> None:
    dense = {"sqlite_with_rowid": False}
    op.create_table(
        "office_sessions", *_key("mark"), *_texts("clerk", "stage", "device"),
        *_integers("created", "seen", "proved", "expires"), **dense,
    )  # fmt: skip
    op.create_index("office_sessions_clerk", "office_sessions", ["clerk"])
    op.create_table(
        "invitations", *_key("space", "id"), *_texts("mark", "consultation", "role"), _sealed("email"),
        *_texts("by", "renews"), *_integers("created", "until"), **dense,
    )  # fmt: skip
    op.create_index("invitations_mark", "invitations", ["mark"])
    op.create_table("office_tries", *_key("mark"), *_integers("failures", "until", "last"), **dense)


def _make_records() -> None:
    n = sa.Column("n", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False)
    op.create_table("journal", *_key("space"), n, *_texts("line"))
    op.create_table(
        "hidden", *_key("space", "consultation", "slot"), *_texts("reason", "words"), *_integers("at"),
        sqlite_with_rowid=False,
    )  # fmt: skip
