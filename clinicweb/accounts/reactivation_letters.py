"""The mails about an account that gets another e-mail: to the new address, and to the old."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from clinicweb.accounts import one_time
from clinicweb.accounts.letters import of_clinic, send
from clinicweb.accounts.people import Person
from clinicweb.accounts.queries import masked
from clinicweb.accounts.reactivation_models import Reactivation, ReactivationRequest
from clinicweb.clinic.rules import ClinicRules

LINK = "reactivation_link"
NOTICE = "reactivation_notice"
REFUSED = "reactivation_refused"

REACTIVATE_PATH = "/cuenta/reactivar/"
STOP_PATH = "/cuenta/no-fui-yo/"


def tell_link(
    session: Session, rules: ClinicRules, request: ReactivationRequest, change: Reactivation
) -> None:
    """To the new address; nothing changes until its button is pressed."""
    context = {
        **of_clinic(rules),
        "minutes": rules.recovery.link_minutes,
        "link": {"purpose": one_time.REACTIVATE, "id": change.link_id, "path": REACTIVATE_PATH},
    }
    send(session, LINK, change.email, request.language, context)


def tell_refused(
    session: Session, rules: ClinicRules, request: ReactivationRequest, outcome: str
) -> None:
    """To the address that was typed: only its owner learns that there is no such card."""
    context = {**of_clinic(rules), "outcome": outcome}
    send(session, REFUSED, request.email, request.language, context)


def tell_owners(
    session: Session,
    rules: ClinicRules,
    change: Reactivation,
    owners: Sequence[Person],
    lang: str,
) -> None:
    """S3-61: to the address that the account had, with the way to stop or undo it."""
    stop = {"purpose": one_time.STOP_REACTIVATION, "id": change.stop_link_id, "path": STOP_PATH}
    for person in owners:
        context = {
            **of_clinic(rules),
            "person_name": person.name,
            "new_email": masked(change.email),
            "is_made": change.made_at is not None,
            "days": rules.recovery.reactivation_undo_days,
            "link": stop,
        }
        send(session, NOTICE, person.email, person.language or lang, context)
