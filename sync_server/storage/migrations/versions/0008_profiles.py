"""What people say of themselves for results by group, and the tables drawn from it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True, nullable=False)


def upgrade() -> None:
    answers = sa.Column("answers", sa.LargeBinary, nullable=False)
    op.create_table("profiles", _key("space"), _key("pid"), answers)
    documents = sa.Column("documents", sa.Text, nullable=False)
    op.create_table("group_tables", _key("space"), _key("consultation"), documents)
