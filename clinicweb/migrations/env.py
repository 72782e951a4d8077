"""Alembic's entry: runs the migrations on the database that ``core.migrate`` names."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from clinicweb.models import metadata


def run() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
