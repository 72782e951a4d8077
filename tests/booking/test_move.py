"""Another hour in the place of one's own: all in one act, and nothing in between."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.booking import mail, policy, sanctions
from clinicweb.booking.models import BLOCKED, BOOKED, FREE, Slot, WebCancellation, WebQuota
from clinicweb.booking.moving_actions import MoveAppointment, keep_hour, move_appointment
from clinicweb.booking.moving_queries import get_movable
from clinicweb.clinic.models import Service
from clinicweb.clinic.rules import ClinicRules
from clinicweb.clinic.sanction_rules import Sanctions
from clinicweb.core import clock, db
from clinicweb.core.errors import Conflict, NotAllowed, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from clinicweb.notifications.models import OutboxMessage
from clinicweb.reminders.actions import remind
from tests.booking import world
from tests.booking.crowd import wrongs
from tests.booking.world import RULES, free_slots, prepare, rules_with

STRICT = Sanctions(days=30, late_hours=6, most_cancellations=2, window_days=7)
LATE = timedelta(hours=6)


def move(who: Viewer, public_id: str, slot_id: int, rules: ClinicRules = RULES) -> None:
    """As the page does: what it costs is read, then agreed to."""
    cost = sanctions.find_move_consequence(who, rules, world.appointment(public_id).starts_at)
    agreed = cost.code if cost else ""
    move_appointment(rules, MoveAppointment(who, public_id, slot_id, agreed))


def give_quota(slot_id: int, *, total: int, taken: int) -> None:
    found = world.slot(slot_id)
    with db.current().writing() as session:
        quota = WebQuota(
            practitioner_id=found.practitioner_id,
            service_id=found.service_id,
            site_id=found.site_id,
            modality=found.modality,
            day=found.day,
            total=total,
            taken=taken,
        )
        session.add(quota)


def taken() -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(WebQuota.taken).order_by(WebQuota.day)))


def cancellations() -> int:
    with db.reading() as session:
        return len(session.scalars(select(WebCancellation.id)).all())


def test_an_appointment_stays_itself_at_another_hour(ana: Viewer):
    old, new = free_slots()[:2]
    public_id = prepare(ana, old).book()

    move(ana, public_id, new)

    row = world.appointment(public_id)
    assert (row.slot_id, row.starts_at, row.sequence) == (new, world.slot(new).starts_at, 1)
    assert row.moved_at is not None
    assert (world.slot(old).status, world.slot(new).status) == (FREE, BOOKED)
    assert world.audit_rows(public_id) == ["appointment.book", "appointment.move"]
    assert world.mails(public_id) == ["appointment_booked 0", "appointment_moved 1"]
    assert wrongs() == []


def test_its_mail_holds_the_same_event_at_its_new_time(ana: Viewer):
    old, new = free_slots()[:2]
    public_id = prepare(ana, old).book()
    move(ana, public_id, new)

    with db.reading() as session:
        query = select(OutboxMessage).where(OutboxMessage.template == "appointment_moved")
        message = session.scalars(query).one()

    assert message.calendar is not None
    assert message.calendar["uid"] == f"{public_id}@clinicweb"
    assert (message.calendar["sequence"], message.calendar["method"]) == (1, "REQUEST")
    assert message.calendar["starts_at"] == world.slot(new).starts_at.isoformat()
    assert message.context["was"]["at"] == world.slot(old).starts_at.isoformat()


def test_moving_there_again_changes_nothing(ana: Viewer):
    old, new = free_slots()[:2]
    public_id = prepare(ana, old).book()
    move(ana, public_id, new)
    before = world.totals()

    move(ana, public_id, new)

    assert (world.totals(), world.appointment(public_id).sequence) == (before, 1)


def test_an_hour_that_somebody_else_has_leaves_ones_own(ana: Viewer, clara: Viewer):
    old, new = free_slots()[:2]
    public_id = prepare(ana, old).book()
    prepare(clara, new).book()
    before = world.totals()

    with pytest.raises(Conflict) as lost:
        move(ana, public_id, new)

    assert lost.value.code == policy.SLOT_TAKEN
    assert (world.totals(), world.appointment(public_id).slot_id) == (before, old)
    assert world.slot(old).status == BOOKED


def test_an_hour_is_kept_for_who_is_moving_there(ana: Viewer, clara: Viewer):
    old, new = free_slots()[:2]
    public_id = prepare(ana, old).book()
    keep_hour(RULES, ana, public_id, new)

    with pytest.raises(Conflict):
        prepare(clara, new).book()
    move(ana, public_id, new)

    assert world.appointment(public_id).slot_id == new
    assert world.slot(new).held_until is None


def test_ones_own_old_hour_is_not_in_the_way_but_another_one_is(ana: Viewer):
    first, second = free_slots()[:2]
    beside = free_slots("soto")[1]
    public_id = prepare(ana, first).book()
    prepare(ana, second).book()
    at = world.slot(first).starts_at + timedelta(minutes=10)
    across = world.add_slot(first, starts_at=at, minutes=10, doctor="soto")

    with pytest.raises(Conflict) as busy:
        move(ana, public_id, beside)
    move(ana, public_id, across)

    assert busy.value.code == policy.PATIENT_BUSY
    assert world.appointment(public_id).starts_at == at
    assert world.slot(first).status == FREE


def test_the_old_day_gets_its_quota_back_and_the_new_one_gives(ana: Viewer):
    old, new = free_slots()[0], free_slots()[5]
    give_quota(old, total=2, taken=0)
    give_quota(new, total=1, taken=0)
    public_id = prepare(ana, old).book()

    move(ana, public_id, new)

    assert taken() == [0, 1]
    assert wrongs() == []


def test_the_last_of_a_days_quota_can_move_within_it_and_no_other_can_come(
    ana: Viewer, clara: Viewer
):
    old, new, elsewhere = free_slots()[0], free_slots()[1], free_slots()[6]
    give_quota(old, total=1, taken=0)
    public_id = prepare(ana, old).book()
    hers = prepare(clara, elsewhere).book()

    move(ana, public_id, new)
    with pytest.raises(Conflict) as full:
        move(clara, hers, old)

    assert full.value.code == policy.WEB_QUOTA_TAKEN
    assert (taken(), world.appointment(hers).slot_id) == ([1], elsewhere)


@pytest.mark.parametrize("other", ["service", "modality", "not on the web", "gone"])
def test_only_hours_of_the_same_kind_can_be_had(ana: Viewer, other: str):
    public_id = prepare(ana, free_slots()[0]).book()
    wanted = free_slots()[1]
    if other == "service":
        wanted = free_slots("soto", "car")[0]
    if other == "modality":
        world.change(Slot, Slot.id == wanted, modality="in_person")
    if other == "gone":
        wanted = 2**31 - 1
    if other == "not on the web":
        world.change(Service, Service.code == "mg", booking="view")

    with pytest.raises((Conflict, NotAllowed)):
        move(ana, public_id, wanted)
    assert world.appointment(public_id).sequence == 0


def test_anothers_appointment_and_one_that_never_was_are_the_same(ana: Viewer, clara: Viewer):
    hers = prepare(clara, free_slots()[0]).book()
    wanted = free_slots()[0]

    for public_id in (hers, new_public_id()):
        with pytest.raises(NotFound):
            move_appointment(RULES, MoveAppointment(ana, public_id, wanted))
        with pytest.raises(NotFound):
            keep_hour(RULES, ana, public_id, wanted)
        with pytest.raises(NotFound):
            get_movable(ana, RULES, public_id)
    assert world.appointment(hers).sequence == 0
    assert world.slot(wanted).held_until is None


def test_a_late_move_costs_what_was_shown_and_an_early_one_nothing(ana: Viewer):
    rules = rules_with(sanctions=STRICT)
    old, new, third = free_slots()[0], free_slots()[5], free_slots()[6]
    public_id = prepare(ana, old).book(rules)
    starts_at = world.slot(old).starts_at
    with clock.frozen(starts_at - LATE - timedelta(seconds=1)):
        assert sanctions.find_move_consequence(ana, rules, starts_at) is None

    with clock.frozen(starts_at - LATE):
        with pytest.raises(Conflict) as unread:
            move_appointment(rules, MoveAppointment(ana, public_id, new))
        move(ana, public_id, new, rules)
        with pytest.raises(NotAllowed) as barred:
            move(ana, public_id, third, rules)

    assert unread.value.code == policy.MOVE_COST_CHANGED
    assert (barred.value.reason, barred.value.values["why"]) == (policy.BARRED, policy.LATE_CHANGE)
    assert world.appointment(public_id).slot_id == new
    assert cancellations() == 1


@pytest.mark.parametrize(("counts", "counted"), [("never", 0), ("late", 0), ("always", 2)])
def test_what_counts_as_a_cancellation_says_the_clinic(ana: Viewer, counts: str, counted: int):
    rules = rules_with(sanctions=STRICT, move_counts_as_cancellation=counts)
    public_id = prepare(ana, free_slots()[4]).book(rules)

    for slot_id in free_slots()[5:7]:
        move(ana, public_id, slot_id, rules)

    assert cancellations() == counted
    with db.reading() as session:
        is_barred = sanctions.in_force(session, rules, ana.account_id) is not None
    assert is_barred == (counts == "always")


def test_hours_that_the_old_one_blocked_are_free_and_those_of_the_new_one_are_not(ana: Viewer):
    old, new = free_slots()[:2]
    later = timedelta(minutes=5)
    inside = world.add_slot(old, starts_at=world.slot(old).starts_at + later, minutes=10)
    beside = world.add_slot(new, starts_at=world.slot(new).starts_at + later, minutes=10)
    public_id = prepare(ana, old).book()
    assert (world.slot(inside).status, world.slot(beside).status) == (BLOCKED, FREE)

    move(ana, public_id, new)

    assert (world.slot(inside).status, world.slot(beside).status) == (FREE, BLOCKED)


def test_reminders_follow_the_new_hour(ana: Viewer):
    old, new = free_slots()[0], free_slots()[8]
    public_id = prepare(ana, old).book()
    start = world.slot(old).starts_at
    with clock.frozen(start - timedelta(hours=1)):
        remind(RULES)
        move(ana, public_id, new)
        remind(RULES)
    with clock.frozen(world.slot(new).starts_at - timedelta(hours=1)):
        remind(RULES)

    assert world.mails(public_id) == [
        "appointment_booked 0",
        "appointment_reminder 0/2",
        "appointment_moved 1",
        "appointment_reminder 1/2",
    ]


def test_what_breaks_half_way_leaves_the_old_hour(ana: Viewer, monkeypatch):
    old, new = free_slots()[:2]
    public_id = prepare(ana, old).book()
    before = world.totals()

    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(mail, "enqueue", fail)
        with pytest.raises(ZeroDivisionError):
            move(ana, public_id, new)

    assert (world.totals(), world.appointment(public_id).slot_id) == (before, old)
    assert (world.slot(old).status, world.slot(new).status) == (BOOKED, FREE)
