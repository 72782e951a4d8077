"""What a clinic's TOML may say about coming in."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, field_validator

from clinicweb.clinic.section import Section
from clinicweb.core.documents import DOCUMENT_TYPES
from clinicweb.core.pace import Pace


class SignIn(Section):
    """How people come in.  S0-12, S0-18: by document or by user name."""

    names: tuple[Literal["document", "username", "email", "affiliation"], ...] = (
        "document",
        "username",
    )
    document_types: tuple[str, ...] = ("rut",)
    idle_minutes: int = Field(default=30, ge=1, le=24 * 60)
    absolute_hours: int = Field(default=12, ge=1, le=24 * 30)
    free_failures: int = Field(default=5, ge=1, le=20)
    longest_wait_minutes: int = Field(default=15, ge=1, le=60)
    failures_per_account_hour: int = Field(default=20, ge=3)
    failures_per_address_hour: int = Field(default=100, ge=3)
    # S1-10; ``after_failures``: in a network from which some attempts have just failed.
    captcha: Literal["off", "always", "after_failures"] = "off"
    # S1-11: what is asked beside the password, and from whom; staff is never asked less.
    second_factor: Literal["off", "new_device", "always"] = "off"
    staff_second_factor: Literal["new_device", "always"] = "always"
    codes_per_account_hour: int = Field(default=6, ge=3)
    keep_days: int = Field(default=0, ge=0, le=365)  # S4-3; 0: not offered
    known_device_days: int = Field(default=180, ge=1, le=400)
    sessions_at_once: int = Field(default=10, ge=1, le=100)

    @field_validator("document_types")
    @classmethod
    def _known_documents(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(types) - set(DOCUMENT_TYPES)):
            raise ValueError(f"{', '.join(unknown)}: not among {', '.join(DOCUMENT_TYPES)}")
        return types

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def account_pace(self) -> Pace:
        """How fast strangers may guess at one account, within its hour's failures."""
        longest = timedelta(minutes=self.longest_wait_minutes)
        return Pace(self.free_failures, timedelta(minutes=1), longest, forget=longest)

    @property
    def network_pace(self) -> Pace:
        """Half of an hour's failures at once, and the other half, with room, in that hour."""
        free = self.failures_per_address_hour // 2
        forget = 1.25 * timedelta(hours=1) / (self.failures_per_address_hour - free)
        return Pace(free, timedelta(seconds=1), 2 * forget, forget)

    @property
    def longest(self) -> timedelta:
        """For how long a cookie of a session may be good."""
        return timedelta(days=max(31, self.keep_days))

    def lasts(self, *, is_kept: bool) -> timedelta:
        """How long a session goes on at most."""
        return timedelta(days=self.keep_days) if is_kept else timedelta(hours=self.absolute_hours)
