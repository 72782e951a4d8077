"""What a clinic's TOML may say about its documents."""

from typing import Literal

from clinicweb.clinic.section import Section


class Documents(Section):
    """S3-40…S3-43: whether patients read their prescriptions, and on which paper they print."""

    prescriptions: bool = False
    paper: Literal["a4", "letter"] = "a4"
