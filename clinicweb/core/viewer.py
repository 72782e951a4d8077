"""Who is looking or acting."""

from dataclasses import dataclass, replace
from datetime import datetime

PATIENT = "patient"
PRACTITIONER = "practitioner"
FRONT_DESK = "front_desk"
ADMIN = "admin"
ROLES = (PATIENT, PRACTITIONER, FRONT_DESK, ADMIN)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person; ``patient_id`` or ``practitioner_id`` where they have such a record."""

    account_id: int
    session_id: int
    name: str
    roles: frozenset[str]
    patient_id: int | None = None
    practitioner_id: int | None = None
    # Who acts for another of the family: their own record, ``patient_id`` being the other's.
    holder_id: int | None = None
    # Came in with a one-use password: may do nothing but choose another.
    must_change_password: bool = False
    # Has nothing to show beside a password where that is asked: may do nothing but set it up.
    must_add_factor: bool = False
    # When they last showed who they are; aware, UTC.
    confirmed_at: datetime | None = None
    language: str | None = None  # the one they chose to read

    def as_holder(self) -> "Viewer":
        """The same person for their own record."""
        return replace(self, patient_id=self.holder_id, holder_id=None) if self.holder_id else self


@dataclass(frozen=True, slots=True)
class SystemActor:
    """The portal itself, a command line or an import: acts, and is named in the audit."""

    name: str


Actor = Viewer | SystemActor

SYSTEM = SystemActor("system")
COMMAND_LINE = SystemActor("command-line")
