"""Who is in a conversation, asked within the session at hand; acts ask under its lock."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import Session, joinedload

from clinicweb.accounts.models import Account
from clinicweb.chat import policy
from clinicweb.chat.acting import acted_for, may_be_in
from clinicweb.chat.models import WITH_PATIENT, Conversation, ConversationMember
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import PRACTITIONER, Viewer


@dataclass(frozen=True, slots=True)
class Place:
    """
    A conversation as *viewer* stands in it; *others*: the members there are besides.

    ``me`` is of no table yet where they have not been in it before (``is_new``).
    """

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
    def acts_for(self) -> str:
        """The name of the patient whom the viewer stands for; empty for themselves."""
        return acted_for(self.viewer, self.conversation)

    @property
    def is_new(self) -> bool:
        return bool(inspect(self.me).transient)

    @property
    def account_ids(self) -> frozenset[int]:
        """Everybody who is in it."""
        return frozenset(member.account_id for member in (self.me, *self.others))


def find_place(session: Session, viewer: Viewer, rules: ClinicRules, public_id: str) -> Place:
    """
    Raises ``NotFound`` for who is not in it, or not any more: also for who acted for its patient
    and may do so no longer.
    """
    return _place(session, viewer, rules, _one(public_id))


def lock_place(session: Session, viewer: Viewer, rules: ClinicRules, public_id: str) -> Place:
    """
    The same under the conversation's lock: nobody else writes, comes or goes meanwhile.

    Who may be in it and was not, is from now on.

    Raises: ``NotFound``, also for an account that was closed since it signed in.
    """
    one = _one(public_id)
    session.scalar(one.with_for_update(of=Conversation))
    # Read anew: who was in it before the lock came may have left.
    session.expire_all()
    place = _place(session, viewer, rules, one)
    if place.is_new:
        session.add(place.me)
        session.flush()
    if not place.me.account.is_active:
        raise NotFound
    return place


def _one(public_id: str) -> Select[Conversation]:
    return select(Conversation).where(Conversation.public_id == public_id)


def _place(
    session: Session, viewer: Viewer, rules: ClinicRules, one: Select[Conversation]
) -> Place:
    conversation = session.scalar(one.options(joinedload(Conversation.patient)))
    if conversation is None:
        raise NotFound
    there = members_of(session, [conversation.id])
    # Who acted for a patient stays on the list; whether they still may, the family says.
    members = [row for row in there if may_be_in(session, rules, row.account, conversation)]
    me = next((row for row in members if row.account_id == viewer.account_id), None)
    if me is None:
        me = _newcomer(session, viewer, rules, conversation)
    others = tuple(row for row in members if row is not me)
    return Place(viewer, conversation, me, others)


def _newcomer(
    session: Session, viewer: Viewer, rules: ClinicRules, conversation: Conversation
) -> ConversationMember:
    """
    The patient of it, or who acts for them, where others began it; what was said is not news.

    Raises: ``NotFound`` for anybody else, and for who was in it and is no more.
    """
    is_of_patient = viewer.practitioner_id is None and conversation.patient_id is not None
    if not is_of_patient or not may_be_in(session, rules, viewer, conversation):
        raise NotFound
    if session.get(ConversationMember, (conversation.id, viewer.account_id)) is not None:
        raise NotFound
    read = conversation.last_number
    return ConversationMember(
        conversation_id=conversation.id,
        account_id=viewer.account_id,
        joined_at=clock.now(),
        read_number=read,
        told_number=read,
        pushed_number=read,
    )


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
