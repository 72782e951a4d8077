"""What a clinic does about cancellations that cost somebody else an hour (S3-38)."""

from datetime import timedelta

from pydantic import Field

from clinicweb.clinic.section import Section


class Sanctions(Section):
    """
    When somebody may not book on the web for a while; ``days`` 0: never.

    ``late_hours``: so near its beginning, and exactly then, a cancellation is late; 0: none is.
    ``most_cancellations``: so many by one account within ``window_days`` are too many; 0: none.
    """

    days: int = Field(default=0, ge=0, le=366)
    late_hours: int = Field(default=0, ge=0, le=168)
    most_cancellations: int = Field(default=0, ge=0, le=50)
    window_days: int = Field(default=7, ge=1, le=90)

    @property
    def late(self) -> timedelta:
        return timedelta(hours=self.late_hours)

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.window_days)
