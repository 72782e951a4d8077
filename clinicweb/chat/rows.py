"""Conversations and messages as pages show them: frozen, and made for one viewer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clinicweb.chat import policy
from clinicweb.chat.attachment_rows import FileRow, file_row
from clinicweb.chat.membership import Place
from clinicweb.chat.models import TEXT, Conversation, ConversationMember, Message
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.decision import Decision
from clinicweb.core.i18n import _
from clinicweb.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """
    A conversation in the list.

    ``name``: its title, else the others' names; ``last``: the latest message, None before it.
    """

    public_id: str
    kind: str
    name: str
    last: "MessageRow | None"
    last_at: datetime
    unread: int
    is_ended: bool
    patient_name: str = ""  # for whom the viewer acts in it, where that is another
    # The others, where the viewer may see whether they are there.
    watched: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What a message replies to; *text* is empty once that was deleted."""

    public_id: str
    number: int
    author_name: str
    text: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """
    A message as *viewer* may see it: the text of a deleted one is not here.

    ``kind``: ``text``, or what happened (``models``), of which ``detail`` tells more, ``name`` who;
    ``is_read``: by all others.
    """

    public_id: str
    number: int
    change: int
    kind: str
    text: str
    author_name: str
    detail: Mapping[str, str]
    is_own: bool
    client_key: str  # of one's own, else empty
    is_read: bool
    sent_at: datetime
    is_edited: bool
    is_deleted: bool
    may_change: bool
    on_behalf_of: str  # the patient's name, where another wrote or did it for them
    answers: Answered | None
    file: FileRow | None


@dataclass(frozen=True, slots=True)
class MemberRow:
    account_id: int
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """
    One conversation and a stretch of its messages, in order.

    ``others_read``: the number up to which all others have read; ``changes``: what a page that
    shows this knows, to ask later for what it missed; ``has_more``: at once, for there is more.
    ``acts_for``: the patient's name, where the viewer stands for them.
    """

    public_id: str
    kind: str
    name: str
    patient_id: int | None
    acts_for: str
    others: tuple[MemberRow, ...]
    assigned: int | None
    last_number: int
    changes: int
    read_number: int
    others_read: int
    ended_at: datetime | None
    outcome: str
    messages: tuple[MessageRow, ...]
    post: Decision
    end: Decision
    reopen: Decision
    group: Decision
    remove: Decision
    online: Decision
    has_more: bool = False


def called(
    conversation: Conversation,
    viewer: Viewer,
    others: Iterable[ConversationMember],
    names: Mapping[int, str],
) -> str:
    """
    What a conversation is: its title, or who is in it.

    For clinicians, the patient is, whoever writes for them.
    """
    shown = list(others)
    patient = conversation.patient if viewer.practitioner_id is not None else None
    if patient is not None:
        shown = [row for row in shown if row.account.practitioner_id is not None]
    found = [patient.full_name] if patient else []
    found += [names[row.account_id] for row in shown]
    return conversation.title or ", ".join(found) or _("Sólo usted")


def mentioned(place: Place, messages: Sequence[Message]) -> set[int]:
    authors = {message.author_id for message in messages}
    authors |= {message.reply_to.author_id for message in messages if message.reply_to}
    return {*place.account_ids, *(found for found in authors if found is not None)}


def page_of(
    rules: ClinicRules, place: Place, messages: Sequence[Message], names: dict[int, str]
) -> ConversationPage:
    conversation, now = place.conversation, clock.now()
    others_read = min((member.read_number for member in place.others), default=0)
    return ConversationPage(
        public_id=conversation.public_id,
        kind=conversation.kind,
        name=called(conversation, place.viewer, place.others, names),
        patient_id=conversation.patient_id,
        acts_for=place.acts_for,
        others=_others(place, names),
        assigned=conversation.assigned_account_id,
        last_number=conversation.last_number,
        changes=conversation.changes,
        read_number=place.me.read_number,
        others_read=others_read,
        ended_at=conversation.ended_at,
        outcome=conversation.outcome or "",
        messages=tuple(
            message_row(
                message,
                place.me.account_id,
                names,
                others_read=others_read,
                may_change=_may_change(rules, place, message, now),
            )
            for message in messages
        ),
        post=policy.may_post(rules.chat, place.facts),
        end=policy.may_end(place.facts),
        reopen=policy.may_reopen(rules.chat, place.facts, now=now),
        group=policy.may_change_group(place.facts),
        remove=policy.may_remove(place.facts),
        online=policy.may_see_online(rules.chat, with_patient=place.facts.with_patient),
    )


def _others(place: Place, names: dict[int, str]) -> tuple[MemberRow, ...]:
    return tuple(
        MemberRow(member.account_id, names[member.account_id], member.account.is_active)
        for member in place.others
    )


def message_facts(place: Place, message: Message) -> policy.MessageFacts:
    return policy.MessageFacts(
        is_own=message.author_id == place.me.account_id,
        is_text=message.kind == TEXT,
        is_deleted=message.deleted_at is not None,
        sent_at=message.sent_at,
    )


def _may_change(rules: ClinicRules, place: Place, message: Message, now: datetime) -> bool:
    facts = message_facts(place, message)
    return policy.may_change(rules.chat, place.facts, facts, now=now).allowed


def message_row(
    message: Message,
    account_id: int,
    names: dict[int, str],
    *,
    others_read: int,
    may_change: bool,
) -> MessageRow:
    return MessageRow(
        public_id=message.public_id,
        number=message.number,
        change=message.change,
        kind=message.kind,
        text="" if message.deleted_at else message.text,
        author_name=names.get(message.author_id or 0, ""),
        detail=message.detail or {},
        is_own=message.author_id == account_id,
        client_key=message.client_key or "" if message.author_id == account_id else "",
        is_read=message.number <= others_read,
        sent_at=message.sent_at,
        is_edited=message.edited_at is not None,
        is_deleted=message.deleted_at is not None,
        may_change=may_change,
        on_behalf_of=(message.detail or {}).get("for", ""),
        answers=_answered(message.reply_to, names) if message.reply_to_id else None,
        file=file_row(message.attachment),
    )


def _answered(message: Message | None, names: dict[int, str]) -> Answered | None:
    if message is None:
        return None
    text = "" if message.deleted_at else message.text
    return Answered(
        message.public_id, message.number, names.get(message.author_id or 0, ""), text[:200]
    )
