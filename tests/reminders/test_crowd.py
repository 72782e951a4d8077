"""
Two workers with a thousand due reminders: each is written down once, and sent once.

``PROVE`` in the environment asks for the full size.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from clinicweb.booking.models import APPOINTMENT_BOOKED, Appointment
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.notifications.models import SENT, OutboxMessage
from clinicweb.notifications.sender import Courier, send_due
from clinicweb.reminders.actions import remind
from clinicweb.reminders.models import AppointmentReminder
from tests.booking.world import RULES
from tests.cast import CLARAS_APPOINTMENT
from tests.notifications.mails import Recording, make_app
from tests.notifications.texts import LETTERHEAD

REMINDERS = 1000 if os.environ.get("PROVE") else 100
WORKERS = 2


def book_many(count: int, begins: datetime) -> None:
    """*count* appointments of Clara's, a minute each, one after the other."""
    with db.current().writing() as session:
        is_it = Appointment.public_id == CLARAS_APPOINTMENT
        model = session.scalars(select(Appointment).where(is_it)).one()
        for number in range(count):
            starts_at = begins + timedelta(minutes=number)
            session.add(
                Appointment(
                    public_id=new_public_id(),
                    patient_id=model.patient_id,
                    practitioner_id=model.practitioner_id,
                    service_id=model.service_id,
                    site_id=model.site_id,
                    modality=model.modality,
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(minutes=1),
                    status=APPOINTMENT_BOOKED,
                    created_at=begins - timedelta(days=60),
                )
            )


@pytest.mark.usefixtures("clinic")
def test_two_workers_send_each_of_a_thousand_reminders_once(record_property):
    """T15's kind of race, with the mail at its end."""
    begins = clock.now() + timedelta(days=30)
    book_many(REMINDERS, begins)
    now = begins - timedelta(hours=1)
    everything = RULES.reminders.model_copy(update={"hours_before": (72,)})
    rules = RULES.model_copy(update={"reminders": everything})
    sent, app = Recording(), make_app()

    def work(_: int) -> None:
        with app.app_context(), clock.frozen(now):
            remind(rules)
            while send_due(Courier(LETTERHEAD, sent)):
                pass

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))

    assert len(sent.taken) == REMINDERS
    assert len({mail["Message-ID"] for mail in sent.taken}) == REMINDERS
    with db.reading() as session:
        assert len(session.scalars(select(AppointmentReminder)).all()) == REMINDERS
        states = session.scalars(select(OutboxMessage.status)).all()
    assert states == [SENT] * REMINDERS
    record_property("reminders", REMINDERS)
    record_property("sent twice", len(sent.taken) - REMINDERS)
