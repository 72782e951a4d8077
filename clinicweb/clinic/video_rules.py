"""What a clinic's TOML may say about attention by video."""

from datetime import timedelta

from pydantic import Field

from clinicweb.clinic.section import Section


class Video(Section):
    """S0-31: from when on a person may enter the room of their appointment; S2-14: how long."""

    opens_minutes_before: int = Field(default=30, ge=0, le=240)
    in_conversations: bool = True
    max_minutes: int = Field(default=30, ge=1, le=240)
    ring_seconds: int = Field(default=60, ge=10, le=300)

    @property
    def opens_before(self) -> timedelta:
        return timedelta(minutes=self.opens_minutes_before)
