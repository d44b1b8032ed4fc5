"""What Alembic runs: the migrations, on the connection that `migrate` holds."""

from alembic import context

import sync_server.storage.letter_tables
import sync_server.storage.office_tables  # noqa: F401 - so that all tables are known
from sync_server.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
