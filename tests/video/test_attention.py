"""Who comes to a box, is called in, and what comes of it, at the tables themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from clinicweb.audit.models import AuditEvent
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.video import attendance, boxes
from clinicweb.video import attention_actions as acts
from clinicweb.video.actions import answer_call, end_overdue, hang_up
from clinicweb.video.admission_actions import Conclude, admit, conclude
from clinicweb.video.attention_models import TelecareConsent, TelecareText
from clinicweb.video.attention_policy import ATTENDED, NOSHOW, PRESENT, UNATTENDED
from clinicweb.video.attention_queries import get_room, list_expected
from clinicweb.video.queries import get_call
from tests.cast import ANAS_APPOINTMENT, CLARAS_APPOINTMENT
from tests.chat.world import open_with
from tests.family.world import RULES as FAMILIES
from tests.family.world import fill_family, patient
from tests.video.attending import (
    RULES,
    attended_by_diaz,
    attention_of,
    begins_in,
    call_of,
    change,
    come,
    journal,
    rules_with,
    status_of,
)


def later(delta):
    return clock.frozen(clock.now() + delta)


def minutes(count):
    return timedelta(minutes=count)


def room(viewer, appointment_id=ANAS_APPOINTMENT):
    return get_room(viewer, RULES, appointment_id)


def reason_of(act, *args):
    with pytest.raises(NotAllowed) as refused:
        act(*args)
    return refused.value.reason


def test_consent_is_asked_once_and_kept_with_its_text(ana):
    begins_in(10)
    for _ in range(2):
        come(ana)

    with db.reading() as session:
        [kept] = session.scalars(select(TelecareConsent)).all()
        [text] = session.scalars(select(TelecareText)).all()
    asked = RULES.video.consent
    assert (kept.version, kept.text_hash, kept.address) == (
        asked.version, text.text_hash, "127.0.0.1",
    )  # fmt: skip
    assert text.text == asked.text
    assert room(ana).has_consented
    other = rules_with(consent=asked.model_copy(update={"text": "Otro texto."}))
    assert not get_room(ana, other, ANAS_APPOINTMENT).has_consented
    stale = acts.AcceptTelecare(ana, ANAS_APPOINTMENT, kept.text_hash, "127.0.0.1")
    assert not acts.accept_telecare(other, stale)
    assert journal()[:3] == ["telecare.consent", "attention.name", "attention.arrive"]


def test_nobody_comes_to_anothers_box(ana, clara, diaz, soto):
    begins_in(10)
    come(ana)
    for act in (acts.arrive, acts.leave):
        with pytest.raises(NotFound):
            act(RULES, clara, ANAS_APPOINTMENT)
    with pytest.raises(NotFound):
        room(clara)
    with pytest.raises(NotFound):
        boxes.acting_for(clara, RULES, ANAS_APPOINTMENT)
    for act in (
        lambda: admit(RULES, soto, ANAS_APPOINTMENT),
        lambda: conclude(RULES, Conclude(soto, ANAS_APPOINTMENT, ATTENDED)),
    ):
        with pytest.raises(NotFound):
            act()

    assert [row.appointment_id for row in list_expected(soto, RULES)] == []
    assert ANAS_APPOINTMENT in [row.appointment_id for row in list_expected(diaz, RULES)]


def test_who_acts_for_a_child_waits_in_its_box_and_is_called_in(ana, clara, diaz):
    with db.current().writing() as session:
        fill_family(session)
    rules = RULES.model_copy(update={"family": FAMILIES.family})
    change(ANAS_APPOINTMENT, patient_id=patient("Beto").id)
    begins_in(10)
    with pytest.raises(NotFound):
        boxes.acting_for(clara, rules, ANAS_APPOINTMENT)
    acting = come(ana, rules=rules)

    [row] = list_expected(diaz, rules)
    call = call_of(admit(rules, diaz, ANAS_APPOINTMENT))

    assert (row.person_name, row.is_here) == ("Beto Núñez", True)
    assert (call.callee_id, call.patient_id) == (ana.account_id, patient("Beto").id)
    with db.reading() as session:
        its = select(AuditEvent).where(AuditEvent.action == "attention.arrive")
        assert session.scalars(its).one().detail == {"on_behalf": True}
    with db.current().writing() as session:
        session.execute(update(Patient).values(family_head_id=None))
    with pytest.raises(NotFound):
        acts.arrive(rules, acting, ANAS_APPOINTMENT)
    with pytest.raises(NotFound):
        get_room(ana, rules, ANAS_APPOINTMENT)


def test_a_second_tab_is_the_same_person_who_waits(ana, diaz):
    begins_in(10)
    come(ana)
    acts.arrive(RULES, ana, ANAS_APPOINTMENT)

    assert [row.is_here for row in list_expected(diaz, RULES)] == [True]
    assert room(ana).place.ahead == 0
    assert journal()[-2:] == ["attention.arrive", "attention.again"]


def test_leaving_and_coming_back_keeps_the_place(ana, diaz):
    begins_in(10)
    come(ana)
    came_at = attention_of().arrived_at
    acts.leave(RULES, ana, ANAS_APPOINTMENT)
    assert not room(ana).is_waiting
    attendance.note_present(room(ana))
    assert attention_of().left_at is not None

    acts.arrive(RULES, ana, ANAS_APPOINTMENT)

    assert room(ana).is_waiting
    assert attention_of().arrived_at == came_at
    assert journal()[-2:] == ["attention.leave", "attention.arrive"]


def test_who_does_not_ask_any_more_is_not_there(ana, diaz):
    begins_in(10)
    come(ana)
    with later(PRESENT * 2):
        [gone] = list_expected(diaz, RULES)
        attendance.note_present(room(ana))
        [back] = list_expected(diaz, RULES)

    assert (gone.is_here, back.is_here) == (False, True)


def test_one_learns_how_many_are_before_one(ana, clara):
    begins_in(10)
    attended_by_diaz(-25)
    come(clara, CLARAS_APPOINTMENT)
    come(ana)

    assert room(ana).place.ahead == 1
    assert room(clara, CLARAS_APPOINTMENT).place.ahead == 0
    with later(PRESENT * 2):
        assert room(ana).place.ahead == 0


def test_who_is_admitted_is_called_without_a_conversation(ana, diaz):
    begins_in(10)
    come(ana)

    call_id = admit(RULES, diaz, ANAS_APPOINTMENT)
    assert admit(RULES, diaz, ANAS_APPOINTMENT) == call_id
    assert room(ana).call.rings
    answer_call(RULES, ana, call_id)
    row = get_call(diaz, call_id)

    assert (row.conversation_id, row.appointment_id) == ("", ANAS_APPOINTMENT)
    assert row.other_name == "Ana Núñez"
    hang_up(ana, call_id)
    assert admit(RULES, diaz, ANAS_APPOINTMENT) != call_id
    assert journal()[-2:] == ["attention.admit", "attention.admit"]


def test_their_conversation_goes_on_beside_the_call(ana, diaz, talk):
    begins_in(10)
    come(ana)

    call_id = admit(RULES, diaz, ANAS_APPOINTMENT)

    assert get_call(ana, call_id).conversation_id == talk


def test_a_conversation_with_another_doctor_is_not_beside_it(ana, diaz):
    open_with(ana, "soto")
    begins_in(10)
    come(ana)

    assert get_call(ana, admit(RULES, diaz, ANAS_APPOINTMENT)).conversation_id == ""


def test_a_doctor_calls_one_at_a_time(ana, clara, diaz):
    begins_in(10)
    attended_by_diaz(-25)
    come(ana)
    come(clara, CLARAS_APPOINTMENT)
    admit(RULES, diaz, ANAS_APPOINTMENT)

    assert reason_of(admit, RULES, diaz, CLARAS_APPOINTMENT) == "call.busy_self"


def test_what_nobody_answers_leads_back_to_the_waiting_room(ana, diaz):
    begins_in(10)
    come(ana)
    admit(RULES, diaz, ANAS_APPOINTMENT)
    with later(timedelta(seconds=RULES.video.ring_seconds + 1)):
        assert room(ana).call is None
        assert end_overdue() == 1
        assert room(ana).is_waiting


def test_what_came_of_it_is_kept_and_may_be_corrected(ana, diaz):
    begins_in(-15)
    conclude(RULES, Conclude(diaz, ANAS_APPOINTMENT, NOSHOW))
    assert status_of() == "noshow"
    assert reason_of(acts.arrive, RULES, ana, ANAS_APPOINTMENT) == "room.concluded"

    conclude(RULES, Conclude(diaz, ANAS_APPOINTMENT, ATTENDED, "Por teléfono."))

    assert status_of() == "fulfilled"
    assert (attention_of().outcome, attention_of().note) == (ATTENDED, "Por teléfono.")
    assert reason_of(admit, RULES, diaz, ANAS_APPOINTMENT) == "room.concluded"
    assert journal() == ["attention.conclude", "attention.conclude"]


def test_who_came_is_no_noshow(ana, diaz):
    begins_in(-15)
    come(ana)

    refused = reason_of(conclude, RULES, Conclude(diaz, ANAS_APPOINTMENT, NOSHOW))
    conclude(RULES, Conclude(diaz, ANAS_APPOINTMENT, UNATTENDED))

    assert refused == "outcome.came"
    assert (attention_of().outcome, status_of()) == (UNATTENDED, "booked")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"modality": "in_person"}, "room.in_person"),
        ({"status": "cancelled"}, "room.cancelled"),
        ({"affected_at": clock.now()}, "room.affected"),
    ],
)
def test_where_there_is_no_box_nobody_arrives(ana, diaz, values, reason):
    begins_in(10)
    change(ANAS_APPOINTMENT, **values)

    assert reason_of(acts.arrive, RULES, ana, ANAS_APPOINTMENT) == reason
    assert reason_of(admit, RULES, diaz, ANAS_APPOINTMENT) == reason


def test_a_refusal_leaves_nothing(ana, diaz):
    begins_in(10)
    assert reason_of(admit, RULES, diaz, ANAS_APPOINTMENT) == "room.not_come"

    with db.reading() as session:
        its = select(func.count(AuditEvent.id)).where(AuditEvent.record_id == ANAS_APPOINTMENT)
        assert session.scalar(its) == 0


def test_a_call_of_an_appointment_is_that_of_its_patient(ana, diaz):
    begins_in(10)
    come(ana)
    call = call_of(admit(RULES, diaz, ANAS_APPOINTMENT))

    assert (call.patient_id, call.callee_id) == (ana.patient_id, ana.account_id)
    assert call.conversation_id is None
