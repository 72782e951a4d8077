"""A conversation of Ana's with Dr. Díaz."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.chat.models import WITH_PATIENT, Conversation, ConversationMember, Message
from clinicweb.core import clock
from clinicweb.core.ids import new_public_id


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
    return {"conversation_id": talk.public_id, "chat.message_id": said.public_id}
