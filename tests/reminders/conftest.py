"""The cast's clinic, as the tests of booking have it."""

from tests.booking.conftest import clara, clinic

__all__ = ["clara", "clinic"]
