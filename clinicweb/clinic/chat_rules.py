"""What a clinic's TOML may say about conversations."""

from typing import Literal

from pydantic import Field

from clinicweb.clinic.section import Section


class Chat(Section):
    """
    Whether patients and clinicians write to each other, and how (S2-1).

    ``opens``: patients write to whom they want (``always``), to those with whom they have or had
    an hour (``appointment``), or only answer (``clinician``). ``reopens``: who may go on with a
    consultation that was ended.
    """

    is_on: bool = False
    opens: Literal["always", "appointment", "clinician"] = "appointment"
    reopens: Literal["anybody", "clinician", "nobody"] = "clinician"
    reopen_days: int = Field(default=30, ge=1, le=3650)
    edit_minutes: int = Field(default=15, ge=0, le=24 * 60)
    longest_message: int = Field(default=4000, ge=100, le=10_000)
    messages_per_minute: int = Field(default=30, ge=5)
    # Among colleagues always.
    shows_online: bool = False
    hours: str = ""
    emergency: str = ""
    quick_answers: tuple[str, ...] = ()
    # Files with messages; ``file_kinds`` empty: none.
    file_kinds: tuple[Literal["jpg", "png", "webp", "pdf"], ...] = ("jpg", "png", "webp", "pdf")
    file_mb: int = Field(default=10, ge=1, le=50)
    files_per_day: int = Field(default=30, ge=1)
    # Who leaves messages unread is told once, without a word of them.
    notify: Literal["off", "mail", "text", "both"] = "mail"
    notify_minutes: int = Field(default=15, ge=1, le=24 * 60)
    notify_texts_per_day: int = Field(default=500, ge=1)
    # By the browser, to who allowed it there; after so long, for most look at the page already.
    push: bool = True
    push_seconds: int = Field(default=30, ge=0, le=3600)
    # Who attends begins with the conversations, not with hours (preset chat-clinico).
    is_home: bool = False

    @property
    def pushes(self) -> bool:
        return self.is_on and self.push
