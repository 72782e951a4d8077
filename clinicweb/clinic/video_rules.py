"""What a clinic's TOML may say about attention by video."""

from datetime import timedelta

from pydantic import Field

from clinicweb.clinic.section import AcceptedText, Mailbox, Section


class Consent(AcceptedText):
    """What a person consents to before their first attention by video."""


class After(Section):
    """S0-36: what a person reads at the end: short sentences, in Spanish, translated later."""

    tips: tuple[str, ...] = ()


class Video(Section):
    """
    Attention by video.  S0-31: from when on a person may enter the room of their appointment;
    S2-14: how long a call lasts.
    """

    opens_minutes_before: int = Field(default=30, ge=0, le=240)
    in_appointments: bool = True
    # Who came in time is still attended so long after the end, where others took longer.
    late_minutes: int = Field(default=30, ge=0, le=240)
    # So long after the beginning, who did not come may be noted as a no-show.
    noshow_minutes: int = Field(default=10, ge=0, le=240)
    consent: Consent = Consent()
    after: After = After()
    in_conversations: bool = True
    max_minutes: int = Field(default=30, ge=1, le=240)
    ring_seconds: int = Field(default=60, ge=10, le=300)
    # Who is called and is not in the portal: a browser that they allowed tells them; this costs.
    texts_when_called: bool = False
    texts_per_day: int = Field(default=100, ge=1)
    # S2-22: where reports of calls that failed are mailed; nowhere where it is empty.
    support_email: Mailbox = ""

    @property
    def opens_before(self) -> timedelta:
        return timedelta(minutes=self.opens_minutes_before)

    @property
    def late(self) -> timedelta:
        return timedelta(minutes=self.late_minutes)
