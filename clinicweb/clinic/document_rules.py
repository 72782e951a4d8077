"""What a clinic's TOML may say about its documents."""

from typing import Literal

from pydantic import Field

from clinicweb.clinic.section import Section


class Documents(Section):
    """
    Which documents patients read, and on which paper they print.

    Prescriptions: S3-40…S3-43.  Sick leaves, of the last months alone: S3-44…S3-48.
    """

    prescriptions: bool = False
    sick_leaves: bool = False
    sick_leave_months: int = Field(default=6, ge=1, le=120)
    seal_months: int = Field(default=24, ge=1, le=240)
    verifications_per_address_hour: int = Field(default=30, ge=3)
    verifications_per_minute: int = Field(default=60, ge=3)
    paper: Literal["a4", "letter"] = "a4"
