"""Opening an installation for a command: its settings, its rules, a database that can be used."""

from clinicweb.clinic.rules import load_rules
from clinicweb.config import Settings, load_settings
from clinicweb.core import db, migrate


def open_installation() -> Settings:
    """
    The settings, with the database of this process configured; a new SQLite file is made at once.

    Raises: ``BadSettings``, ``BadRules``, ``OutOfDate`` (a PostgreSQL database that is behind),
    ``Unavailable``.  ``cli`` tells each in a line.
    """
    settings = load_settings()
    load_rules(settings.clinic)  # here, not in the server's children: they die without words
    settings.make_data_dir()
    migrate.make_usable(settings.database)
    db.configure(db.Database(settings.database))
    return settings
