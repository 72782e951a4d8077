"""Any order of booking, holding, waiting, releasing, closing and publishing leaves all in order."""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, func, select

from clinicweb.audit.models import AuditEvent
from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.booking.holds import hold_slot
from clinicweb.booking.models import Agenda, Appointment, Closure, Slot
from clinicweb.booking.publish_actions import publish_hours
from clinicweb.clinic.models import Practitioner, Service, Site
from clinicweb.core import clock, db
from clinicweb.core.errors import Conflict, NotAllowed
from clinicweb.core.viewer import SYSTEM
from clinicweb.notifications.models import OutboxMessage
from tests.booking.crowd import wrongs
from tests.booking.world import RULES, prepare, viewer_of

PROVE = bool(os.environ.get("PROVE"))
SIZE = settings(
    max_examples=60 if PROVE else 6,
    stateful_step_count=30 if PROVE else 20,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
some = st.integers(min_value=0, max_value=11)
who = st.sampled_from(["Ana", "Clara"])


class Clinic(RuleBasedStateMachine):
    fresh: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.database = db.Database(type(self).fresh())
        db.configure(self.database)
        self.now = clock.now()
        self._add_agendas()
        self.publish()

    def teardown(self) -> None:
        self.database.dispose()

    def _add_agendas(self) -> None:
        """Dra. Soto's two services overlap, every day."""
        with db.bookkeeping() as session:
            soto = session.scalars(select(Practitioner.id).filter_by(code="soto")).one()
            site = session.scalars(select(Site.id)).one()
            for service, minutes in (("mg", 30), ("car", 45)):
                for weekday in range(1, 8):
                    agenda = Agenda(
                        practitioner_id=soto,
                        service_id=session.scalars(
                            select(Service.id).filter_by(code=service)
                        ).one(),
                        site_id=site,
                        modality="virtual",
                        weekday=weekday,
                        from_time=time(20),
                        to_time=time(22),
                        slot_minutes=minutes,
                        valid_from=date(2024, 1, 1),
                    )
                    session.add(agenda)

    def _slot(self, number: int) -> tuple[int, datetime, datetime]:
        """One of the next hours, whatever became of it."""
        query = select(Slot.id, Slot.starts_at, Slot.ends_at).where(Slot.starts_at > self.now)
        with db.reading() as session:
            rows = session.execute(query.order_by(Slot.starts_at, Slot.id).limit(12)).all()
        found = rows[number % len(rows)]
        return (found[0], found[1], found[2])

    @rule(name=who, number=some, keeps=st.booleans())
    def book(self, name: str, number: int, keeps: bool) -> None:
        slot_id, _starts_at, _ends_at = self._slot(number)
        with clock.frozen(self.now), suppress(Conflict):
            draft = prepare(viewer_of(name), slot_id)
            service = draft_service(slot_id)
            with db.bookkeeping() as session:
                hold_slot(
                    session,
                    RULES.booking,
                    slot_id,
                    service=service,
                    draft_id=draft.id,
                    account_id=draft.viewer.account_id,
                )
            if keeps:
                assert draft.book() == draft.book()

    @rule(minutes=st.integers(1, 30))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(number=some)
    def release(self, number: int) -> None:
        query = select(Appointment.public_id, Appointment.patient_id).order_by(Appointment.id)
        with db.reading() as session:
            rows = session.execute(query.where(Appointment.draft_id.is_not(None))).all()
        for public_id, patient_id in rows[number : number + 1]:
            name = next(n for n in ("Ana", "Clara") if viewer_of(n).patient_id == patient_id)
            with clock.frozen(self.now), suppress(NotAllowed):
                release_appointment(RULES, ReleaseAppointment(viewer_of(name), public_id))

    @rule()
    def publish(self) -> None:
        with clock.frozen(self.now):
            publish_hours(SYSTEM, horizon_days=2)

    @rule(number=some)
    def close(self, number: int) -> None:
        _slot_id, starts_at, ends_at = self._slot(number)
        with db.bookkeeping() as session:
            session.add(Closure(starts_at=starts_at, ends_at=ends_at))
        self.publish()

    @rule()
    def open_again(self) -> None:
        with db.bookkeeping() as session:
            session.execute(delete(Closure))
        self.publish()

    @invariant()
    def all_is_in_order(self) -> None:
        assert wrongs() == []

    @invariant()
    def each_change_has_its_audit_row_and_its_mail(self) -> None:
        mine = Appointment.draft_id.is_not(None)
        with db.reading() as session:
            booked = session.scalar(select(func.count()).where(mine)) or 0
            gone = mine & (Appointment.status == "cancelled")
            released = session.scalar(select(func.count()).where(gone)) or 0
            acts = Counter(
                session.scalars(
                    select(AuditEvent.action).where(AuditEvent.record_type == "appointment")
                )
            )
            mails = session.scalar(select(func.count()).select_from(OutboxMessage))
        assert acts["appointment.book"] == booked
        assert acts["appointment.release"] == released
        assert mails == booked + released


def draft_service(slot_id: int) -> str:
    with db.reading() as session:
        return session.get_one(Slot, slot_id).service.code


def test_whatever_people_do_in_whatever_order_all_stays_in_order(
    filled_template: Path, tmp_path: Path
):
    def fresh() -> str:
        return f"sqlite:///{shutil.copyfile(filled_template, tmp_path / f'{len(made)}.db')}"

    made: list[Clinic] = []

    class Here(Clinic):
        def __init__(self) -> None:
            made.append(self)
            super().__init__()

    Here.fresh = staticmethod(fresh)
    run_state_machine_as_test(Here, settings=SIZE)

    assert len(made) >= 6
