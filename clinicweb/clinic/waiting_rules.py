"""What a clinic's TOML may say about its waiting list."""

from datetime import time, timedelta

from pydantic import Field

from clinicweb.clinic.section import Section


class Waiting(Section):
    """
    How a freed hour is offered to who waits for such; ``most_per_person`` 0: nobody waits.

    Between ``quiet_from`` and ``quiet_to`` nobody is told anything: no answer is expected in the
    night.  Hours freed then are on sale as any other, and offered in the morning if still free.
    """

    offer_minutes: int = Field(default=30, ge=5, le=24 * 60)
    most_per_person: int = Field(default=3, ge=0, le=20)
    quiet_from: time = time(21)
    quiet_to: time = time(8)

    @property
    def offer(self) -> timedelta:
        return timedelta(minutes=self.offer_minutes)
