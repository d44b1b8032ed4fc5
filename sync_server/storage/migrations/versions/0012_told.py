"""How far services were told of what arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    space = sa.Column("space", sa.Text, primary_key=True, nullable=False)
    no = sa.Column("no", sa.BigInteger, nullable=False, autoincrement=False)
    op.create_table("told", space, no)
