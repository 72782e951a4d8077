"""Conversations of the demo's people, told as if they had been held in the last days."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from clinicweb.accounts.models import Account
from clinicweb.chat.actions import (
    EndConsultation,
    OpenConversation,
    PostMessage,
    end_consultation,
    open_conversation,
    post_message,
)
from clinicweb.chat.marks import mark_read
from clinicweb.chat.models import Conversation
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Said:
    """*who*: of ``CAST``."""

    hours_ago: float
    who: str
    text: str


FOLLOW_UP = (
    Said(26.0, "ana", "Buenos días. Empecé el tratamiento el lunes y ya casi no me duele."),
    Said(25.5, "diaz", "Qué buena noticia. ¿Duerme bien?"),
    Said(25.4, "ana", "Sí, toda la noche.\n¿Sigo con la misma dosis?"),
    Said(25.0, "diaz", "Siga igual hasta terminar la caja y me escribe."),
    Said(0.7, "diaz", "Ana, llegaron sus exámenes: están bien. Los comentamos cuando quiera."),
)
COLLEAGUES = (
    Said(5.0, "diaz", "¿Puedes ver a un paciente mío el jueves? Tiene seis años."),
    Said(4.8, "soto", "Claro, que pida hora conmigo."),
)
ENDED = (
    Said(75.0, "ana", "Doctora, Beto ya no tiene fiebre. ¿Puede volver al colegio?"),
    Said(74.5, "soto", "Sí, desde mañana. Si vuelve la fiebre, me escribe."),
)
CAST = {"P-0001": "ana", "DIAZ": "diaz", "SOTO": "soto"}
OUTCOME = "Alta. Vuelve al colegio mañana; control sólo si reaparece la fiebre."


def write_conversations(rules: ClinicRules) -> None:
    """Nothing where the clinic has no conversations, or they are there already."""
    people = _people() if rules.chat.is_on and _is_none_there() else {}
    if not {"ana", "diaz", "soto"} <= people.keys():
        return
    # The demo tells of conversations also where one would need an hour to begin.
    always = rules.model_copy(update={"chat": rules.chat.model_copy(update={"opens": "always"})})
    ended = _hold(always, people, "ana", people["soto"], ENDED)
    with clock.frozen(clock.now() - timedelta(hours=74)):
        end_consultation(rules, EndConsultation(people["soto"], ended, OUTCOME))
    mark_read(people["ana"], rules, ended, 99)
    _hold(always, people, "diaz", people["soto"], COLLEAGUES)
    follow_up = _hold(always, people, "ana", people["diaz"], FOLLOW_UP)
    mark_read(people["ana"], rules, follow_up, len(FOLLOW_UP) - 1)


def _hold(
    rules: ClinicRules,
    people: dict[str, Viewer],
    who: str,
    clinician: Viewer,
    said: tuple[Said, ...],
) -> str:
    began_at = clock.now() - timedelta(hours=said[0].hours_ago)
    with clock.frozen(began_at):
        wanted = OpenConversation(people[who], clinicians=(_code(clinician),))
        conversation_id = open_conversation(rules, wanted)
    for line in said:
        with clock.frozen(clock.now() - timedelta(hours=line.hours_ago)):
            author = people[line.who]
            mark_read(author, rules, conversation_id, 99)
            message = PostMessage(author, conversation_id, new_public_id(), line.text)
            post_message(rules, message)
    return conversation_id


def _code(clinician: Viewer) -> str:
    with db.reading() as session:
        return session.get_one(Practitioner, clinician.practitioner_id).code


def _is_none_there() -> bool:
    with db.reading() as session:
        return session.scalar(select(Conversation.id).limit(1)) is None


def _people() -> dict[str, Viewer]:
    """Those of the cast who have an account."""
    query = (
        select(Account, Patient.mrn, Practitioner.code)
        .outerjoin(Patient, Account.patient_id == Patient.id)
        .outerjoin(Practitioner, Account.practitioner_id == Practitioner.id)
        .where(Patient.mrn.in_(CAST) | Practitioner.code.in_(CAST))
    )
    with db.reading() as session:
        return {
            CAST[mrn or code]: _viewer(account) for account, mrn, code in session.execute(query)
        }


def _viewer(account: Account) -> Viewer:
    return Viewer(
        account_id=account.id,
        session_id=0,
        name=account.name,
        roles=frozenset(account.roles.split()),
        patient_id=account.patient_id,
        practitioner_id=account.practitioner_id,
    )
