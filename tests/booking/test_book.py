"""Taking an hour: once, by one person, with its audit row and its mail, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from clinicweb.booking import mail, policy
from clinicweb.booking.actions import BookAppointment, book_appointment
from clinicweb.booking.models import BOOKED, FREE, Appointment, Slot
from clinicweb.clinic.models import Patient, Service
from clinicweb.core import clock, db
from clinicweb.core.db import Database
from clinicweb.core.drafts import LIFETIME
from clinicweb.core.errors import Conflict, InvalidInput, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from clinicweb.notifications.models import OutboxMessage
from tests.booking import world
from tests.booking.world import RULES, Prepared, free_slots, prepare, rules_with

HALF_HOUR = timedelta(minutes=30)


def refusal_of(prepared: Prepared) -> str:
    with pytest.raises(Conflict) as refused:
        prepared.book()
    return refused.value.code


def test_a_booked_hour_is_the_patients_with_its_audit_row_and_its_mail(ana: Viewer):
    slot_id = free_slots()[0]
    draft = prepare(ana, slot_id)

    public_id = draft.book()

    made, taken = world.appointment(public_id), world.slot(slot_id)
    assert (made.patient_id, made.slot_id, made.status) == (ana.patient_id, slot_id, BOOKED)
    assert (made.starts_at, made.ends_at) == (taken.starts_at, taken.ends_at)
    assert (made.draft_id, made.sequence) == (draft.id, 0)
    assert taken.status == BOOKED
    assert world.audit_rows(public_id) == ["appointment.book"]
    assert world.mails(public_id) == ["appointment_booked 0"]


def test_the_same_draft_confirmed_again_is_the_same_appointment(ana: Viewer):
    draft = prepare(ana, free_slots()[0])

    first = draft.book()
    after_first = world.totals()

    assert draft.book() == first
    assert world.totals() == after_first


def test_an_hour_is_sold_once(ana: Viewer, clara: Viewer):
    slot_id = free_slots()[0]
    hers, mine = prepare(clara, slot_id), prepare(ana, slot_id)
    public_id = hers.book()
    before = world.totals()

    assert refusal_of(mine) == policy.SLOT_TAKEN
    assert world.live_appointments(slot_id) == [public_id]
    assert world.totals() == before


def test_what_was_not_read_is_not_confirmed(ana: Viewer):
    draft = prepare(ana, free_slots()[0])
    before = world.totals()

    with pytest.raises(InvalidInput):
        Prepared(draft.id, "0" * 16, ana).book()
    assert world.totals() == before
    draft.book()
    with pytest.raises(InvalidInput):
        Prepared(draft.id, "0" * 16, ana).book()


@pytest.mark.parametrize("age", [LIFETIME, LIFETIME + timedelta(days=1)])
def test_an_expired_draft_books_nothing(ana: Viewer, age: timedelta):
    with clock.frozen(clock.now() - age):
        draft = prepare(ana, free_slots()[0])

    with pytest.raises(NotFound):
        draft.book()


def test_anothers_draft_and_one_that_never_was_are_the_same(ana: Viewer, clara: Viewer):
    hers = prepare(clara, free_slots()[0])

    for draft_id in (hers.id, new_public_id()):
        with pytest.raises(NotFound):
            book_appointment(RULES, BookAppointment(ana, draft_id, hers.digest))


def test_nobody_is_in_two_places_at_once(ana: Viewer):
    slot_id = free_slots()[0]
    starts_at = world.slot(slot_id).starts_at + timedelta(minutes=15)
    other = world.add_slot(slot_id, starts_at=starts_at, doctor="soto")
    prepare(ana, slot_id).book()

    assert refusal_of(prepare(ana, other)) == policy.PATIENT_BUSY


def test_an_hour_right_after_another_is_free_for_both(ana: Viewer):
    first, second = free_slots()[:2]
    assert world.slot(first).ends_at == world.slot(second).starts_at

    prepare(ana, first).book()
    prepare(ana, second).book()

    assert world.slot(second).status == BOOKED


def test_hours_of_one_practitioner_that_overlap_are_sold_to_one(ana: Viewer, clara: Viewer):
    slot_id = free_slots()[0]
    starts_at = world.slot(slot_id).starts_at
    earlier = world.add_slot(slot_id, starts_at=starts_at - timedelta(minutes=10))
    later = world.add_slot(slot_id, starts_at=starts_at + timedelta(minutes=10))
    anothers = free_slots("soto")[0]
    assert world.slot(anothers).starts_at == starts_at
    drafts = [prepare(clara, one) for one in (earlier, later)]
    prepare(ana, slot_id).book()

    assert [refusal_of(draft) for draft in drafts] == [policy.SLOT_TAKEN] * 2
    assert [world.slot(one).status for one in (earlier, later)] == ["blocked"] * 2
    assert world.slot(anothers).status == FREE


def an_appointment(of: Appointment, **changes: object) -> Appointment:
    columns = ("slot_id", "patient_id", "practitioner_id", "service_id", "site_id", "modality")
    values = {name: getattr(of, name) for name in (*columns, "starts_at", "ends_at", "status")}
    values |= {"public_id": new_public_id(), "created_at": clock.now()}
    return Appointment(**(values | changes))


@pytest.mark.parametrize(
    ("who", "constraint"),
    [("patient_id", "practitioner_overlap"), ("practitioner_id", "patient_overlap")],
)
@pytest.mark.parametrize("shift", [timedelta(0), timedelta(minutes=29), timedelta(minutes=-29)])
def test_the_database_itself_refuses_an_overlap(
    ana: Viewer, clara: Viewer, who: str, constraint: str, shift: timedelta
):
    made = world.appointment(prepare(ana, free_slots()[0]).book())
    with db.reading() as session:
        soto = session.scalars(select(Slot.practitioner_id).distinct()).all()
    others = {
        "patient_id": clara.patient_id,
        "practitioner_id": next(one for one in soto if one != made.practitioner_id),
    }
    times = {"starts_at": made.starts_at + shift, "ends_at": made.ends_at + shift}
    second = an_appointment(made, slot_id=None, **{who: others[who]}, **times)

    with pytest.raises(IntegrityError, match=constraint), db.bookkeeping() as session:
        session.add(second)
    with db.bookkeeping() as session:
        session.add(an_appointment(made, slot_id=None, status="cancelled", **times))


def test_the_database_itself_refuses_a_change_that_makes_an_overlap(ana: Viewer, clara: Viewer):
    first, second = (
        prepare(who, one) for who, one in zip((ana, clara), free_slots(), strict=False)
    )
    one, other = world.appointment(first.book()), world.appointment(second.book())

    with pytest.raises(IntegrityError, match="practitioner_overlap"):
        world.change(Appointment, Appointment.id == other.id, starts_at=one.starts_at)
    with pytest.raises(IntegrityError, match="slot"):
        world.change(Appointment, Appointment.id == other.id, slot_id=one.slot_id)


@pytest.mark.parametrize("minutes", [0, 60])
def test_an_hour_that_begins_too_soon_is_not_sold(ana: Viewer, minutes: int):
    slot_id = free_slots()[0]
    notice = rules_with(book_notice_minutes=minutes)
    last = world.slot(slot_id).starts_at - timedelta(minutes=minutes)
    with clock.frozen(last - timedelta(hours=1)):
        draft = prepare(ana, slot_id)

    with clock.frozen(last + timedelta(seconds=1)), pytest.raises(Conflict) as refused:
        draft.book(notice)
    assert refused.value.code == policy.TOO_LATE_TO_BOOK
    with clock.frozen(last - timedelta(seconds=1)):
        assert draft.book(notice)


@pytest.mark.parametrize("way", ["view", "off"])
def test_what_patients_cannot_book_by_themselves_is_not_sold_to_them(ana: Viewer, way: str):
    draft = prepare(ana, free_slots()[0])
    world.change(Service, Service.code == "mg", booking=way)

    assert refusal_of(draft) == policy.SLOT_TAKEN


def test_an_hour_of_another_service_than_the_answered_one_is_not_sold(ana: Viewer):
    mg, car = free_slots()[0], free_slots("soto", "car")[0]
    draft = prepare(ana, mg)
    answers = world.answers_for(mg) | {"hora": {"slot": str(car)}}
    changed = world.set_answers(draft, answers)

    assert refusal_of(changed) == policy.SLOT_TAKEN


def test_an_hour_that_is_none_is_not_sold(ana: Viewer):
    draft = prepare(ana, free_slots()[0])
    answers = world.answers_for(free_slots()[0]) | {"hora": {"slot": "999999"}}

    assert refusal_of(world.set_answers(draft, answers)) == policy.SLOT_TAKEN


def test_without_an_address_there_is_no_mail_and_still_an_appointment(ana: Viewer):
    world.change(Patient, Patient.id == ana.patient_id, email=None)

    public_id = prepare(ana, free_slots()[0]).book()

    assert world.audit_rows(public_id) == ["appointment.book"]
    assert world.mails(public_id) == []


def break_after_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue = mail.enqueue

    def enqueue_and_break(*args: object) -> None:
        enqueue(*args)  # type: ignore[arg-type]
        raise ZeroDivisionError

    monkeypatch.setattr(mail, "enqueue", enqueue_and_break)


def break_before_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(mail, "enqueue", fail)


@pytest.mark.parametrize("break_it", [break_before_mail, break_after_mail])
def test_what_breaks_half_way_leaves_nothing_and_can_be_done_again(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch, break_it
):
    slot_id = free_slots()[0]
    draft = prepare(ana, slot_id)
    before = world.totals()
    with monkeypatch.context() as broken:
        break_it(broken)
        with pytest.raises(ZeroDivisionError):
            draft.book()

    assert world.totals() == before
    assert world.slot(slot_id).status == FREE
    assert len(world.mails(draft.book())) == 1


def test_an_appointment_and_its_mail_are_one_write(clinic: Database, ana: Viewer):
    public_id = prepare(ana, free_slots()[0]).book()
    with db.reading() as session:
        key = OutboxMessage.dedupe_key.contains(public_id, autoescape=True)
        message = session.scalars(select(OutboxMessage).where(key)).one()

    assert message.recipient == "ana@pacientes.example"
    assert message.calendar["sequence"] == 0
    assert message.calendar["method"] == "REQUEST"


def test_two_windows_of_one_person_get_one_of_two_hours_at_the_same_time(ana: Viewer):
    at_the_same_time = list(zip(free_slots("diaz"), free_slots("soto"), strict=True))
    for hours in at_the_same_time[:10]:
        windows = [prepare(ana, slot_id) for slot_id in hours]

        assert sorted(confirm_at_once(windows)) == [policy.PATIENT_BUSY, "booked"]


def confirm_at_once(drafts: list[Prepared]) -> list[str]:
    """What becomes of each: ``booked``, or the code of the conflict."""
    start = Barrier(len(drafts))

    def confirm(draft: Prepared) -> str:
        start.wait()
        try:
            draft.book()
        except Conflict as conflict:
            return conflict.code
        return "booked"

    with ThreadPoolExecutor(len(drafts)) as threads:
        return list(threads.map(confirm, drafts))
