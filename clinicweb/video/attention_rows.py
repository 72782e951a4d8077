"""What pages of an appointment by video are made of."""

from dataclasses import dataclass
from datetime import datetime

from clinicweb.core.decision import Decision
from clinicweb.video.attention_policy import Place


@dataclass(frozen=True, slots=True)
class CallNow:
    """A call of the appointment that goes on; *rings*: the reader has not answered yet."""

    public_id: str
    rings: bool


@dataclass(frozen=True, slots=True)
class RoomRow:
    """
    The box as its patient finds it now; instants are aware, UTC.

    ``member_id``: of the family, whose it is; empty for oneself.
    ``has_consented`` is true also where the clinic asks for nothing; ``came_at``: since when they
    are there; ``has_left``: they said that they go; ``is_here``: their page was there a moment ago;
    ``place``: of who waits; ``has_talked``: they
    were called in before.
    """

    appointment_id: str
    member_id: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    person_name: str
    doctor_name: str
    service_name: str
    site_text: str
    modality: str
    may_enter: Decision
    has_consented: bool
    shown_name: str
    came_at: datetime | None
    has_left: bool
    is_here: bool
    place: Place | None
    call: CallNow | None
    has_talked: bool
    outcome: str | None

    @property
    def is_waiting(self) -> bool:
        return self.came_at is not None and not self.has_left


@dataclass(frozen=True, slots=True)
class Expected:
    """
    One appointment as the doctor's waiting room shows it.

    ``came_at``, ``seen_at``, ``left_at``: as in ``Attention``; ``is_here``: their page is there
    now; ``outcomes``: what the doctor may say came of it, ``refused_outcomes`` why not another;
    ``has_talked``: they were called in before; ``calls``: seconds that each call lasted
    that was answered, the first one first (on the page of one alone).
    """

    appointment_id: str
    patient_id: int
    starts_at: datetime
    zone: str
    person_name: str
    shown_name: str
    service_name: str
    came_at: datetime | None
    seen_at: datetime | None
    left_at: datetime | None
    is_here: bool
    may_admit: Decision
    call: CallNow | None
    outcome: str | None
    outcomes: tuple[str, ...]
    refused_outcomes: tuple[str, ...]
    has_talked: bool
    note: str = ""
    calls: tuple[int, ...] = ()
