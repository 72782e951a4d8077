"""Who did what, when, to whose record."""
