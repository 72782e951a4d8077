"""A clinic is data: its rules, read from TOML and checked when the portal starts."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, ValidationError, field_validator, model_validator

from clinicweb.clinic.booking_rules import Booking, Reminders
from clinicweb.clinic.chat_rules import Chat
from clinicweb.clinic.contact_rules import Contact
from clinicweb.clinic.document_rules import Documents
from clinicweb.clinic.family_rules import Family
from clinicweb.clinic.help_rules import Help
from clinicweb.clinic.labels import Labels
from clinicweb.clinic.section import Section as _Section
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.clinic.sms_rules import Sms
from clinicweb.clinic.video_rules import Video
from clinicweb.clinic.waiting_rules import Waiting

PRESETS = Path(__file__).parent / "presets"


class BadRules(Exception):
    """What is wrong in a clinic's TOML, one line a field, each with its path."""


class Identity(_Section):
    """Who the clinic is; ``timezone`` and ``country`` are what imports assume."""

    name: str = Field(min_length=1, max_length=120)
    phone: str = ""
    country: str = Field(pattern="^[A-Z]{2}$")
    timezone: str
    emergency: str = ""
    default_language: Literal["es", "en"] = "es"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("not a zone of the IANA database, e.g. America/Santiago")
        return ZoneInfo(name).key


class Brand(_Section):
    accent: str = Field(default="#0b6e6e", pattern="^#[0-9a-fA-F]{6}$")


class Header(_Section):
    """S0-39, S3-82, S4-20: on which side the menu of one's own account stands."""

    menu_side: Literal["left", "right"] = "right"


AskedField = Literal[
    "document", "affiliation_number", "card_serial", "full_name", "birth_date", "email", "phone",
    "username", "password",
]  # fmt: skip


_ASKED_FOR: dict[str, tuple[AskedField, ...]] = {
    "none": ("full_name",),
    "document": ("document",),
    "affiliation": ("affiliation_number", "card_serial"),
    "email": (),
}


class Registration(_Section):
    """
    How people open an account by themselves.

    ``proof``: what ties a person to a record that the clinic has. ``none``: a new person needs
    none (S0); ``document``: only people whose document the clinic knows (S1-3); ``affiliation``:
    affiliation number and card serial (S3-9); ``email``: only people whose address is in the
    record (S4-8). Whatever the proof, a record that exists is only ever opened through the
    address that the record has, or by the card's serial.
    """

    is_open: bool = False
    proof: Literal["none", "document", "affiliation", "email"] = "none"
    first_fields: tuple[AskedField, ...] = ()
    # ``password`` is two fields; last where it is not named and people choose theirs.
    fields: tuple[AskedField, ...] = ("document", "full_name", "email", "phone")
    generates_password: bool = False  # one-use, shown once and mailed: S3-8, S3-16
    activation: Literal["none", "code", "link"] = "none"
    one_account_per_family: bool = False
    link_hours: int = Field(default=48, ge=1, le=24 * 14)
    code_minutes: int = Field(default=10, ge=2, le=60)
    code_attempts: int = Field(default=5, ge=3, le=10)
    requests_per_address_hour: int = Field(default=20, ge=3)
    captcha: bool = False  # S1-5

    @model_validator(mode="after")
    def _asks_what_it_needs(self) -> Self:
        if not self.is_open:
            return self
        missing = {"email", *_ASKED_FOR[self.proof]} - {*self.first_fields, *self.fields}
        if missing:
            raise ValueError(f"fields must ask for {', '.join(sorted(missing))}")
        if self.generates_password and self.activation == "none":
            raise ValueError("generates_password needs activation by code or link")
        return self


class Terms(_Section):
    """What people accept when they register; each text of a version is kept by its hash."""

    version: str = ""
    text: str = ""


class Passwords(_Section):
    """
    What a password must be like.

    ``strict`` asks for an upper-case letter, a lower-case letter and a digit (S4-10);
    ``modern`` for length alone, and that it is none of the common ones.
    """

    policy: Literal["strict", "modern"] = "modern"
    shortest: int = Field(default=8, ge=8, le=64)


class Recovery(_Section):
    """
    How somebody who cannot come in gets help by mail.

    ``password_by``: ``link``: they choose another by the mailed link; ``temporary``: it mails
    them a one-use password, once they confirm that it was them (S4-19, S3-75).
    """

    password_by: Literal["link", "temporary"] = "link"  # noqa: S105  a way
    asks_email_and_user: bool = False
    reactivation: bool = False
    reactivation_undo_days: int = Field(default=7, ge=1, le=60)
    tries_per_card_hour: int = Field(default=15, ge=3)
    link_minutes: int = Field(default=60, ge=5, le=24 * 60)
    mails_per_person_hour: int = Field(default=3, ge=1)
    requests_per_address_hour: int = Field(default=20, ge=3)
    captcha: bool = False


class Invitation(_Section):
    """How long the link of somebody whom the clinic invites is good."""

    days: int = Field(default=7, ge=1, le=29)


class Captcha(_Section):
    """What a captcha costs, wherever one is asked for."""

    # A browser tries half as many numbers, on average.
    work: int = Field(default=300_000, ge=1000, le=5_000_000)
    minutes: int = Field(default=20, ge=5, le=120)
    failures: int = Field(default=3, ge=1)
    pictures_per_address_hour: int = Field(default=60, ge=10)


class ClinicRules(_Section):
    """Everything that makes one clinic behave differently from another."""

    identity: Identity
    brand: Brand = Brand()
    header: Header = Header()
    sign_in: SignIn = SignIn()
    registration: Registration = Registration()
    terms: Terms = Terms()
    passwords: Passwords = Passwords()
    recovery: Recovery = Recovery()
    invitation: Invitation = Invitation()
    captcha: Captcha = Captcha()
    sms: Sms = Sms()
    family: Family = Family()
    booking: Booking = Booking()
    reminders: Reminders = Reminders()
    video: Video = Video()
    chat: Chat = Chat()
    waiting: Waiting = Waiting()
    documents: Documents = Documents()
    contact: Contact = Contact()
    labels: Labels = Labels()
    help: Help = Help()

    @property
    def asks_captcha(self) -> bool:
        """Anywhere, of strangers."""
        writing = self.contact.is_on and self.contact.captcha
        asks = (self.sign_in.captcha != "off", self.registration.captcha, self.recovery.captcha)
        return any(asks) or writing

    @property
    def sms_name(self) -> str:
        return self.sms.name or self.identity.name[:40].strip()

    @property
    def sms_countries(self) -> tuple[str, ...]:
        """Whose mobiles are texted: the clinic's own country where nothing else is said."""
        return self.sms.countries or (self.identity.country,)


def preset_names() -> list[str]:
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


@cache
def load_rules(clinic: str) -> ClinicRules:
    """
    The rules of *clinic*: the name of a preset or the path of a TOML file.

    Raises: ``BadRules`` that names the file and each wrong field.
    """
    path = PRESETS / f"{clinic}.toml" if clinic in preset_names() else Path(clinic)
    if not path.is_file():
        raise BadRules(f"{clinic}: no such file, nor a preset ({', '.join(preset_names())})")
    try:
        return ClinicRules.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRules(f"{path.name}: {error}") from None
    except ValidationError as error:
        raise BadRules("\n".join(_told(path, found) for found in error.errors())) from None


def _told(path: Path, problem: Any) -> str:
    field = ".".join(str(part) for part in problem["loc"])
    return f"{path.name}: {field}: {problem['msg']}"
