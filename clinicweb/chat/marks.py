"""How far somebody has read: changes nothing that a person can do, so a page may note it."""

from sqlalchemy import update

from clinicweb.chat.membership import find_place
from clinicweb.chat.models import ConversationMember
from clinicweb.core.db import noting
from clinicweb.core.viewer import Viewer


def mark_read(viewer: Viewer, conversation_id: str, number: int) -> bool:
    """
    Note that *viewer* has seen all up to *number*; it never goes back, nor past what there is.

    Returns: whether that was news.  Raises: ``NotFound``.
    """
    with noting() as session:
        place = find_place(session, viewer, conversation_id)
        number = min(number, place.conversation.last_number)
        # Of two windows of one person the one that is further decides.
        further = (
            update(ConversationMember)
            .where(
                ConversationMember.conversation_id == place.conversation.id,
                ConversationMember.account_id == viewer.account_id,
                ConversationMember.read_number < number,
            )
            .values(read_number=number)
            .returning(ConversationMember.read_number)
        )
        return session.scalar(further) is not None
