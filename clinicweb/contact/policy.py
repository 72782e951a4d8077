"""What may be done with a message to the clinic?  Pure: no I/O, no clock."""

from clinicweb.core.decision import ALLOWED, Decision, refuse

CLOSED = "contact.closed"
# Somebody else answered while this answer was being written: read that one first.
ANSWERED = "contact.answered"
FORM_USED = "contact.form_used"

# The type of reports of calls, in a clinic that names no mailbox of its own for it.
SUPPORT = "soporte"


def may_answer(*, is_closed: bool) -> Decision:
    return refuse(CLOSED) if is_closed else ALLOWED


def is_overtaken(*, answers: int, seen: int) -> bool:
    """Whether there are more answers than whoever writes one has seen."""
    return answers > seen
