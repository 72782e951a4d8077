"""What pages that are open are told: by the acts, and by the database where no word came."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from clinicweb.chat.membership import members_of
from clinicweb.chat.models import Conversation
from clinicweb.core.db import reading
from clinicweb.core.events import Event

CHANGED = "chat.changed"
READ = "chat.read"
TYPING = "chat.typing"
GONE = "chat.gone"

_MOST = 500


def changed(conversation: Conversation, to: Iterable[int], *, since: int) -> Event:
    """The accounts *to* hear of all that came after the change *since*."""
    ids = {"conversation": conversation.public_id, "since": str(since)}
    return Event(CHANGED, to=frozenset(to), ids=ids)


def missed(since: datetime) -> tuple[Event, ...]:
    """
    Each conversation in which something was written after *since*: its latest line.

    For ``live.recalls``: a page that missed more sees so, and asks.
    """
    query = (
        select(Conversation)
        .where(Conversation.last_at > since)
        .order_by(Conversation.last_at.desc())
        .limit(_MOST)
    )
    with reading() as session:
        rows = session.scalars(query).all()
        accounts = defaultdict(list)
        for member in members_of(session, [row.id for row in rows]):
            accounts[member.conversation_id].append(member.account_id)
        found = [changed(row, accounts[row.id], since=row.changes - 1) for row in rows]
    return tuple(reversed(found))
