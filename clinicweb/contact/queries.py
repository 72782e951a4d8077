"""Reading what the viewer wrote to the clinic; others' does not exist."""

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from clinicweb.accounts.models import Account
from clinicweb.accounts.people import contact_of
from clinicweb.contact.models import ContactMessage
from clinicweb.contact.rows import MessageRow, row_of
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer

MOST_SHOWN = 100


def list_own_messages(viewer: Viewer) -> tuple[MessageRow, ...]:
    """The latest first."""
    with reading() as session:
        return tuple(row_of(found) for found in session.scalars(_own(viewer)))


def get_own_message(viewer: Viewer, public_id: str) -> MessageRow:
    """Raises: ``NotFound``."""
    with reading() as session:
        found = session.scalar(_own(viewer).where(ContactMessage.public_id == public_id))
        if found is None:
            raise NotFound
        return row_of(found)


def get_strangers_reference(viewer: Viewer | None, public_id: str) -> str:
    """
    The reference of a message that nobody signed in has sent: who knows its id is meant.

    Raises: ``NotFound``, too for a message of an account.
    """
    query = select(ContactMessage.reference).where(
        ContactMessage.public_id == public_id, ContactMessage.account_id.is_(None)
    )
    with reading() as session:
        reference = session.scalar(query)
    if reference is None:
        raise NotFound
    return reference


def find_sent(viewer: Viewer | None, key: str) -> str | None:
    """The public id of what was sent with the form of *key* already."""
    owner = viewer.account_id if viewer else None
    with reading() as session:
        return session.scalar(
            select(ContactMessage.public_id).where(
                ContactMessage.client_key == key, ContactMessage.account_id == owner
            )
        )


def find_own_email(viewer: Viewer) -> str:
    """S3-50: what the form is filled with; empty where there is none."""
    with reading() as session:
        return contact_of(session, session.get_one(Account, viewer.account_id)).email or ""


def _own(viewer: Viewer) -> Select[ContactMessage]:
    return (
        select(ContactMessage)
        .where(ContactMessage.account_id == viewer.account_id)
        .options(selectinload(ContactMessage.answers))
        .order_by(ContactMessage.id.desc())
        .limit(MOST_SHOWN)
    )
