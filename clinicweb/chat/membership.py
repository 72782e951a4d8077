"""Who is in a conversation, asked within the session at hand; acts ask under its lock."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from clinicweb.accounts.models import Account
from clinicweb.chat import policy
from clinicweb.chat.models import WITH_PATIENT, Conversation, ConversationMember
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import PRACTITIONER, Viewer


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation as *viewer* stands in it; *others*: the members there are besides."""

    viewer: Viewer
    conversation: Conversation
    me: ConversationMember
    others: tuple[ConversationMember, ...]

    @property
    def facts(self) -> policy.ConversationFacts:
        return policy.ConversationFacts(
            with_patient=self.conversation.kind == WITH_PATIENT,
            by_clinician=PRACTITIONER in self.viewer.roles,
            ended_at=self.conversation.ended_at,
            others=sum(member.account.is_active for member in self.others),
        )

    @property
    def account_ids(self) -> frozenset[int]:
        """Everybody who is in it."""
        return frozenset(member.account_id for member in (self.me, *self.others))


def find_place(session: Session, viewer: Viewer, public_id: str) -> Place:
    """Raises ``NotFound`` for who is not in it, or not any more."""
    return _place(session, viewer, _own(viewer, public_id))


def lock_place(session: Session, viewer: Viewer, public_id: str) -> Place:
    """
    The same under the conversation's lock: nobody else writes, comes or goes meanwhile.

    Raises: ``NotFound``, also for an account that was closed since it signed in.
    """
    own = _own(viewer, public_id)
    if session.scalar(own.with_for_update(of=Conversation)) is None:
        raise NotFound
    # Read anew: who was in it before the lock came may have left.
    session.expire_all()
    place = _place(session, viewer, own)
    if not place.me.account.is_active:
        raise NotFound
    return place


def _own(viewer: Viewer, public_id: str) -> Select[Conversation]:
    return (
        select(Conversation)
        .join(ConversationMember)
        .where(
            Conversation.public_id == public_id,
            ConversationMember.account_id == viewer.account_id,
            ConversationMember.left_at.is_(None),
        )
    )


def _place(session: Session, viewer: Viewer, own: Select[Conversation]) -> Place:
    conversation = session.scalar(own)
    if conversation is None:
        raise NotFound
    members = members_of(session, [conversation.id])
    [me] = [member for member in members if member.account_id == viewer.account_id]
    others = tuple(member for member in members if member is not me)
    return Place(viewer, conversation, me, others)


def members_of(session: Session, ids: Sequence[int]) -> list[ConversationMember]:
    """Those who are in conversations *ids* now, in the order in which they came."""
    query = (
        select(ConversationMember)
        .where(ConversationMember.conversation_id.in_(ids), ConversationMember.left_at.is_(None))
        .options(joinedload(ConversationMember.account))
        .order_by(ConversationMember.joined_at, ConversationMember.account_id)
    )
    return list(session.scalars(query))


def lock_accounts(session: Session, ids: Sequence[int]) -> dict[int, Account]:
    """Those of *ids* that are open, locked in the order of their numbers."""
    # Rows that only point at an account are not kept waiting.
    query = select(Account).where(Account.id.in_(ids), Account.is_active).order_by(Account.id)
    found = session.scalars(query.with_for_update(key_share=True))
    return {account.id: account for account in found}
