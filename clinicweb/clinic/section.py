"""What the sections of a clinic's rules share."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator


class Section(BaseModel):
    """Frozen, and no name is taken that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AcceptedText(Section):
    """What people accept; each text is kept by its hash.  Without a version nobody is asked."""

    version: str = ""
    text: str = ""

    @model_validator(mode="after")
    def _has_a_text(self) -> Self:
        if self.version and not self.text.strip():
            raise ValueError("a version needs its text")
        return self


def _one_address(address: str) -> str:
    if address and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", address):
        raise ValueError("an address such as soporte@clinica.example")
    return address


# Of the clinic's own, or empty.
Mailbox = Annotated[str, AfterValidator(_one_address)]
