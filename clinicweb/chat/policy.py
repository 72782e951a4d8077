"""Who may write to whom, and until when a message can be changed.  Pure: no I/O, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinicweb.clinic.chat_rules import Chat
from clinicweb.core.decision import ALLOWED, Decision, refuse

OFF = "chat.off"
NO_APPOINTMENT = "chat.no_appointment"
CLINICIAN_OPENS = "chat.clinician_opens"
NOBODY_THERE = "chat.nobody_there"
HAS_ENDED = "chat.ended"
NOT_OWN = "chat.not_own"
TOO_LATE = "chat.too_late"
NOT_CLINICIAN = "chat.not_clinician"
NOT_WITH_PATIENT = "chat.not_with_patient"
NOT_ENDED = "chat.not_ended"
REOPEN_LATE = "chat.reopen_late"
NOT_SHOWN = "chat.not_shown"
OF_TWO = "chat.of_two"

ALWAYS, APPOINTMENT, CLINICIAN = "always", "appointment", "clinician"
ANYBODY = "anybody"
_GROUP = 2  # besides oneself


@dataclass(frozen=True, slots=True)
class Opening:
    """
    Somebody wants to write to somebody.

    ``with_patient``: one of them is a patient; ``has_appointment``: the two have, or had, an hour
    together; ``is_reachable``: each of the others has an account that is open.
    """

    by_clinician: bool
    with_patient: bool
    has_appointment: bool
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class ConversationFacts:
    """A conversation as one of its members finds it; ``ended_at`` aware, UTC."""

    with_patient: bool
    by_clinician: bool
    ended_at: datetime | None
    others: int  # who could still read it


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """``sent_at`` aware, UTC; *is_text*: written by somebody, not told by the portal."""

    is_own: bool
    is_text: bool
    is_deleted: bool
    sent_at: datetime


def may_open(rules: Chat, opening: Opening) -> Decision:
    """Source: S2-1, S2-2; the clinic's ``chat.opens``."""
    if not rules.is_on:
        return refuse(OFF)
    if not opening.is_reachable:
        return refuse(NOBODY_THERE)
    if not opening.with_patient:
        return ALLOWED
    if rules.opens == CLINICIAN and not opening.by_clinician:
        return refuse(CLINICIAN_OPENS)
    if rules.opens == APPOINTMENT and not opening.has_appointment:
        return refuse(NO_APPOINTMENT)
    return ALLOWED


def may_post(rules: Chat, conversation: ConversationFacts) -> Decision:
    if not rules.is_on:
        return refuse(OFF)
    if conversation.ended_at is not None:
        return refuse(HAS_ENDED)
    return ALLOWED if conversation.others else refuse(NOBODY_THERE)


def may_change(
    rules: Chat, conversation: ConversationFacts, message: MessageFacts, *, now: datetime
) -> Decision:
    """Whether a message can be edited or deleted: exactly the minutes of the rule are enough."""
    if not message.is_own or not message.is_text or message.is_deleted:
        return refuse(NOT_OWN)
    if conversation.ended_at is not None:
        return refuse(HAS_ENDED)
    if now - message.sent_at > timedelta(minutes=rules.edit_minutes):
        return refuse(TOO_LATE)
    return ALLOWED


def may_end(conversation: ConversationFacts) -> Decision:
    """Source: S2-23: the clinician ends the consultation, as an act of its own."""
    refused = _of_clinicians_with_a_patient(conversation)
    if refused is None and conversation.ended_at is not None:
        return refuse(HAS_ENDED)
    return refused or ALLOWED


def may_transfer(conversation: ConversationFacts) -> Decision:
    return may_end(conversation)


def may_reopen(rules: Chat, conversation: ConversationFacts, *, now: datetime) -> Decision:
    """To the day ``reopen_days`` after its end, that instant included."""
    if conversation.ended_at is None:
        return refuse(NOT_ENDED)
    is_theirs = conversation.by_clinician or rules.reopens == ANYBODY
    if rules.reopens == "nobody" or not is_theirs:
        return refuse(NOT_CLINICIAN)
    if now - conversation.ended_at > timedelta(days=rules.reopen_days):
        return refuse(REOPEN_LATE)
    return ALLOWED


def may_change_group(conversation: ConversationFacts) -> Decision:
    """Clinicians add each other to, and leave, conversations without a patient."""
    return refuse(NOT_CLINICIAN) if conversation.with_patient else ALLOWED


def may_remove(conversation: ConversationFacts) -> Decision:
    """Of a group each may take another out; of two who talk, one can but leave."""
    decision = may_change_group(conversation)
    return refuse(OF_TWO) if decision.allowed and conversation.others < _GROUP else decision


def may_see_online(rules: Chat, *, with_patient: bool) -> Decision:
    """Both see it of each other, or neither does; colleagues always."""
    return refuse(NOT_SHOWN) if with_patient and not rules.shows_online else ALLOWED


def _of_clinicians_with_a_patient(conversation: ConversationFacts) -> Decision | None:
    if not conversation.with_patient:
        return refuse(NOT_WITH_PATIENT)
    return None if conversation.by_clinician else refuse(NOT_CLINICIAN)
