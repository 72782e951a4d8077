"""A database with the cast in it, on both kinds."""

from tests.core.conftest import database

__all__ = ["database"]
