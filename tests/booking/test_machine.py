"""
Any order of what people, the worker and the clinic do with hours leaves all in order.

Booking, keeping, moving, giving back, waiting, taking and declining offers, closing, publishing;
under a quota of the web and sanctions, while time goes by.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Select, delete, func, select

from clinicweb.accounts.models import Account
from clinicweb.audit.models import AuditEvent
from clinicweb.booking import sanctions
from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.booking.change_actions import tell_changes
from clinicweb.booking.closing_actions import CloseAgenda, close_agenda
from clinicweb.booking.holds import hold_slot
from clinicweb.booking.hour_rows import count_ahead
from clinicweb.booking.models import Agenda, Appointment, Closure, Slot, WebSanction
from clinicweb.booking.moving_actions import MoveAppointment, move_appointment
from clinicweb.booking.offer_actions import DeclineOffer, TakeOffer, decline_offer, take_offer
from clinicweb.booking.offering import offer_freed
from clinicweb.booking.publish_actions import publish_hours
from clinicweb.booking.waiting_models import HourOffer, WaitingEntry
from clinicweb.clinic.models import Practitioner, Service, Site
from clinicweb.clinic.sanction_rules import Sanctions
from clinicweb.core import clock, db
from clinicweb.core.errors import Conflict, NotAllowed
from clinicweb.core.viewer import SYSTEM, Viewer
from clinicweb.notifications.models import OutboxMessage
from tests.booking import waiting
from tests.booking.crowd import wrongs
from tests.booking.world import prepare, rules_with, viewer_of

PROVE = bool(os.environ.get("PROVE"))
SIZE = settings(
    max_examples=60 if PROVE else 6,
    stateful_step_count=40 if PROVE else 24,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
MOST_AHEAD = 2
RULES = waiting.with_waiting(
    rules_with(
        horizon_days=2,
        max_ahead_per_service=MOST_AHEAD,
        sanctions=Sanctions(days=2, late_hours=3, most_cancellations=4),
    )
)
# Each act, and the message that tells of it.
TOLD = {
    "appointment.book": "appointment_booked",
    "appointment.release": "appointment_released",
    "appointment.move": "appointment_moved",
    "appointment.affect": "agenda_changed",
    "appointment.restore": "agenda_restored",
    "offer.make": "hour_offer",
    "sanction.make": "web_sanction",
}
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
        """Dra. Soto's two services overlap, every day; the web may give three hours of each."""
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
                        web_quota=3,
                    )
                    session.add(agenda)

    def _slot(self, number: int) -> tuple[int, datetime, datetime]:
        """One of the next hours, whatever became of it; of the past, where there are no more."""
        query = select(Slot.id, Slot.starts_at, Slot.ends_at).order_by(Slot.starts_at <= self.now)
        with db.reading() as session:
            rows = session.execute(query.order_by(Slot.starts_at, Slot.id).limit(12)).all()
        found = rows[number % len(rows)]
        return (found[0], found[1], found[2])

    def _theirs(self, number: int) -> tuple[Viewer, Appointment] | None:
        """One of the appointments that people made, in any state."""
        query = select(Appointment).where(Appointment.draft_id.is_not(None))
        found = pick(query.order_by(Appointment.id.desc()), number)
        return (viewer_at(found.patient_id), found) if found else None

    def _is_barred(self, viewer: Viewer) -> bool:
        return sanctions.find_sanction(viewer, RULES) is not None

    @rule(name=who, number=some, keeps=st.booleans())
    def book(self, name: str, number: int, keeps: bool) -> None:
        slot_id, _starts_at, _ends_at = self._slot(number)
        with clock.frozen(self.now), suppress(Conflict, NotAllowed):
            viewer = viewer_of(name)
            draft = prepare(viewer, slot_id)
            service = draft_service(slot_id)
            with db.bookkeeping() as session:
                hold_slot(
                    session,
                    RULES.booking,
                    slot_id,
                    service=service,
                    draft_id=draft.id,
                    account_id=viewer.account_id,
                )
            if keeps:
                assert draft.book(RULES) == draft.book(RULES)
                assert count_of(viewer, slot_id) <= MOST_AHEAD

    @rule(minutes=st.integers(1, 30) | st.sampled_from([180, 1500]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(number=some)
    def release(self, number: int) -> None:
        if found := self._theirs(number):
            viewer, row = found
            with clock.frozen(self.now), suppress(NotAllowed):
                cost = sanctions.find_consequence(viewer, RULES, row.starts_at)
                cost = None if row.affected_at else cost
                command = ReleaseAppointment(viewer, row.public_id, cost.code if cost else "")
                release_appointment(RULES, command)

    @rule(number=some, other=some)
    def move(self, number: int, other: int) -> None:
        if found := self._theirs(number):
            viewer, row = found
            slot_id = self._slot(other)[0]
            with clock.frozen(self.now), suppress(Conflict, NotAllowed):
                cost = sanctions.find_move_consequence(viewer, RULES, row.starts_at)
                cost = None if row.affected_at else cost
                is_barred = self._is_barred(viewer) and not row.affected_at
                agreed = cost.code if cost else ""
                move_appointment(RULES, MoveAppointment(viewer, row.public_id, slot_id, agreed))
                assert not is_barred or row.slot_id == slot_id

    @rule(name=who, number=some)
    def ask_to_be_told(self, name: str, number: int) -> None:
        with clock.frozen(self.now):
            waiting.wait_for(viewer_of(name), self._slot(number)[0])

    @rule()
    def offer(self) -> None:
        with clock.frozen(self.now):
            offer_freed(RULES)

    @rule(number=some, takes=st.booleans())
    def answer(self, number: int, takes: bool) -> None:
        query = select(HourOffer.public_id, WaitingEntry.patient_id).join(WaitingEntry)
        with db.reading() as session:
            rows = session.execute(query.order_by(HourOffer.id.desc())).all()
        for public_id, patient_id in rows[number : number + 1]:
            viewer = viewer_at(patient_id)
            with clock.frozen(self.now), suppress(Conflict):
                if takes:
                    take_offer(RULES, TakeOffer(viewer, public_id))
                else:
                    decline_offer(RULES, DeclineOffer(viewer, public_id))

    @rule()
    def publish(self) -> None:
        with clock.frozen(self.now):
            publish_hours(SYSTEM, horizon_days=2)

    @rule(number=some)
    def close(self, number: int) -> None:
        _slot_id, starts_at, ends_at = self._slot(number)
        with clock.frozen(self.now):
            close_agenda(RULES, CloseAgenda(SYSTEM, "soto", starts_at, ends_at, "congreso"))
            tell_changes(RULES)

    @rule()
    def open_again(self) -> None:
        with db.bookkeeping() as session:
            session.execute(delete(Closure))
        self.publish()
        with clock.frozen(self.now):
            tell_changes(RULES)

    @invariant()
    def all_is_in_order(self) -> None:
        assert wrongs() == []

    @invariant()
    def each_change_has_its_audit_row_and_its_mail(self) -> None:
        mine = Appointment.draft_id.is_not(None)
        gone = mine & (Appointment.status == "cancelled")
        with db.reading() as session:
            booked = session.scalar(select(func.count()).where(mine)) or 0
            released = session.scalar(select(func.count()).where(gone)) or 0
            acts = Counter(session.scalars(select(AuditEvent.action)))
            mails = Counter(session.scalars(select(OutboxMessage.template)))
        assert (acts["appointment.book"], acts["appointment.release"]) == (booked, released)
        assert mails == Counter({TOLD[act]: count for act, count in acts.items() if act in TOLD})

    @invariant()
    def nobody_booked_under_a_sanction(self) -> None:
        query = (
            select(Appointment.created_at, WebSanction.until)
            .join(Account, Account.patient_id == Appointment.patient_id)
            .join(WebSanction, WebSanction.account_id == Account.id)
            .where(Appointment.created_at > WebSanction.made_at)
        )
        with db.reading() as session:
            for created_at, until in session.execute(query):
                assert clock.local_day(created_at, RULES.identity.timezone) >= until


def pick(query: Select[Any], number: int) -> Any:
    with db.reading() as session:
        rows = session.scalars(query).all()
        session.expunge_all()
    return rows[number] if number < len(rows) else None


def viewer_at(patient_id: int) -> Viewer:
    return next(v for name in ("Ana", "Clara") if (v := viewer_of(name)).patient_id == patient_id)


def count_of(viewer: Viewer, slot_id: int) -> int:
    with db.reading() as session:
        service_id = session.get_one(Slot, slot_id).service_id
        return session.scalar(count_ahead(viewer.patient_id, service_id, clock.now())) or 0


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
