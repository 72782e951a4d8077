"""Who is in a conversation: handed on to another clinician, or a colleague more or less."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.chat import policy
from clinicweb.chat.membership import Place, lock_accounts, lock_place
from clinicweb.chat.models import (
    JOINED,
    LEFT,
    REMOVED,
    TRANSFERRED,
    Conversation,
    ConversationMember,
    Message,
)
from clinicweb.chat.opening import pair_key_of
from clinicweb.chat.people import names_of
from clinicweb.chat.writing import announce, mark_own_read, note, tell
from clinicweb.clinic.models import Practitioner
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.decision import check
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class MoveTo:
    """``clinician``: a code; who is in it already is no answer."""

    viewer: Viewer
    conversation_id: str
    clinician: str


def transfer_conversation(rules: ClinicRules, command: MoveTo) -> None:
    """
    Another clinician answers from now on, and sees all of it; *viewer* does no more.

    Raises: ``NotFound``, ``NotAllowed`` with the policy's reason.
    """
    with transaction(command.viewer) as session:
        place = lock_place(session, command.viewer, rules, command.conversation_id)
        check(policy.may_transfer(place.facts))
        account_id = _newcomer(session, place, command.clinician)
        conversation = place.conversation
        name = names_of(session, [account_id])[account_id]
        line = tell(session, conversation, TRANSFERRED, name=name)
        place.me.left_at = line.sent_at
        _join(session, place, account_id, line)
        conversation.assigned_account_id = account_id
        conversation.pair_key = _free_pair_key(session, conversation, account_id)
        note(session, "conversation.transfer", conversation, to=name)
        announce(session, place, since=line.change - 1, gone=command.viewer.account_id)


def add_colleague(rules: ClinicRules, command: MoveTo) -> None:
    """One more in a group; raises as ``transfer_conversation``."""
    with transaction(command.viewer) as session:
        place = lock_place(session, command.viewer, rules, command.conversation_id)
        check(policy.may_change_group(place.facts))
        account_id = _newcomer(session, place, command.clinician)
        name = names_of(session, [account_id])[account_id]
        line = tell(session, place.conversation, JOINED, name=name)
        mark_own_read(place, line)
        _join(session, place, account_id, line)
        place.conversation.pair_key = None  # no longer of two
        note(session, "conversation.join", place.conversation, who=name)
        announce(session, place, since=line.change - 1)


def leave_group(rules: ClinicRules, viewer: Viewer, conversation_id: str) -> None:
    """Raises as ``transfer_conversation``."""
    with transaction(viewer) as session:
        place = lock_place(session, viewer, rules, conversation_id)
        check(policy.may_change_group(place.facts))
        name = names_of(session, [viewer.account_id])[viewer.account_id]
        line = tell(session, place.conversation, LEFT, name=name)
        place.me.left_at = line.sent_at
        place.conversation.pair_key = None
        note(session, "conversation.leave", place.conversation)
        announce(session, place, since=line.change - 1, gone=viewer.account_id)


def remove_colleague(rules: ClinicRules, command: MoveTo) -> None:
    """
    From now on ``command.clinician`` sees no more of a group.

    Raises: ``NotFound``, ``NotAllowed`` with the policy's reason.
    """
    with transaction(command.viewer) as session:
        place = lock_place(session, command.viewer, rules, command.conversation_id)
        check(policy.may_remove(place.facts))
        member = _member(session, place, command.clinician)
        by, name = _named(session, command.viewer.account_id, member.account_id)
        line = tell(session, place.conversation, REMOVED, name=name, by=by)
        mark_own_read(place, line)
        member.left_at = line.sent_at
        note(session, "conversation.remove", place.conversation, who=name)
        announce(session, place, since=line.change - 1, gone=member.account_id)


def _named(session: Session, *ids: int) -> list[str]:
    names = names_of(session, ids)
    return [names[account_id] for account_id in ids]


def _member(session: Session, place: Place, code: str) -> ConversationMember:
    """Another who is in it; raises ``NotFound``."""
    query = select(Account.id).join(Practitioner, Account.practitioner_id == Practitioner.id)
    account_id = session.scalar(query.where(Practitioner.code == code))
    found = next((each for each in place.others if each.account_id == account_id), None)
    if found is None:
        raise NotFound
    return found


def _newcomer(session: Session, place: Place, code: str) -> int:
    """The account of the clinician *code*, locked and open, who is not in it yet."""
    query = (
        select(Account.id)
        .join(Practitioner, Account.practitioner_id == Practitioner.id)
        .where(Practitioner.code == code, Practitioner.is_active)
    )
    found = session.scalar(query)
    if found is None or found in place.account_ids or not lock_accounts(session, [found]):
        raise NotAllowed(policy.NOBODY_THERE)
    return found


def _join(session: Session, place: Place, account_id: int, line: Message) -> None:
    """Also for who was in it before.  What was said until now is read with it, not unread."""
    conversation_id = place.conversation.id
    member = session.get(ConversationMember, (conversation_id, account_id))
    if member is None:
        member = ConversationMember(conversation_id=conversation_id, account_id=account_id)
        session.add(member)
    member.joined_at, member.left_at = clock.now(), None
    member.read_number = member.told_number = member.pushed_number = line.number - 1


def _free_pair_key(session: Session, conversation: Conversation, account_id: int) -> str | None:
    """None where the two have another that is open: this one goes on beside it."""
    key = pair_key_of(conversation.patient_id or 0, account_id)
    query = select(Conversation.id).where(
        Conversation.pair_key == key, Conversation.ended_at.is_(None)
    )
    return None if session.scalar(query) else key
