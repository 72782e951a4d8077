"""The cast's clinic, as the tests of booking have it."""

from tests.booking.conftest import any_clinic_url, clara, clinic, filled_postgres

__all__ = ["any_clinic_url", "clara", "clinic", "filled_postgres"]
