"""What a clinic's TOML may say about the messages that people write to it."""

from typing import Self

from pydantic import Field, model_validator

from clinicweb.clinic.section import AcceptedText, Mailbox, Section


class MessageType(Section):
    """S3-49: what a message is about, and which mailbox of the clinic hears of it."""

    code: str = Field(pattern="^[a-z][a-z0-9-]{0,29}$")
    name: str = Field(min_length=1, max_length=80)
    mailbox: Mailbox = ""


class Notices(AcceptedText):
    """S3-51: what a person reads and accepts before they send."""


class Contact(Section):
    """«Contacto» (S3-49…52); without types there is none."""

    types: tuple[MessageType, ...] = ()
    notices: Notices = Notices()
    # Of who is not signed in.
    captcha: bool = True
    longest_message: int = Field(default=4000, ge=200, le=10_000)
    messages_per_network_hour: int = Field(default=10, ge=1)
    messages_per_account_day: int = Field(default=10, ge=1)
    mails_per_person_hour: int = Field(default=3, ge=1)
    mails_per_mailbox_hour: int = Field(default=60, ge=1)

    @model_validator(mode="after")
    def _no_code_twice(self) -> Self:
        codes = [found.code for found in self.types]
        if len(codes) != len({*codes}):
            raise ValueError("each type needs a code of its own")
        return self

    @property
    def is_on(self) -> bool:
        return bool(self.types)

    def type_of(self, code: str) -> MessageType | None:
        return next((found for found in self.types if found.code == code), None)
