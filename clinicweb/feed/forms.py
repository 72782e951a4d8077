"""Buttons alone."""

from clinicweb.core.forms import Form


class FeedForm(Form):
    """Make a new address, or close the one there is."""
