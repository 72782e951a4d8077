"""What a clinic's TOML may say about text messages."""

from pydantic import Field

from clinicweb.clinic.section import Section


class Sms(Section):
    """
    Text messages, where there is a gateway for them.  They cost money: each limit is against
    strangers who have us send them.

    ``name``: what they call the clinic; a name that tells an illness is not for a locked screen.
    """

    name: str = Field(default="", min_length=0, max_length=40)
    countries: tuple[str, ...] = ()
    per_phone_hour: int = Field(default=3, ge=1, le=20)
    per_network_hour: int = Field(default=10, ge=1)
    per_day: int = Field(default=300, ge=1)
