"""The clinic cannot attend an hour: who has it is told once, chooses another, and loses nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from clinicweb.booking import policy, sanctions
from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.booking.change_actions import take_by_link, tell_changes
from clinicweb.booking.closing_actions import CloseAgenda, close_agenda
from clinicweb.booking.models import (
    BOOKED,
    FREE,
    WITHDRAWN,
    AgendaChange,
    Closure,
    Slot,
    WebCancellation,
    WebSanction,
)
from clinicweb.booking.moving_actions import MoveAppointment, move_appointment
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.sanction_rules import Sanctions
from clinicweb.core import clock, db
from clinicweb.core.errors import Conflict, NotAllowed, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import COMMAND_LINE, Viewer
from clinicweb.notifications.models import OutboxMessage
from clinicweb.reminders.actions import remind
from tests.booking import world
from tests.booking.crowd import wrongs
from tests.booking.world import RULES, free_slots, prepare, rules_with
from tests.cast import ANAS_APPOINTMENT

pytestmark = pytest.mark.usefixtures("clinic")
STRICT = rules_with(sanctions=Sanctions(days=30, late_hours=6, most_cancellations=3))


def withdraw(public_id: str = ANAS_APPOINTMENT) -> None:
    slot_id = world.appointment(public_id).slot_id
    world.change(Slot, Slot.id == slot_id, status=WITHDRAWN)


def changes() -> list[AgendaChange]:
    with db.reading() as session:
        found = list(session.scalars(select(AgendaChange).order_by(AgendaChange.told_at)))
        session.expunge_all()
        return found


def told(public_id: str = ANAS_APPOINTMENT) -> list[str]:
    """The messages about changes of the agenda, by template."""
    return [key.split()[0] for key in world.mails(public_id) if key.startswith("agenda_")]


def offered() -> list[int]:
    """The hours in the newest message."""
    query = select(OutboxMessage.context).where(OutboxMessage.template == "agenda_changed")
    with db.reading() as session:
        newest = session.scalars(query.order_by(OutboxMessage.id.desc()).limit(1)).one()
        return [hour["slot_id"] for hour in newest["other_hours"]]


def close(who: str = "diaz", days: int = 30) -> None:
    now = clock.now()
    command = CloseAgenda(COMMAND_LINE, who, now, now + timedelta(days=days), "Congreso")
    close_agenda(RULES, command)


def test_who_has_an_hour_that_is_given_no_more_is_told_once():
    withdraw()

    counts = [tell_changes(RULES).count for _ in range(3)]

    row = world.appointment(ANAS_APPOINTMENT)
    assert counts == [1, 0, 0]
    assert told() == ["agenda_changed"]
    assert (row.status, row.sequence) == ("booked", 0)
    assert row.affected_at is not None
    assert world.audit_rows(ANAS_APPOINTMENT) == ["appointment.affect"]


def test_closing_an_agenda_tells_those_who_have_an_hour_and_offers_it_to_nobody(clara: Viewer):
    hers = prepare(clara, free_slots()[0]).book()
    untouched = len(free_slots("soto"))

    close()
    found = tell_changes(RULES)
    close()

    assert (found.count, found.unreached) == (2, [])
    assert (told(), told(hers)) == (["agenda_changed"], ["agenda_changed"])
    assert free_slots() == []
    assert len(free_slots("soto")) == untouched
    assert tell_changes(RULES).count == 0


def test_whom_no_message_reaches_is_named_to_the_clinic():
    world.change(Patient, Patient.mrn == "1001", email=None)
    withdraw()

    found = tell_changes(RULES)

    assert (found.count, found.unreached) == (1, ["1001"])
    assert world.appointment(ANAS_APPOINTMENT).affected_at is not None


def test_nobody_away_is_nobody():
    with pytest.raises(NotFound):
        close("nadie")


def test_who_has_a_telephone_is_told_there_as_well():
    world.change(Patient, Patient.mrn == "1001", phone="+56961234567")
    withdraw()

    tell_changes(RULES, sends_texts=True)

    with db.reading() as session:
        query = select(OutboxMessage.recipient).where(OutboxMessage.channel == "sms")
        assert list(session.scalars(query)) == ["+56961234567"]


def test_the_hours_offered_are_the_nearest_that_she_can_take(ana: Viewer):
    starts_at = world.appointment(ANAS_APPOINTMENT).starts_at
    busy = world.add_slot(free_slots()[0], starts_at=starts_at - timedelta(hours=1))
    prepare(ana, busy).book()
    of_soto = [
        world.add_slot(free_slots()[0], starts_at=starts_at + wait, doctor="soto")
        for wait in (timedelta(hours=-1), timedelta(hours=1))
    ]
    withdraw()

    tell_changes(RULES)

    found = offered()
    own = {slot_id for slot_id in found if slot_id in free_slots("diaz")}
    assert len(found) == 3
    assert len(own) >= 1
    assert (of_soto[0] in found, of_soto[1] in found) == (False, True)


def test_an_hour_of_the_message_is_taken_once_and_costs_nothing(ana: Viewer):
    withdraw()
    tell_changes(STRICT)
    [change] = changes()
    starts_at = world.appointment(ANAS_APPOINTMENT).starts_at
    first = next(one for one in offered() if world.slot(one).starts_at > starts_at)
    second = free_slots()[-1]

    with clock.frozen(starts_at - timedelta(minutes=5)):
        take_by_link(STRICT, change.id, first)
        take_by_link(STRICT, change.id, first)
        with pytest.raises(NotAllowed) as used:
            take_by_link(STRICT, change.id, second)

    row = world.appointment(ANAS_APPOINTMENT)
    assert used.value.reason == policy.CHANGE_ENDED
    assert (row.slot_id, row.sequence, row.affected_at) == (first, 1, None)
    assert world.mails(ANAS_APPOINTMENT)[-1] == "appointment_moved 1"
    assert (changes()[0].outcome, world.slot(second).status) == ("moved", FREE)
    with db.reading() as session:
        assert session.scalar(select(WebCancellation.id).limit(1)) is None
    assert wrongs() == []


def test_an_hour_that_is_gone_leaves_the_change_open(clara: Viewer):
    withdraw()
    tell_changes(RULES)
    [change] = changes()
    lost, other = offered()[:2]
    prepare(clara, lost).book()

    with pytest.raises(Conflict):
        take_by_link(RULES, change.id, lost)
    take_by_link(RULES, change.id, other)

    assert world.appointment(ANAS_APPOINTMENT).slot_id == other


def test_a_link_to_no_change_leads_nowhere():
    with pytest.raises(NotFound):
        take_by_link(RULES, new_public_id(), free_slots()[0])


def test_an_hour_that_is_given_again_stays_and_its_person_is_told():
    withdraw()
    tell_changes(RULES)
    world.change(Slot, Slot.id == world.appointment(ANAS_APPOINTMENT).slot_id, status=BOOKED)

    tell_changes(RULES)
    tell_changes(RULES)
    withdraw()
    tell_changes(RULES)

    assert told() == ["agenda_changed", "agenda_restored", "agenda_changed"]
    assert [change.outcome for change in changes()] == ["restored", None]


def test_a_closure_that_is_lifted_is_one_too():
    appointment = world.appointment(ANAS_APPOINTMENT)
    with db.current().writing() as session:
        doctor = session.scalars(select(Practitioner.id).filter_by(code="diaz")).one()
        session.add(
            Closure(
                practitioner_id=doctor,
                starts_at=appointment.starts_at - timedelta(hours=1),
                ends_at=appointment.starts_at + timedelta(seconds=1),
            )
        )
    tell_changes(RULES)
    with db.current().writing() as session:
        session.execute(delete(Closure))

    tell_changes(RULES)

    assert told() == ["agenda_changed", "agenda_restored"]


def test_giving_it_back_is_not_the_persons_cancellation(ana: Viewer):
    withdraw()
    tell_changes(STRICT)
    starts_at = world.appointment(ANAS_APPOINTMENT).starts_at

    with clock.frozen(starts_at - timedelta(hours=1)):
        release_appointment(STRICT, ReleaseAppointment(ana, ANAS_APPOINTMENT))

    with db.reading() as session:
        assert session.scalar(select(WebCancellation.id).limit(1)) is None
        assert sanctions.in_force(session, STRICT, ana.account_id) is None
    assert [change.outcome for change in changes()] == ["released"]


def test_who_may_not_book_may_still_choose_another_for_it(ana: Viewer):
    with db.current().writing() as session:
        appointment = world.appointment(ANAS_APPOINTMENT)
        session.add(
            WebSanction(
                public_id=new_public_id(),
                account_id=ana.account_id,
                patient_id=appointment.patient_id,
                appointment_id=appointment.id,
                reason="late",
                made_at=clock.now(),
                until=clock.now().date() + timedelta(days=20),
            )
        )
    wanted = free_slots()[0]
    with pytest.raises(NotAllowed):
        move_appointment(STRICT, MoveAppointment(ana, ANAS_APPOINTMENT, wanted))
    withdraw()
    tell_changes(STRICT)

    move_appointment(STRICT, MoveAppointment(ana, ANAS_APPOINTMENT, wanted))

    assert world.appointment(ANAS_APPOINTMENT).slot_id == wanted


def test_nobody_is_reminded_of_what_the_clinic_cannot_attend():
    withdraw()
    tell_changes(RULES)
    with clock.frozen(world.appointment(ANAS_APPOINTMENT).starts_at - timedelta(hours=1)):
        remind(RULES)

    assert [key for key in world.mails(ANAS_APPOINTMENT) if "reminder" in key] == []


def test_workers_at_once_tell_each_once(clara: Viewer, record_property):
    booked = [prepare(clara, slot_id).book() for slot_id in free_slots()[:5]]
    for public_id in booked:
        withdraw(public_id)

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: tell_changes(RULES).count, range(3)))

    assert sum(found) == len(booked)
    assert [told(public_id) for public_id in booked] == [["agenda_changed"]] * len(booked)
    record_property("changes", len(booked))
