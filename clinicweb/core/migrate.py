"""Bringing a database to the present schema; the only way any schema is ever made."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from clinicweb.core.errors import Unavailable

_SCRIPTS = Path(__file__).parent.parent / "migrations"


def alembic_config(url: str) -> Config:
    """The migrations of this package, for the database at *url*."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    command.upgrade(alembic_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    command.downgrade(alembic_config(url), revision)


class OutOfDate(Exception):
    """The database lacks the present schema, and is too precious to be changed unasked."""


def make_usable(url: str) -> None:
    """
    Bring an SQLite file up to date, and make it when it is not there.

    Raises: ``OutOfDate`` for a PostgreSQL database that is behind; ``Unavailable`` when it does
    not answer.
    """
    try:
        if url.startswith("sqlite"):
            upgrade(url)
        elif not is_current(url):
            raise OutOfDate
    except OperationalError as error:
        raise Unavailable from error


def is_current(url: str) -> bool:
    """Whether the database at *url* has the newest schema."""
    head = ScriptDirectory.from_config(alembic_config(url)).get_current_head()
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == head
    finally:
        engine.dispose()
