"""What a clinic's TOML may say about families."""

from typing import Literal

from pydantic import Field

from clinicweb.clinic.section import Section


class Family(Section):
    """
    Whether one account acts for a whole family, and for which of its adults (S3-3, S3-21).

    ``adults``: with ``consent`` the holder acts for those alone who told the clinic so; with
    ``all`` for every one of them.  ``names_in_calendars``: whether the calendar of who acts for
    others says for whom an hour is, by the given name alone: calendars are seen over shoulders.
    """

    is_on: bool = False
    majority_age: int = Field(default=18, ge=1, le=30)
    adults: Literal["consent", "all"] = "consent"
    names_in_calendars: bool = False
