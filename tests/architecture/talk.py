"""A conversation of Ana's with Dr. Díaz."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.booking.models import Appointment
from clinicweb.chat.attachment_models import Attachment, Upload
from clinicweb.chat.models import WITH_PATIENT, Conversation, ConversationMember, Message
from clinicweb.clinic.rules import load_rules
from clinicweb.core import clock, file_store
from clinicweb.core.ids import new_public_id
from clinicweb.core.text import text_hash
from clinicweb.video.attention_models import Attention, TelecareConsent, TelecareText
from clinicweb.video.models import Call
from clinicweb.video.policy import RINGING
from tests.cast import ANAS_APPOINTMENT


def a_conversation(session: Session, ana: Account) -> dict[str, str]:
    """The names that addresses have for it, and for what she wrote in it."""
    diaz = session.scalars(select(Account).where(Account.name == "Diaz")).one()
    now = clock.now()
    talk = Conversation(
        public_id=new_public_id(), kind=WITH_PATIENT, patient_id=ana.patient_id, last_number=1,
        changes=1, created_at=now, last_at=now, assigned_account_id=diaz.id,
    )  # fmt: skip
    session.add(talk)
    session.flush()
    session.add_all(
        ConversationMember(conversation_id=talk.id, account_id=who.id, joined_at=now)
        for who in (ana, diaz)
    )
    said = Message(
        public_id=new_public_id(), conversation_id=talk.id, number=1, change=1,
        author_id=ana.id, text="Una pregunta canaria", sent_at=now,
    )  # fmt: skip
    session.add(said)
    return {
        "conversation_id": talk.public_id,
        "chat.message_id": said.public_id,
        "call_id": _a_call(session, talk, diaz, ana),
        "attention.appointment_id": _a_box(session, diaz, ana),
    } | _files(session, ana, talk)


def _a_box(session: Session, diaz: Account, ana: Account) -> str:
    """An hour of hers with him that has begun: she came, and went for a moment."""
    query = select(Appointment).where(Appointment.public_id == ANAS_APPOINTMENT)
    like, now = session.scalars(query).one(), clock.now()
    appointment = Appointment(
        public_id=new_public_id(), patient_id=like.patient_id, practitioner_id=like.practitioner_id,
        service_id=like.service_id, site_id=like.site_id, modality="virtual", status="booked",
        starts_at=now, ends_at=now + timedelta(hours=1), created_at=now,
    )  # fmt: skip
    session.add(appointment)
    session.flush()
    assert like.practitioner_id == diaz.practitioner_id
    text = load_rules("teleconsulta").video.consent
    hashed = text_hash(text.text)
    session.add(TelecareText(text_hash=hashed, text=text.text))
    session.flush()
    consent = TelecareConsent(
        patient_id=like.patient_id, account_id=ana.id, version=text.version, text_hash=hashed,
        accepted_at=now, address="127.0.0.1",
    )  # fmt: skip
    attention = Attention(
        appointment_id=appointment.id, account_id=ana.id, shown_name="Anita Canaria",
        arrived_at=now, seen_at=now, left_at=now,
    )  # fmt: skip
    session.add_all([consent, attention])
    return appointment.public_id


def _a_call(session: Session, talk: Conversation, diaz: Account, ana: Account) -> str:
    """He calls her, and it rings for as long as any test takes."""
    now = clock.now()
    call = Call(
        public_id=new_public_id(), conversation_id=talk.id, patient_id=talk.patient_id,
        caller_id=diaz.id, callee_id=ana.id, status=RINGING, asked_at=now,
        deadline_at=now + timedelta(days=1),
    )  # fmt: skip
    session.add(call)
    return call.public_id


def _files(session: Session, ana: Account, talk: Conversation) -> dict[str, str]:
    """One that she sent, and one that is on its way."""
    store = file_store.files_of("chat")
    arrived = store.begin(6)
    store.append(arrived, [b"Canary"], offset=0, longest_bytes=6)
    kept, preview = store.keep(store.arrived(arrived)), store.keep(store.arrived(arrived))
    talk.last_number = talk.changes = 2
    message = Message(
        public_id=new_public_id(), conversation_id=talk.id, number=2, change=2,
        author_id=ana.id, text="canario.jpg", sent_at=clock.now(),
    )  # fmt: skip
    file = Attachment(
        public_id=new_public_id(), message=message, kind="jpg", shown_name="canario.jpg",
        size_bytes=6, stored_name=kept, preview_name=preview, width=4, height=3,
    )  # fmt: skip
    upload = Upload(
        public_id=new_public_id(), account_id=ana.id, conversation_id=talk.id,
        client_key=new_public_id(), typed_name="canario.jpg", size_bytes=60,
        stored_name=arrived, expires_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    session.add_all([message, file, upload])
    return {"file_id": file.public_id, "upload_id": upload.public_id}
