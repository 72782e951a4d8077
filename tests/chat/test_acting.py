"""Who acts for somebody of the family writes for them, for as long as they may; nobody else."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from clinicweb.accounts.models import Account
from clinicweb.audit.models import AuditEvent
from clinicweb.booking.models import FREE, Appointment, Slot
from clinicweb.chat import attachment_queries, directory, policy, queries, unread_actions
from clinicweb.chat.actions import OpenConversation, open_conversation, reopen_conversation
from clinicweb.chat.attachment_actions import PostFile, find_posted
from clinicweb.chat.editing_actions import ChangeMessage, edit_message
from clinicweb.chat.marks import mark_read
from clinicweb.chat.news import CHANGED
from clinicweb.chat.socket import show_changed
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.events import Event
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.family.actions import NoteConsent, RevokeConsent, note_consent, revoke_consent
from clinicweb.notifications.models import OutboxMessage
from clinicweb.web.delivery import stage
from clinicweb.web.sockets import Person
from tests.accounts.helped import clinic_file
from tests.cast import ANA, CLARA, DIAZ, an_appointment
from tests.chat.talking import CHAT, shown, write
from tests.chat.world import RULES as TALKS
from tests.chat.world import post, viewer_of
from tests.family.world import RULES as FAMILIES
from tests.family.world import acting, fill_family, patient
from tests.pages import make_app

RULES = TALKS.model_copy(update={"family": FAMILIES.family})
GROWN = date(2000, 1, 1)


@pytest.fixture
def clinic(clinic):
    with clinic.writing() as session:
        fill_family(session)
    return clinic


def change(name, **values):
    with db.current().writing() as session:
        session.execute(update(Patient).where(Patient.given_name == name).values(**values))


def an_account(name):
    """Somebody of the cast's families gets one of their own."""
    with db.current().writing() as session:
        session.add(
            Account(
                name=name, roles="patient", password_hash="x", created_at=clock.now(),
                patient_id=patient(name).id,
            )
        )  # fmt: skip
    return viewer_of(name)


def open_for(viewer, name, rules=RULES):
    return open_conversation(rules, OpenConversation(acting(viewer, name), ("diaz",)))


def say(viewer, talk, text="Hola", rules=RULES):
    return post(viewer, talk, text, rules=rules)


def doors(viewer, talk, message_id):
    """All that the page, the form, the socket and the files of a conversation do."""
    key = new_public_id()
    return (
        lambda: queries.get_conversation(viewer, RULES, talk),
        lambda: queries.get_changed(viewer, RULES, talk, since=0),
        lambda: queries.get_message(viewer, RULES, talk, message_id),
        lambda: queries.list_members(viewer, RULES, talk),
        lambda: mark_read(viewer, RULES, talk, 1),
        lambda: say(viewer, talk),
        lambda: edit_message(RULES, ChangeMessage(viewer, talk, message_id, "Otra cosa")),
        lambda: reopen_conversation(RULES, viewer, talk),
        lambda: find_posted(RULES, PostFile(viewer, talk, key, "a.jpg")),
        lambda: attachment_queries.get_file(viewer, RULES, talk, key),
    )


def is_outside(viewer, talk, message_id):
    """Whether the conversation does not exist for *viewer*, by whichever door."""
    for door in doors(viewer, talk, message_id):
        with pytest.raises(NotFound):
            door()
    listed = [row.public_id for row in queries.list_conversations(viewer, RULES)]
    return talk not in listed and queries.count_unread(viewer, RULES) == 0


def test_lines_and_journal_say_who_wrote_for_whom(ana, diaz):
    talk = open_for(ana, "Beto")
    say(ana, talk, "Tiene fiebre")
    say(diaz, talk, "¿Desde cuándo?")

    seen = queries.get_conversation(diaz, RULES, talk)
    line = seen.messages[0]
    assert seen.name == "Beto Núñez"
    assert (line.author_name, line.on_behalf_of) == ("Ana Núñez", "Beto Núñez")
    assert seen.messages[1].on_behalf_of == ""
    [row] = queries.list_conversations(ana, RULES)
    assert (row.name, row.patient_name, row.unread) == ("Dr. Pablo Díaz", "Beto Núñez", 1)
    assert queries.count_unread(ana, RULES) == 1
    with db.reading() as session:
        of_it = select(AuditEvent).where(AuditEvent.record_id == talk).order_by(AuditEvent.id)
        noted = [(row.actor_name, row.patient_id, row.detail) for row in session.scalars(of_it)]
    beto = patient("Beto").id
    assert noted == [
        ("Ana", beto, {"on_behalf": True}),
        ("Ana", beto, {"number": 1, "on_behalf": True}),
        ("Diaz", beto, {"number": 2}),
    ]


def test_for_oneself_no_line_says_so(ana, diaz):
    talk = open_conversation(RULES, OpenConversation(ana, ("diaz",)))
    say(ana, talk)

    assert queries.get_conversation(diaz, RULES, talk).messages[0].on_behalf_of == ""
    assert queries.list_conversations(ana, RULES)[0].patient_name == ""
    assert talk != open_for(ana, "Beto")


def test_nobody_else_of_the_family_nor_of_another_sees_it(ana, clara, soto):
    gloria = an_account("Gloria")
    talk = open_for(ana, "Beto")
    said = say(ana, talk)

    for other in (gloria, clara, soto):
        assert is_outside(other, talk, said.message_id)
    for other in (clara, gloria):
        with pytest.raises(NotFound):
            open_for(other, "Beto")


def test_of_an_adult_only_who_was_allowed_to(ana, diaz):
    gloria = an_account("Gloria")
    talk = open_conversation(RULES, OpenConversation(gloria, ("diaz",)))
    said = say(gloria, talk, "A solas")

    assert is_outside(ana, talk, said.message_id)
    with pytest.raises(NotAllowed):
        open_for(ana, "Gloria")
    note_consent(NoteConsent(COMMAND_LINE, "1101", "En el mesón"))
    assert open_for(ana, "Gloria") == talk
    found = queries.get_conversation(ana, RULES, talk)
    assert found.acts_for == "Gloria Núñez"
    assert queries.count_unread(ana, RULES) == 0

    assert not mark_read(ana, RULES, talk, 1)
    say(diaz, talk, "Buenas tardes")

    assert [queries.count_unread(who, RULES) for who in (ana, gloria)] == [1, 1]
    revoke_consent(RevokeConsent(COMMAND_LINE, "1101"))
    assert is_outside(ana, talk, said.message_id)
    assert queries.count_unread(gloria, RULES) == 1


@pytest.mark.parametrize(
    "ending",
    [
        {"affiliation_ends_on": clock.now().date() - timedelta(days=2)},
        {"birth_date": GROWN},
        {"family_head_id": None},
    ],
    ids=lambda ending: next(iter(ending)),
)
def test_with_the_relation_everything_ends_at_once(ana, diaz, ending):
    talk = open_for(ana, "Beto")
    said = say(ana, talk, "Antes")
    say(diaz, talk, "Después")
    assert queries.count_unread(ana, RULES) == 1

    change("Beto", **ending)

    assert is_outside(ana, talk, said.message_id)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        unread_actions.tell_unread(RULES)
    with db.reading() as session:
        told = set(session.scalars(select(OutboxMessage.recipient)))
    assert told == {"diaz@clinica.example"}
    with pytest.raises(NotAllowed, match=policy.NOBODY_THERE):
        say(diaz, talk)
    assert queries.get_conversation(diaz, RULES, talk).name == "Beto Núñez"


def test_where_no_account_acts_for_others_none_does(ana):
    talk = open_for(ana, "Beto")

    with pytest.raises(NotFound):
        queries.get_conversation(ana, TALKS, talk)
    assert queries.list_conversations(ana, TALKS) == ()
    assert queries.count_unread(ana, TALKS) == 0


def test_another_head_of_the_family_reads_what_was_said_before(ana, clara, diaz):
    talk = open_for(ana, "Beto")
    said = say(ana, talk, "Tiene fiebre")
    change("Beto", family_head_id=patient("Clara").id)

    assert is_outside(ana, talk, said.message_id)
    assert queries.list_conversations(clara, RULES)[0].public_id == talk
    say(clara, talk, "Ahora escribo yo")
    lines = queries.get_conversation(diaz, RULES, talk).messages
    assert [line.author_name for line in lines] == ["Ana Núñez", "Clara Pérez"]


def test_who_has_grown_up_reads_what_was_written_for_them(ana):
    talk = open_for(ana, "Beto")
    say(ana, talk)
    change("Beto", birth_date=GROWN)
    beto = an_account("Beto")

    assert queries.list_conversations(beto, RULES)[0].public_id == talk
    assert queries.get_conversation(beto, RULES, talk).acts_for == ""


def test_a_clinician_writes_to_a_child_by_who_acts_for_them(ana, diaz):
    found = {person.name: person.code for person in directory.list_patients(diaz, RULES, "Núñez")}
    talk = open_conversation(RULES, OpenConversation(diaz, patient=found["Beto Núñez"]))
    say(diaz, talk, "¿Cómo sigue?")

    assert queries.list_conversations(ana, RULES)[0].patient_name == "Beto Núñez"
    assert open_for(ana, "Beto") == talk
    with pytest.raises(NotAllowed, match=policy.NOBODY_THERE):
        open_conversation(RULES, OpenConversation(diaz, patient=found["Gloria Núñez"]))


@pytest.fixture
def app(clinic_url, tmp_path):
    """A clinic of families that converse; Beto has had an hour with Dr. Díaz."""
    database = db.Database(clinic_url)
    with database.writing() as session:
        fill_family(session)
        beto = session.scalars(select(Patient).where(Patient.given_name == "Beto")).one()
        slot = session.scalars(select(Slot).where(Slot.status == FREE).limit(1)).one()
        session.add(an_appointment(new_public_id(), beto.id, slot))
        session.flush()
        assert session.scalars(select(Appointment).where(Appointment.patient_id == beto.id)).one()
    database.dispose()
    clinic = clinic_file(tmp_path, f"{CHAT}[family]\nis_on = true\n")
    yield make_app(clinic_url, tmp_path, clinic=clinic)
    db.current().dispose()


def test_the_pages_lead_from_the_child_to_its_doctor(page, app):
    ana, diaz = page(ANA), page(DIAZ)
    ana.get("/conversaciones/nueva")
    assert "Gloria Núñez" not in ana.text()
    ana.click("Beto Núñez")
    address = ana.form("Dr. Pablo Díaz").submit("Dr. Pablo Díaz").headers["Location"]
    write(ana, address, "Tiene fiebre")

    assert "Usted escribe en nombre de Beto Núñez." in shown(ana, address)
    assert "por Beto Núñez" in shown(ana, "/conversaciones")
    assert "Beto Núñez" in shown(diaz, "/conversaciones")
    assert "Escrito por Ana Núñez en nombre de Beto Núñez" in shown(diaz, address)
    assert page(CLARA).get(address).status_code == 404
    for name, status in (("Gloria", 403), ("Hugo", 404), ("Clara", 404)):
        persona = f"/conversaciones/nueva?persona={patient(name).public_id}"
        assert ana.get(persona).status_code == status

    with db.reading() as session:
        read = select(AuditEvent).where(AuditEvent.action == "conversation.read")
        assert {row.actor_name for row in session.scalars(read)} == {"Ana", "Diaz"}


def test_an_open_page_hears_that_it_is_over_and_nothing_else(app):
    ana, diaz = viewer_of("Ana"), viewer_of("Diaz")
    talk = open_for(ana, "Beto")
    say(ana, talk)
    change("Beto", birth_date=GROWN)
    event = Event(CHANGED, to=frozenset({ana.account_id}), ids={"conversation": talk, "since": "0"})

    with stage(app, Person(ana, "es", "n" * 22, "t" * 60)):
        told = show_changed(ana, event) or ""
    assert "Esta conversación ya no está a su alcance." in told
    assert "Hola" not in told
    with stage(app, Person(diaz, "es", "n" * 22, "t" * 60)):
        assert "Hola" in (show_changed(diaz, event) or "")
