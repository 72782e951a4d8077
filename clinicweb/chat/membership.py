"""Who is in a conversation, asked within the session at hand; acts ask under its lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import Session, joinedload

from clinicweb.accounts.models import Account
from clinicweb.chat import policy
from clinicweb.chat.acting import acted_for, may_be_in
from clinicweb.chat.models import WITH_PATIENT, Conversation, ConversationMember
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import PRACTITIONER, Viewer

_IN_ORDER = (ConversationMember.joined_at, ConversationMember.account_id)


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
    return _place(session, viewer, rules, public_id)


def lock_place(session: Session, viewer: Viewer, rules: ClinicRules, public_id: str) -> Place:
    """
    The same under the conversation's lock: nobody else writes, comes or goes meanwhile.

    Who may be in it and was not, is from now on.

    Raises: ``NotFound``, also for an account that was closed since it signed in.
    """
    session.scalar(_one(public_id).with_for_update())
    # Read anew: who was in it before the lock came may have left.
    session.expire_all()
    place = _place(session, viewer, rules, public_id)
    if place.is_new:
        session.add(place.me)
        session.flush()
    if not place.me.account.is_active:
        raise NotFound
    return place


def _one(public_id: str) -> Select[Conversation]:
    return select(Conversation).where(Conversation.public_id == public_id)


@cache
def _everybody() -> Select[Conversation, ConversationMember]:
    """Made once: each message and each of its readers asks it."""
    return (
        select(Conversation, ConversationMember)
        .where(Conversation.public_id == bindparam("public_id"))
        .join(ConversationMember)
        .options(joinedload(Conversation.patient), joinedload(ConversationMember.account))
        .order_by(*_IN_ORDER)
    )


def _place(session: Session, viewer: Viewer, rules: ClinicRules, public_id: str) -> Place:
    found = session.execute(_everybody(), {"public_id": public_id}).all()
    if not found:
        raise NotFound
    conversation, rows = found[0][0], [row for _conversation, row in found]
    # Who acted for a patient stays on the list; whether they still may, the family says.
    members = [
        row
        for row in rows
        if row.left_at is None and may_be_in(session, rules, row.account, conversation)
    ]
    me = next((row for row in members if row.account_id == viewer.account_id), None)
    if me is None:
        was_in_it = any(row.account_id == viewer.account_id for row in rows)
        if was_in_it or not _may_come(session, viewer, rules, conversation):
            raise NotFound
        me = _newcomer(viewer, conversation)
    others = tuple(row for row in members if row is not me)
    return Place(viewer, conversation, me, others)


def _may_come(
    session: Session, viewer: Viewer, rules: ClinicRules, conversation: Conversation
) -> bool:
    """The patient of it, or who acts for them, where others began it."""
    is_of_patient = viewer.practitioner_id is None and conversation.patient_id is not None
    return is_of_patient and may_be_in(session, rules, viewer, conversation)


def _newcomer(viewer: Viewer, conversation: Conversation) -> ConversationMember:
    """What was said until now is no news to them."""
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
        .order_by(*_IN_ORDER)
    )
    return list(session.scalars(query))


def lock_accounts(session: Session, ids: Sequence[int]) -> dict[int, Account]:
    """Those of *ids* that are open, locked in the order of their numbers."""
    # Rows that only point at an account are not kept waiting.
    query = select(Account).where(Account.id.in_(ids), Account.is_active).order_by(Account.id)
    found = session.scalars(query.with_for_update(key_share=True))
    return {account.id: account for account in found}
