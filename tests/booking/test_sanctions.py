"""Cancelling late or often costs thirty days of booking on the web (S3-38)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from clinicweb.audit.models import AuditEvent
from clinicweb.booking import policy, sanctions
from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.booking.models import Slot, WebSanction
from clinicweb.booking.sanction_actions import LiftSanction, lift_sanction
from clinicweb.booking.texts import consequence_text, reasons
from clinicweb.clinic.sanction_rules import Sanctions
from clinicweb.core import clock, db
from clinicweb.core.errors import Conflict, NotAllowed, NotFound
from clinicweb.core.viewer import COMMAND_LINE, Viewer
from clinicweb.notifications.models import OutboxMessage
from tests.booking import world
from tests.booking.world import free_slots, prepare, rules_with

STRICT = Sanctions(days=30, late_hours=6, most_cancellations=3, window_days=7)
RULES = rules_with(sanctions=STRICT)
LATE = timedelta(hours=6)


def cost_of(who: Viewer, public_id: str) -> policy.Consequence | None:
    starts_at = world.appointment(public_id).starts_at
    return sanctions.find_consequence(who, RULES, starts_at)


def release(who: Viewer, public_id: str) -> policy.Consequence | None:
    """As the page does: what it costs is read, then agreed to."""
    found = cost_of(who, public_id)
    agreed = found.code if found else ""
    release_appointment(RULES, ReleaseAppointment(who, public_id, agreed))
    return found


def sanction_rows() -> list[WebSanction]:
    with db.reading() as session:
        return list(session.scalars(select(WebSanction).order_by(WebSanction.id)))


def mails_about_sanctions() -> list[str]:
    query = select(OutboxMessage.template).where(OutboxMessage.template.startswith("web_sanction"))
    with db.reading() as session:
        return list(session.scalars(query.order_by(OutboxMessage.id)))


def sanction_acts() -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.record_type == "sanction")
    with db.reading() as session:
        return list(session.scalars(query.order_by(AuditEvent.id)))


def sanctioned(who: Viewer) -> None:
    """*who* gave back an hour six hours before it, to the second."""
    slot_id = free_slots()[0]
    public_id = prepare(who, slot_id).book(RULES)
    with clock.frozen(world.slot(slot_id).starts_at - LATE):
        assert release(who, public_id) is not None


@pytest.mark.parametrize(("earlier", "costs"), [(timedelta(seconds=1), False), (0 * LATE, True)])
def test_a_late_cancellation_costs_what_was_shown(ana: Viewer, earlier: timedelta, costs: bool):
    slot_id = free_slots()[0]
    public_id = prepare(ana, slot_id).book(RULES)

    with clock.frozen(world.slot(slot_id).starts_at - LATE - earlier):
        shown = release(ana, public_id)

    assert world.appointment(public_id).status == "cancelled"
    assert [(row.reason, row.until) for row in sanction_rows()] == (
        [("late", shown.until)] if shown else []
    )
    assert (shown is not None) == costs
    assert mails_about_sanctions() == ["web_sanction"] * costs
    assert sanction_acts() == ["sanction.make"] * costs


def test_the_third_cancellation_in_a_week_costs_and_not_the_second(ana: Viewer):
    costs = []
    for slot_id in free_slots()[4:8]:
        costs.append(release(ana, prepare(ana, slot_id).book(RULES)))
        if costs[-1] is not None:
            break

    assert [cost.reason if cost else None for cost in costs] == [None, None, "repeated"]
    with pytest.raises(NotAllowed) as refused:
        prepare(ana, free_slots()[8]).book(RULES)
    assert refused.value.reason == policy.BARRED
    assert refused.value.values["why"] == "repeated"


def test_the_clinics_own_cancellations_never_count(ana: Viewer):
    for slot_id in free_slots()[4:8]:
        public_id = prepare(ana, slot_id).book(RULES)
        appointment = world.appointment(public_id)
        world.change(type(appointment), type(appointment).id == appointment.id, status="cancelled")

    last = prepare(ana, free_slots()[8]).book(RULES)

    assert cost_of(ana, last) is None


def test_anothers_cancellations_do_not_count(ana: Viewer, clara: Viewer):
    for slot_id in free_slots()[4:6]:
        release(clara, prepare(clara, slot_id).book(RULES))

    assert release(ana, prepare(ana, free_slots()[8]).book(RULES)) is None


def test_what_was_not_shown_is_not_done(ana: Viewer):
    slot_id = free_slots()[0]
    public_id = prepare(ana, slot_id).book(RULES)
    before = world.totals()

    with clock.frozen(world.slot(slot_id).starts_at - LATE), pytest.raises(Conflict) as changed:
        release_appointment(RULES, ReleaseAppointment(ana, public_id, ""))

    assert changed.value.code == policy.CONSEQUENCE_CHANGED
    assert world.appointment(public_id).status == "booked"
    assert (world.totals(), sanction_rows()) == (before, [])


def test_under_sanction_nothing_is_booked_until_its_day_begins(ana: Viewer, clara: Viewer):
    sanctioned(ana)
    [row] = sanction_rows()
    ends_at = clock.start_of_day(row.until, RULES.identity.timezone)
    slot_id = world.add_slot(free_slots()[0], starts_at=ends_at + timedelta(days=1))
    draft = prepare(ana, slot_id)

    with clock.frozen(ends_at - timedelta(seconds=1)), db.bookkeeping() as session:
        # A draft lives a day; this one was begun just now.
        session.get_one(world.drafts.Draft, draft.id).expires_at = ends_at + timedelta(hours=1)
    with clock.frozen(ends_at - timedelta(seconds=1)), pytest.raises(NotAllowed):
        draft.book(RULES)
    prepare(clara, free_slots()[1]).book(RULES)
    with clock.frozen(ends_at):
        draft.book(RULES)

    assert len(world.live_appointments(slot_id)) == 1


def test_the_reason_shown_is_the_reason_enforced(ana: Viewer):
    slot_id = free_slots()[0]
    public_id = prepare(ana, slot_id).book(RULES)
    with clock.frozen(world.slot(slot_id).starts_at - LATE):
        shown = release(ana, public_id)
        assert shown is not None
        before = str(consequence_text(RULES, shown))
        with pytest.raises(NotAllowed) as refused:
            prepare(ana, free_slots()[3]).book(RULES)
        told = reasons(RULES)[policy.BARRED](**refused.value.values)

    assert refused.value.values == {"until": shown.until, "why": shown.reason}
    assert f"hasta el {shown.until.day}" in before.replace("hasta el viernes ", "hasta el ") or (
        f" {shown.until.day} de " in before
    )
    assert f" {shown.until.day} de " in told
    assert "30 días" in told
    assert "6 horas" in before
    assert "6 horas" in told


def test_a_lifted_sanction_is_none_and_both_are_told(ana: Viewer):
    sanctioned(ana)

    lifted = lift_sanction(RULES, LiftSanction(COMMAND_LINE, "1001", "Estaba en el hospital"))

    assert lifted == 1
    assert sanction_rows()[0].lifted_why == "Estaba en el hospital"
    assert mails_about_sanctions() == ["web_sanction", "web_sanction_lifted"]
    assert sanction_acts() == ["sanction.make", "sanction.lift"]
    prepare(ana, free_slots()[1]).book(RULES)


def test_lifting_what_is_not_there_changes_nothing(ana: Viewer, clara: Viewer):
    sanctioned(ana)

    assert lift_sanction(RULES, LiftSanction(COMMAND_LINE, "1003", "error")) == 0
    with pytest.raises(NotFound):
        lift_sanction(RULES, LiftSanction(COMMAND_LINE, "nadie", "error"))

    assert sanctions.find_sanction(ana, RULES) is not None
    assert sanctions.find_sanction(clara, RULES) is None
    assert sanction_acts() == ["sanction.make"]


def test_the_limit_of_coming_hours_is_per_service(ana: Viewer):
    rules = rules_with(max_ahead_per_service=2)
    first, second = free_slots()[:2]  # one she has already: the cast's
    prepare(ana, first).book(rules)

    with pytest.raises(Conflict) as refused:
        prepare(ana, second).book(rules)
    other = prepare(ana, free_slots("soto", "car")[0]).book(rules)

    assert refused.value.code == policy.TOO_MANY_AHEAD
    assert world.appointment(other).status == "booked"
    with db.reading() as session:
        assert session.scalar(select(func.count()).where(Slot.held_until.is_not(None))) == 0
