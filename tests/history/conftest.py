"""A family in the cast's clinic, as the tests of families have it."""

from tests.family.conftest import ana, clara, clinic

__all__ = ["ana", "clara", "clinic"]
