"""Reminders by text message: where the clinic can, to whom has a mobile, within a limit."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.booking.models import Appointment
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, db
from clinicweb.notifications import sms
from clinicweb.notifications.models import OutboxMessage
from clinicweb.notifications.rendering import Letter
from clinicweb.reminders import letters
from clinicweb.reminders.actions import remind
from tests.booking import world
from tests.cast import ANAS_APPOINTMENT
from tests.family.world import RULES as FAMILIES
from tests.notifications.mails import make_app
from tests.notifications.texts import LETTERHEAD

PHONE = "+56912345678"


@pytest.fixture(autouse=True)
def clinic(clinic_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With a gateway, and Ana's mobile in her record."""
    database = db.Database(clinic_url)
    db.configure(database)
    monkeypatch.setattr(letters, "sends_texts", lambda: True)
    world.change(Patient, Patient.given_name == "Ana", phone=PHONE)
    yield
    database.dispose()


def rules_with(rules: ClinicRules = world.RULES, **reminders: object) -> ClinicRules:
    changed = rules.reminders.model_copy(update={"hours_before": (24,), **reminders})
    return rules.model_copy(update={"reminders": changed})


def reminded(rules: ClinicRules) -> list[OutboxMessage]:
    """What is written down an hour before Ana's appointment, about it."""
    with clock.frozen(world.appointment(ANAS_APPOINTMENT).starts_at - timedelta(hours=1)):
        remind(rules)
    is_hers = OutboxMessage.dedupe_key.contains(f"/{ANAS_APPOINTMENT}/")
    with db.reading() as session:
        return list(session.scalars(select(OutboxMessage).where(is_hers).order_by("channel")))


@pytest.mark.parametrize(
    ("by", "channels"), [("mail", ["email"]), ("text", ["sms"]), ("both", ["email", "sms"])]
)
def test_a_clinic_chooses_how_people_are_reminded(by: str, channels: list[str]):
    found = reminded(rules_with(by=by))

    assert [message.channel for message in found] == channels
    assert {message.recipient for message in found if message.channel == "sms"} <= {PHONE}


@pytest.mark.parametrize("phone", ["", "+573001234567", "el de mi hermana", None])
def test_who_has_no_mobile_of_the_clinics_country_is_mailed(phone: str | None):
    world.change(Patient, Patient.given_name == "Ana", phone=phone)

    assert [message.channel for message in reminded(rules_with(by="text"))] == ["email"]


def test_where_there_is_no_gateway_everybody_is_mailed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(letters, "sends_texts", lambda: False)

    assert [message.channel for message in reminded(rules_with(by="text"))] == ["email"]


def test_beyond_the_days_limit_reminders_are_mailed():
    """Clara's is the earlier one to be written down: one may go."""
    world.change(Patient, Patient.given_name == "Clara", phone="+56987654321")
    found = reminded(rules_with(by="text", texts_per_day=1))
    with db.reading() as session:
        channels = session.scalars(select(OutboxMessage.channel)).all()

    assert sorted(channels) == ["email", "sms"]
    assert len(found) == 1


def test_a_child_without_a_phone_is_told_of_by_the_head_of_the_familys(family_of_betos):
    [message] = reminded(family_of_betos)

    assert (message.channel, message.recipient) == ("sms", PHONE)
    assert message.context["member_name"] == "Beto"


@pytest.fixture
def family_of_betos() -> ClinicRules:
    """Ana's appointment is Beto's, in a clinic of families that texts."""
    with db.reading() as session:
        beto = session.scalars(select(Patient.id).where(Patient.given_name == "Beto")).one()
    world.change(Appointment, Appointment.public_id == ANAS_APPOINTMENT, patient_id=beto)
    sms_rules = FAMILIES.sms.model_copy(update={"countries": ("CL",)})
    return rules_with(FAMILIES.model_copy(update={"sms": sms_rules}), by="text")


def test_the_text_is_short_has_a_link_and_no_clinical_word():
    [message] = reminded(rules_with(by="text"))
    letter = Letter(
        message.dedupe_key, message.created_at, message.recipient, message.language,
        message.template, message.context, None,
    )  # fmt: skip
    with make_app().app_context():
        text = sms.render(letter, LETTERHEAD).text

    assert sms.parts(text) <= 2
    assert "https://portal.alamos.cl/citas/aviso/" in text
    assert "Confirme o libere" in text
    assert "Díaz" not in text
    assert "Medicina" not in text
