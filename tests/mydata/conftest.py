"""A family in the cast's clinic."""

from tests.history.test_history import app

__all__ = ["app"]
