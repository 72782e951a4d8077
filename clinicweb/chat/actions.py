"""What people do with conversations: open one, write, end it, go on with it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.chat import opening, policy
from clinicweb.chat.membership import Place, lock_accounts, lock_place
from clinicweb.chat.models import ENDED, REOPENED, Conversation, ConversationMember, Message
from clinicweb.chat.opening import Wanted
from clinicweb.chat.writing import (
    announce,
    append,
    for_whom,
    good_text,
    mark_own_read,
    mark_seen,
    note,
    sent_before,
    tell,
    written_by,
)
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import transaction
from clinicweb.core.decision import check
from clinicweb.core.errors import InvalidInput, NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.limits import count_attempt
from clinicweb.core.text import clean_line
from clinicweb.core.viewer import PATIENT, PRACTITIONER, Viewer
from clinicweb.family.actions import check_acting

_MINUTE = timedelta(minutes=1)
_MOST_IN_GROUP = 20


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """
    *viewer* wants to write to somebody.

    Either ``patient`` (a public id; asked by a clinician) or ``clinicians`` (codes: one for a
    patient, or for who acts for one; one or more colleagues for a clinician).  ``key`` names the
    form: sent again, a group is not made twice.
    """

    viewer: Viewer
    clinicians: tuple[str, ...] = ()
    patient: str | None = None
    title: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class PostMessage:
    """
    ``client_key``: 22 characters by whoever sends; the same again is the same message.
    ``seen``: the number of the last one that the page showed to whoever writes; 0: it says nothing.
    """

    viewer: Viewer
    conversation_id: str
    client_key: str
    text: str
    reply_to: str | None = None
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that is in; *is_new*: it was not sent before."""

    message_id: str
    number: int
    is_new: bool


def open_conversation(rules: ClinicRules, command: OpenConversation) -> str:
    """
    The conversation of these people: the one that is open between them, or a new one.

    Returns: its public id.
    Raises: ``NotFound`` for people who are not there, ``NotAllowed`` with the policy's reason.
    """
    with transaction(command.viewer) as session:
        check_acting(session, rules, command.viewer)
        wanted = _wanted(session, rules, command)
        found = session.scalar(
            select(Conversation).where(
                Conversation.pair_key == wanted.pair_key, Conversation.ended_at.is_(None)
            )
        )
        if found is not None:
            return found.public_id
        check(policy.may_open(rules.chat, wanted.opening))
        return _open(session, command, wanted).public_id


def _wanted(session: Session, rules: ClinicRules, command: OpenConversation) -> Wanted:
    """Raises ``NotFound`` also for what their role does not open."""
    viewer = command.viewer
    if len(command.clinicians) > _MOST_IN_GROUP:
        raise InvalidInput({"clinicians": ["chat.too_many"]})
    if PRACTITIONER in viewer.roles:
        if command.patient:
            return opening.with_patient(session, rules, viewer, command.patient)
        return opening.with_colleagues(session, viewer, command.clinicians, command.key)
    if PATIENT in viewer.roles and len(command.clinicians) == 1:
        return opening.with_clinician(session, viewer, command.clinicians[0])
    raise NotFound


def _open(session: Session, command: OpenConversation, wanted: Wanted) -> Conversation:
    now = clock.now()
    conversation = Conversation(
        public_id=new_public_id(),
        kind=wanted.kind,
        patient_id=wanted.patient_id,
        title=clean_line(command.title)[:80] or None,
        pair_key=wanted.pair_key,
        last_number=0,
        changes=0,
        created_at=now,
        last_at=now,
        assigned_account_id=wanted.assigned,
    )
    session.add(conversation)
    session.flush()
    session.add_all(
        ConversationMember(conversation_id=conversation.id, account_id=account_id, joined_at=now)
        for account_id in (command.viewer.account_id, *wanted.others)
    )
    note(session, "conversation.open", conversation)
    return conversation


def post_message(rules: ClinicRules, command: PostMessage) -> Posted:
    """
    Write *command.text* down, once, however often it is sent; a resend answers as the first.

    Raises: ``NotFound`` for who is not in it, ``NotAllowed`` with the policy's reason,
    ``InvalidInput`` (field ``text``: ``chat.empty``, ``chat.too_long``; ``client_key``),
    ``TooManyAttempts``.
    """
    with transaction(command.viewer) as session:
        place = lock_place(session, command.viewer, rules, command.conversation_id)
        earlier = sent_before(session, place, command.client_key)
        if earlier is not None:
            return Posted(earlier.public_id, earlier.number, is_new=False)
        check(policy.may_post(rules.chat, place.facts))
        text = good_text(rules, command.text)
        reply_to = _answered(session, place, command.reply_to)
        limit = rules.chat.messages_per_minute
        count_attempt(session, f"chat:{place.me.account_id}", limit=limit, window=_MINUTE)
        mark_seen(place, command.seen)
        message = append(
            session,
            place.conversation,
            **written_by(place),
            client_key=command.client_key,
            text=text,
            reply_to_id=reply_to,
        )
        mark_own_read(place, message)
        note(session, "message.post", place.conversation, number=message.number)
        announce(session, place, since=message.change - 1)
        return Posted(message.public_id, message.number, is_new=True)


def _answered(session: Session, place: Place, public_id: str | None) -> int | None:
    """The message that this one replies to; raises ``NotFound`` for one of elsewhere."""
    if not public_id:
        return None
    query = select(Message.id).where(
        Message.public_id == public_id, Message.conversation_id == place.conversation.id
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class EndConsultation:
    """S2-23: the clinician is done; ``outcome``: what came of it, read by the patient too."""

    viewer: Viewer
    conversation_id: str
    outcome: str = ""


def end_consultation(rules: ClinicRules, command: EndConsultation) -> None:
    """
    From now on it is read only.  Ending it again changes nothing.

    Raises: ``NotFound``, ``NotAllowed`` with the policy's reason, ``InvalidInput``.
    """
    with transaction(command.viewer) as session:
        place = lock_place(session, command.viewer, rules, command.conversation_id)
        decision = policy.may_end(place.facts)
        if decision.reason == policy.HAS_ENDED:
            return
        check(decision)
        conversation = place.conversation
        if command.outcome:
            conversation.outcome = good_text(rules, command.outcome)
        line = tell(session, conversation, ENDED, name=command.viewer.name)
        mark_own_read(place, line)
        conversation.ended_at = line.sent_at
        note(session, "conversation.end", conversation)
        announce(session, place, since=line.change - 1)


def reopen_conversation(rules: ClinicRules, viewer: Viewer, conversation_id: str) -> None:
    """Raises: ``NotFound``, ``NotAllowed`` with the policy's reason."""
    with transaction(viewer) as session:
        place = lock_place(session, viewer, rules, conversation_id)
        decision = policy.may_reopen(rules.chat, place.facts, now=clock.now())
        if decision.reason == policy.NOT_ENDED:
            return
        check(decision)
        conversation = place.conversation
        # Nobody opens another between them meanwhile.
        lock_accounts(session, sorted(place.account_ids))
        if _is_taken(session, conversation.pair_key):
            # They have begun another meanwhile; this one goes on beside it.
            conversation.pair_key = None
        conversation.ended_at = None
        by = for_whom(place.acts_for)
        line = tell(session, conversation, REOPENED, name=viewer.name, **by)
        mark_own_read(place, line)
        note(session, "conversation.reopen", conversation)
        announce(session, place, since=line.change - 1)


def _is_taken(session: Session, pair_key: str | None) -> bool:
    query = select(Conversation.id).where(
        Conversation.pair_key == pair_key, Conversation.ended_at.is_(None)
    )
    return session.scalar(query) is not None
