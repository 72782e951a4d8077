"""Whom an account may act for, as the clinic's records say, and what is written down of it."""

import pytest
from sqlalchemy import select, update

from clinicweb.audit.models import AuditEvent
from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.clinic.models import Patient
from clinicweb.core import db
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.viewer import COMMAND_LINE, Viewer
from clinicweb.family import policy, queries
from clinicweb.family.actions import NoteConsent, RevokeConsent, note_consent, revoke_consent
from clinicweb.notifications.models import OutboxMessage
from tests.booking import world as hours
from tests.booking.world import free_slots, prepare
from tests.family.world import RULES, acting, patient, rules_with


def names(viewer: Viewer) -> list[str]:
    return [member.full_name for member in queries.list_members(viewer, RULES)]


def consent_of_gloria(how: str = "en el mesón") -> None:
    note_consent(NoteConsent(COMMAND_LINE, "1101", how))


def test_the_family_is_its_current_members_the_holder_first(ana: Viewer, clara: Viewer):
    assert names(ana) == ["Ana Núñez", "Gloria Núñez", "Beto Núñez"]
    assert names(clara) == ["Clara Pérez"]


def test_where_there_are_no_families_nobody_has_one(ana: Viewer):
    assert queries.list_members(ana, rules_with(is_on=False)) == ()


def test_the_holder_acts_for_a_child_and_for_an_adult_who_said_so(ana: Viewer):
    beto, gloria = patient("Beto"), patient("Gloria")

    assert queries.acting_for(ana, RULES, beto.public_id).patient_id == beto.id
    with pytest.raises(NotAllowed) as refused:
        queries.acting_for(ana, RULES, gloria.public_id)
    assert refused.value.reason == policy.ADULT

    consent_of_gloria()
    assert queries.acting_for(ana, RULES, gloria.public_id).holder_id == ana.patient_id
    assert revoke_consent(RevokeConsent(COMMAND_LINE, "1101"))
    with pytest.raises(NotAllowed):
        queries.acting_for(ana, RULES, gloria.public_id)


def test_consent_is_given_to_a_person_and_not_to_a_place_in_the_family(ana: Viewer, clara: Viewer):
    consent_of_gloria()
    with db.current().writing() as session:
        session.execute(
            update(Patient).where(Patient.mrn == "1101").values(family_head_id=clara.patient_id)
        )

    with pytest.raises(NotAllowed):
        queries.acting_for(clara, RULES, patient("Gloria").public_id)
    with pytest.raises(NotFound):
        queries.acting_for(ana, RULES, patient("Gloria").public_id)


@pytest.mark.parametrize("name", ["Beto", "Hugo", "Ana"])
def test_another_family_is_not_there(clara: Viewer, name: str):
    with pytest.raises(NotFound):
        queries.acting_for(clara, RULES, patient(name).public_id)


def test_who_has_left_the_family_is_not_there(ana: Viewer):
    with pytest.raises(NotFound):
        queries.acting_for(ana, RULES, patient("Hugo").public_id)


def test_consenting_twice_is_consenting_once(ana: Viewer):
    consent_of_gloria()
    consent_of_gloria("por teléfono")

    assert revoke_consent(RevokeConsent(COMMAND_LINE, "1101"))
    assert not revoke_consent(RevokeConsent(COMMAND_LINE, "1101"))
    with pytest.raises(NotFound):
        note_consent(NoteConsent(COMMAND_LINE, "1001", "no depende de nadie"))


def test_an_act_for_a_member_is_written_in_the_members_record_with_who_did_it(ana: Viewer):
    public_id = prepare(acting(ana, "Beto"), free_slots()[0]).book(RULES)

    assert hours.appointment(public_id).patient_id == patient("Beto").id
    with db.reading() as session:
        query = select(AuditEvent).where(AuditEvent.record_id == public_id)
        [event] = session.scalars(query)
        assert (event.account_id, event.patient_id) == (ana.account_id, patient("Beto").id)
        assert event.detail is not None
        assert event.detail["on_behalf"] is True


def test_the_holder_is_told_and_the_mail_names_the_member_by_given_name_alone(ana: Viewer):
    acts_for_beto = acting(ana, "Beto")
    public_id = prepare(acts_for_beto, free_slots()[0]).book(RULES)
    release_appointment(RULES, ReleaseAppointment(acts_for_beto, public_id))

    with db.reading() as session:
        mails = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        told = [(mail.recipient, mail.context["member_name"]) for mail in mails]
        assert told == [("ana@pacientes.example", "Beto")] * 2
        assert all(mail.context["patient_name"] == "Ana Núñez" for mail in mails)


@pytest.mark.parametrize("name", ["Gloria", "Hugo", "Clara"])
def test_the_act_itself_asks_again_who_may(ana: Viewer, name: str):
    draft = prepare(acting(ana, name), free_slots()[0])
    before = hours.totals()

    with pytest.raises((NotFound, NotAllowed)):
        draft.book(RULES)

    assert hours.totals() == before


def test_one_person_is_not_at_two_places_but_two_of_a_family_may_be(ana: Viewer):
    first = free_slots()[0]
    same_time = free_slots("soto")[0]
    prepare(ana, first).book(RULES)

    prepare(acting(ana, "Beto"), same_time).book(RULES)

    assert len(hours.live_appointments(first) + hours.live_appointments(same_time)) == 2
