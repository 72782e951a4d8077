"""Whether files can be sent, and how many at once.  Pure: no I/O, no clock."""

from clinicweb.chat import policy
from clinicweb.clinic.chat_rules import Chat
from clinicweb.core.decision import ALLOWED, Decision, refuse

NO_FILES = "chat.no_files"
TOO_MANY_AT_ONCE = "upload.too_many"

MOST_AT_ONCE = 5


def may_send(rules: Chat, conversation: policy.ConversationFacts) -> Decision:
    """A file is a message: who may not write sends none."""
    if rules.is_on and not rules.file_kinds:
        return refuse(NO_FILES)
    return policy.may_post(rules, conversation)


def may_begin(on_their_way: int) -> Decision:
    """*on_their_way*: how many others of the same account have begun and not come to an end."""
    return ALLOWED if on_their_way < MOST_AT_ONCE else refuse(TOO_MANY_AT_ONCE)
