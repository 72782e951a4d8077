"""What a clinic's TOML may say about booking: the numbers, and the path of steps."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator

from clinicweb.clinic.sanction_rules import Sanctions
from clinicweb.clinic.section import Section

BookingStep = Literal[
    "person", "one_screen", "hour",
    "agreement", "tutorial", "start", "kind", "modality", "by", "search", "city", "site", "dates",
    "agenda", "recommendations",
    "summary",
]  # fmt: skip

# When changing an hour counts as giving it back.
MoveCounts = Literal["never", "late", "always"]

# Of each step, those that must have been asked before it: any one of a group will do.
_NEEDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "hour": (("one_screen",),),
    "modality": (("kind",),),
    "by": (("kind",), ("modality",)),
    "search": (("by",),),
    "city": (("search",),),
    "site": (("city",),),
    "dates": (("search",),),
    "agenda": (("search",), ("site",), ("dates",)),
    "recommendations": (("hour", "agenda"),),
    "summary": (("hour", "agenda"),),
}
_LAST = "summary"


class Reminders(Section):
    """
    When people are reminded of their hours, and how.

    ``by``: ``text`` by a text message where one can go, else by mail.  ``texts_per_day`` limits
    what that may cost; beyond it reminders are mailed.
    """

    hours_before: tuple[Annotated[int, Field(ge=1, le=24 * 14)], ...] = Field(
        default=(24, 2), max_length=4
    )
    by: Literal["mail", "text", "both"] = "mail"
    texts_per_day: int = Field(default=1000, ge=1)


class Booking(Section):
    """How hours are published, held, taken and given back; ``steps``: the path to one, in order."""

    steps: tuple[BookingStep, ...] = ("one_screen", "hour", "summary")
    horizon_days: int = Field(default=60, ge=1, le=400)
    hold_minutes: int = Field(default=10, ge=1, le=60)
    max_holds: int = Field(default=3, ge=1, le=20)
    release_notice_minutes: int = Field(default=0, ge=0)
    book_notice_minutes: int = Field(default=0, ge=0)
    move_notice_minutes: int = Field(default=0, ge=0)
    # The sanctions say when a cancellation is late, and how many are too many.
    move_counts_as_cancellation: MoveCounts = "late"
    max_ahead_per_service: int = Field(default=0, ge=0)
    max_together: int = Field(default=3, ge=1, le=4)
    minutes_between_sites: int = Field(default=30, ge=0, le=240)
    shows_shift: bool = False
    summary_window: bool = False
    sanctions: Sanctions = Sanctions()

    @field_validator("steps")
    @classmethod
    def _in_order(cls, steps: tuple[BookingStep, ...]) -> tuple[BookingStep, ...]:
        if steps[-1:] != (_LAST,):
            raise ValueError(f"the last step must be {_LAST}")
        for number, step in enumerate(steps):
            before = steps[:number]
            if step in before:
                raise ValueError(f"{step} stands there twice")
            for group in _NEEDS.get(step, ()):
                if not set(group).intersection(before):
                    raise ValueError(f"{step} needs {' or '.join(group)} before it")
        return steps

    @property
    def hold(self) -> timedelta:
        return timedelta(minutes=self.hold_minutes)

    @property
    def release_notice(self) -> timedelta:
        return timedelta(minutes=self.release_notice_minutes)

    @property
    def book_notice(self) -> timedelta:
        return timedelta(minutes=self.book_notice_minutes)

    @property
    def move_notice(self) -> timedelta:
        return timedelta(minutes=self.move_notice_minutes)
