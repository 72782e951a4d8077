"""What was written to the clinic, for those who walk every route."""

from sqlalchemy.orm import Session

from clinicweb.accounts.models import Account
from clinicweb.contact.models import ContactMessage
from clinicweb.core import clock
from clinicweb.core.ids import new_public_id, new_reference


def hers_to_the_clinic(session: Session, account: Account) -> dict[str, str]:
    """A message of hers, and one of somebody who was not signed in."""
    hers = _message("Canaria-Núñez")
    hers.account_id, hers.patient_id = account.id, account.patient_id
    strangers = _message("Rita Mora")
    session.add_all([hers, strangers])
    return {"contact_id": hers.public_id, "sent_id": strangers.public_id}


def _message(name: str) -> ContactMessage:
    return ContactMessage(
        public_id=new_public_id(),
        reference=new_reference(),
        client_key=new_public_id(),
        kind="consulta",
        name=name,
        email="canaria@pacientes.example",
        language="es",
        body=f"Escribe {name}.",
        search_key="",
        written_at=clock.now(),
    )
