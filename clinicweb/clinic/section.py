"""What the sections of a clinic's rules share."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Frozen, and no name is taken that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)
