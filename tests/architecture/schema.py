"""The schema of a database as text, to compare two of them by everything they hold."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, text
from sqlalchemy.pool import NullPool

SQLITE = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master"
# Columns, then indexes, then constraints (with the exclusions that the models cannot say).
POSTGRESQL = """
SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default,
                 character_maximum_length)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
"""


def described(url: str) -> list[str]:
    """Every table, column, index, constraint and trigger, one a line, sorted."""
    engine = create_engine(url, poolclass=NullPool)
    query = SQLITE if engine.dialect.name == "sqlite" else POSTGRESQL
    with engine.connect() as connection:
        return sorted(row[0] for row in connection.execute(text(query)))


def differences(url: str, metadata: MetaData) -> list[object]:
    """What a new migration would have to change to make the database equal *metadata*."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))
