"""Reading conversations, as one of their members sees them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, joinedload

from clinicweb.chat import policy
from clinicweb.chat.acting import acted_for, patients_of, readable
from clinicweb.chat.membership import Place, find_place, members_of
from clinicweb.chat.models import WITH_PATIENT, Conversation, ConversationMember, Message
from clinicweb.chat.people import names_of
from clinicweb.chat.rows import (
    ConversationPage,
    ConversationRow,
    MessageRow,
    called,
    mentioned,
    message_row,
    page_of,
)
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.search import WordIndex
from clinicweb.core.viewer import Viewer

PAGE = 30
_MOST_LISTED = 50
_MOST_SEARCHED = 500


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which messages: the latest before, or the first after, a number; the latest with neither."""

    before: int | None = None
    after: int | None = None
    most: int = PAGE


LATEST = Stretch()


def count_unread(viewer: Viewer, rules: ClinicRules) -> int:
    """In how many conversations something waits for the viewer."""
    query = (
        select(Conversation.patient_id, func.count())
        .select_from(ConversationMember)
        .join(Conversation)
        .where(
            ConversationMember.account_id == viewer.account_id,
            ConversationMember.left_at.is_(None),
            Conversation.last_number > ConversationMember.read_number,
        )
        .group_by(Conversation.patient_id)
    )
    with reading() as session:
        counts = dict(session.execute(query).all())
        return sum(counts[of] for of in readable(session, rules, viewer, counts))


def list_conversations(
    viewer: Viewer, rules: ClinicRules, *, search: str = ""
) -> tuple[ConversationRow, ...]:
    """
    The viewer's own and those of whom they act for, the latest first.

    Args:
        search: words of the others' names or of the title; among the latest five hundred.
    """
    with reading() as session:
        most = _MOST_SEARCHED if search else _MOST_LISTED
        found = session.execute(_own(session, viewer, rules).limit(most)).all()
        ids = [conversation.id for conversation, _me, _message in found]
        others = [m for m in members_of(session, ids) if m.account_id != viewer.account_id]
        named = _names(session, viewer, [row for row, _me, _message in found], others)
        rows = [
            _conversation_row(viewer, conversation, me, message, named)
            for conversation, me, message in found
        ]
        watched = _watched(rules, [row for row, _me, _message in found], others)
        rows = [replace(row, watched=watched.get(row.public_id, ())) for row in rows]
    if not search:
        return tuple(rows)
    index = WordIndex(f"{row.name} {row.patient_name}" for row in rows)
    return tuple(rows[number] for number in sorted(index.find(search)))[:_MOST_LISTED]


def get_conversation(
    viewer: Viewer,
    rules: ClinicRules,
    public_id: str,
    stretch: Stretch = Stretch(),
) -> ConversationPage:
    """Raises ``NotFound`` for another's, and for who is not in it any more."""
    with reading() as session:
        place = find_place(session, viewer, rules, public_id)
        messages = _stretch(session, place, stretch)
        names = names_of(session, mentioned(place, messages))
        return page_of(rules, place, messages, names)


def get_messages(
    viewer: Viewer, rules: ClinicRules, public_id: str, stretch: Stretch
) -> tuple[MessageRow, ...]:
    """Some messages of a conversation, in order; raises as ``get_conversation``."""
    return get_conversation(viewer, rules, public_id, stretch).messages


def get_message(
    viewer: Viewer, rules: ClinicRules, conversation_id: str, public_id: str
) -> MessageRow:
    """One message; raises as ``get_conversation``."""
    with reading() as session:
        place = find_place(session, viewer, rules, conversation_id)
        found = session.scalar(_messages(place).where(Message.public_id == public_id))
        if found is None:
            raise NotFound
        names = names_of(session, mentioned(place, [found]))
        return page_of(rules, place, [found], names).messages[0]


def get_members(viewer: Viewer, rules: ClinicRules, public_id: str) -> ConversationPage:
    """A conversation without its messages; raises as ``get_conversation``."""
    with reading() as session:
        place = find_place(session, viewer, rules, public_id)
        return page_of(rules, place, (), names_of(session, place.account_ids))


def list_members(viewer: Viewer, rules: ClinicRules, public_id: str) -> frozenset[int]:
    """The accounts in a conversation of the viewer's; raises as ``get_conversation``."""
    with reading() as session:
        return find_place(session, viewer, rules, public_id).account_ids


def get_member_name(viewer: Viewer, rules: ClinicRules, public_id: str, account_id: int) -> str:
    """Of somebody in a conversation of the viewer's; raises ``NotFound`` for others."""
    with reading() as session:
        if account_id not in find_place(session, viewer, rules, public_id).account_ids:
            raise NotFound
        return names_of(session, [account_id])[account_id]


def get_changed(
    viewer: Viewer, rules: ClinicRules, public_id: str, *, since: int, most: int = 100
) -> ConversationPage:
    """
    What came, or looks different, since ``changes`` was *since*; raises as above.

    Of more than *most* the first ones: the page's ``changes`` then counts just these.
    """
    with reading() as session:
        place = find_place(session, viewer, rules, public_id)
        query = _messages(place).where(Message.change > since).order_by(Message.change)
        changed = sorted(session.scalars(query.limit(most)), key=lambda row: row.number)
        names = names_of(session, mentioned(place, changed))
        found = page_of(rules, place, changed, names)
    if len(changed) < most:
        return found
    return replace(found, changes=max(row.change for row in changed), has_more=True)


def _own(
    session: Session, viewer: Viewer, rules: ClinicRules
) -> Select[Conversation, ConversationMember | None, Message | None]:
    last = and_(
        Message.conversation_id == Conversation.id, Message.number == Conversation.last_number
    )
    mine = and_(
        ConversationMember.conversation_id == Conversation.id,
        ConversationMember.account_id == viewer.account_id,
    )
    query = (
        select(Conversation, ConversationMember, Message)
        .join(ConversationMember, mine, isouter=viewer.practitioner_id is None)
        .outerjoin(Message, last)
        .where(ConversationMember.left_at.is_(None))
        .options(joinedload(Message.attachment), joinedload(Conversation.patient))
        .order_by(Conversation.last_at.desc(), Conversation.id.desc())
    )
    if viewer.practitioner_id is not None:
        return query
    return query.where(Conversation.patient_id.in_(patients_of(session, rules, viewer)))


def _names(
    session: Session,
    viewer: Viewer,
    rows: Sequence[Conversation],
    others: Sequence[ConversationMember],
) -> dict[int, str]:
    names = names_of(session, [member.account_id for member in others])
    return {
        row.id: called(row, viewer, [m for m in others if m.conversation_id == row.id], names)
        for row in rows
    }


def _watched(
    rules: ClinicRules, rows: Sequence[Conversation], others: Sequence[ConversationMember]
) -> dict[str, tuple[int, ...]]:
    """By conversation, those of whom may be seen whether they are there."""
    return {
        row.public_id: tuple(m.account_id for m in others if m.conversation_id == row.id)
        for row in rows
        if policy.may_see_online(rules.chat, with_patient=row.kind == WITH_PATIENT).allowed
    }


def _conversation_row(
    viewer: Viewer,
    conversation: Conversation,
    me: ConversationMember | None,
    last: Message | None,
    named: dict[int, str],
) -> ConversationRow:
    return ConversationRow(
        public_id=conversation.public_id,
        kind=conversation.kind,
        name=named[conversation.id],
        last=_listed(viewer, last) if last else None,
        last_at=conversation.last_at,
        # Who has not been in it is waited for by nothing.
        unread=conversation.last_number - me.read_number if me else 0,
        is_ended=conversation.ended_at is not None,
        patient_name=acted_for(viewer, conversation),
    )


def _listed(viewer: Viewer, message: Message) -> MessageRow:
    """The latest one, of which the list shows the beginning alone."""
    return message_row(message, viewer.account_id, {}, others_read=0, may_change=False)


def _messages(place: Place) -> Select[Message]:
    of_it = Message.conversation_id == place.conversation.id
    return (
        select(Message)
        .where(of_it)
        .options(joinedload(Message.reply_to), joinedload(Message.attachment))
    )


def _stretch(session: Session, place: Place, stretch: Stretch) -> list[Message]:
    query = _messages(place)
    if stretch.after is not None:
        later = query.where(Message.number > stretch.after).order_by(Message.number)
        return list(session.scalars(later.limit(stretch.most)))
    if stretch.before is not None:
        query = query.where(Message.number < stretch.before)
    latest = session.scalars(query.order_by(Message.number.desc()).limit(stretch.most))
    return list(latest)[::-1]
