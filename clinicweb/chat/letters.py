"""By which way somebody is told of messages that wait: mail, a text message, or both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.accounts.people import contact_of
from clinicweb.chat.models import Conversation, ConversationMember
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import phones
from clinicweb.core.limits import may_attempt
from clinicweb.notifications.actions import EMAIL, PUSH, SMS, NewMessage, enqueue
from clinicweb.notifications.models import PushDevice
from clinicweb.notifications.queries import sends_texts

UNREAD = "unread_messages"
DAYS_NOTICES = "sms-unread-day"
_DAY = timedelta(days=1)
_MAIL, _TEXT = "mail", "text"


@dataclass(frozen=True, slots=True)
class _Notice:
    """One conversation's, for one of its members; never what it is about, nor with whom."""

    conversation: str
    language: str

    def to(
        self, recipient: str, channel: str, context: Mapping[str, Any], *, key: str
    ) -> NewMessage:
        return NewMessage(
            template=UNREAD,
            recipient=recipient,
            language=self.language,
            context={**context, "page": f"/conversaciones/{self.conversation}"},
            dedupe_key=f"unread/{self.conversation}/{key}",
            channel=channel,
            good_for=_DAY,
        )


def tell_unread(
    session: Session, rules: ClinicRules, conversation: Conversation, member: ConversationMember
) -> tuple[str, ...]:
    """
    As the clinic says; who cannot be texted is mailed.

    Returns: the ways, none for who has no address.
    """
    account = member.account
    if not account.is_active:
        return ()
    contact = contact_of(session, account)
    notice, told = _notice(rules, conversation, account), f"{account.id}/{member.told_number}"
    by, ways = rules.chat.notify, []
    if by != _MAIL and contact.phone and _may_text(session, rules, contact.phone):
        named = {"clinic_name": rules.sms_name}
        enqueue(session, notice.to(contact.phone, SMS, named, key=f"{told}/{SMS}"))
        ways.append(_TEXT)
    if contact.email and (by != _TEXT or not ways):
        heading = _heading(rules, account.name)
        enqueue(session, notice.to(contact.email, EMAIL, heading, key=f"{told}/{EMAIL}"))
        ways.append(_MAIL)
    return tuple(ways)


def push_unread(
    session: Session, rules: ClinicRules, conversation: Conversation, member: ConversationMember
) -> None:
    """To each browser that this person allowed to tell them."""
    account = member.account
    notice, named = _notice(rules, conversation, account), {"clinic_name": rules.identity.name}
    query = select(PushDevice.public_id).where(PushDevice.account_id == account.id)
    for device in session.scalars(query) if account.is_active else ():
        key = f"{device}/{member.pushed_number}"
        enqueue(session, notice.to(device, PUSH, named, key=key))


def _notice(rules: ClinicRules, conversation: Conversation, account: Account) -> _Notice:
    language = account.language or rules.identity.default_language
    return _Notice(conversation.public_id, language)


def _heading(rules: ClinicRules, name: str) -> dict[str, Any]:
    clinic = rules.identity
    return {
        "person_name": name,
        "clinic_name": clinic.name,
        "clinic_phone": clinic.phone or None,
    }


def _may_text(session: Session, rules: ClinicRules, phone: str) -> bool:
    """Counted apart from codes: they may cost, but keep nobody from coming in."""
    if not sends_texts() or not phones.can_be_texted(phone, rules.sms_countries):
        return False
    most = rules.chat.notify_texts_per_day
    return may_attempt(session, DAYS_NOTICES, limit=most, window=_DAY)
