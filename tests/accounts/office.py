"""The portal of a preset, its worker at a call, and the mails that people get."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from clinicweb import jobs, worker
from clinicweb.accounts.models import Account, AccountIdentifier, RegistrationRequest
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.models import Patient
from clinicweb.core import db
from clinicweb.notifications.sender import send_due
from tests.browser_form import Form
from tests.checked_client import CheckedClient
from tests.notifications.texts import RecordingTexts

BASE_URL = "https://portal.clinica.example"
GATEWAY = "https://sms.clinica.example/"
PASSWORD = "Una clave 9 larga"
# Rita is known to the clinic; Beto is her son, on her card. Nina is not known.
RITA = "rita@correo.example"
NINA = "nina@correo.example"
RECORDS = (
    {
        "mrn": "2001", "given_name": "Rita", "family_name": "Mora", "email": RITA,
        "phone": "+573001234567", "document_type": "cedula", "document_number": "1020304050",
        "affiliation_number": "AF100", "card_serial": "S77",
    },
    {
        "mrn": "2002", "given_name": "Beto", "family_name": "Mora", "email": RITA,
        "document_type": "cedula", "document_number": "1020304051",
        "affiliation_number": "AF101", "card_serial": "S77",
    },
)  # fmt: skip
WORDS_OF_TERMS = "Leí y acepto los términos y condiciones"
NEW_PASSWORD = {"Contraseña": PASSWORD, "Repita la contraseña": PASSWORD, WORDS_OF_TERMS: True}

# What each manual asks for, by its own words; of Rita.
RITAS_ANSWERS: dict[str, dict[str, object]] = {
    "teleconsulta": {
        "RUT": "5.126.663-3", "Nombre y apellido": "Rita Mora", "Correo electrónico": RITA,
        "Teléfono": "+56 9 1234 5678", **NEW_PASSWORD,
    },
    "oficina-virtual": {
        "Nombre y apellido": "Rita Mora", "Fecha de nacimiento": "1980-01-31",
        "Correo electrónico": RITA, "Teléfono": "300 123 4567", **NEW_PASSWORD,
    },
    "afiliados": {
        "Número de afiliación": "af-100", "Número de serie de la credencial": "s77",
        "Número telefónico": "664 123 4567", "Correo electrónico personal": RITA,
        WORDS_OF_TERMS: True,
    },
    "historia-clinica": {
        "Email": RITA, "Usuario": "rita", "Clave": PASSWORD, "Repetir clave": PASSWORD,
        "Nombre": "Rita Mora", WORDS_OF_TERMS: True,
    },
}  # fmt: skip
LINKS = {
    "teleconsulta": ("Crear cuenta", "Registro"),
    "oficina-virtual": ("Registrarme", "Registrar"),
    "afiliados": ("Registrarse", "Registrarse"),
    "historia-clinica": ("Crear un nuevo usuario", "Aceptar"),
}
RITAS_DOCUMENT = "1.020.304.050"


def fill_records(session: Session) -> None:
    """Write Rita and her son into the clinic's records."""
    rita, beto = (Patient(**values) for values in RECORDS)
    session.add(rita)
    session.flush()
    beto.family_head_id = rita.id
    session.add(beto)


def give_rita(**values: object) -> None:
    """Rita's record says something else."""
    with db.current().writing() as session:
        rita = session.scalars(select(Patient).where(Patient.mrn == "2001")).one()
        for name, value in values.items():
            setattr(rita, name, value)


@dataclass
class Office:
    """
    One clinic's portal.  *mails* and *texts* are in the order in which they went out.

    *channel*: where a code is asked to go, where that is asked.
    """

    app: Flask
    preset: str
    mails: list[EmailMessage] = field(default_factory=list)
    channel: str = "email"
    texts: RecordingTexts = field(default_factory=RecordingTexts)

    def visitor(self) -> CheckedClient:
        return CheckedClient(self.app, use_cookies=True)

    def deliver(self, mail: EmailMessage) -> None:
        self.mails.append(mail)

    def work(self) -> None:
        """One round of the worker: requests are answered, mails go out."""
        settings = self.app.extensions["clinicweb.settings"]
        here = settings.model_copy(update={"sms_gateway_url": ""})
        courier = worker.courier_for(
            here, "Clínica", BASE_URL, also=[self], also_texts=[self.texts]
        )
        assert courier
        with self.app.app_context():
            jobs._answer(current_rules(self.app))
            send_due(courier)

    def begin(self, visitor: CheckedClient) -> CheckedClient:
        """To the page that asks for the person's data, by the words of the manual."""
        visitor.get("/ingresar")
        visitor.click(LINKS[self.preset][0])
        visitor.follow()
        if self.preset == "oficina-virtual":  # S1-3
            form = write(visitor.form("Validar"), {"Número de documento": RITAS_DOCUMENT})
            assert form.submit("Validar").status_code == 303
            visitor.follow()
        return visitor

    def fill(self, visitor: CheckedClient, **changes: object) -> Form:
        """The form, filled with Rita's answers and *changes* (by name of the field)."""
        form = write(visitor.form(LINKS[self.preset][1]), RITAS_ANSWERS[self.preset])
        return form.fill(changes)

    def register(self, visitor: CheckedClient, **changes: object) -> TestResponse:
        """All of it, until the page after «Registrar»."""
        self.begin(visitor)
        answer = self.fill(visitor, **changes).submit(LINKS[self.preset][1])
        assert answer.status_code == 303, visitor.text()
        answer = visitor.follow()
        if answer.status_code == 303:
            answer = visitor.follow()
        if self.preset == "oficina-virtual":  # S1-6
            visitor.form("Enviar").fill(channel=self.channel).submit("Enviar")
            answer = visitor.follow()
        return answer


def write(form: Form, answers: Mapping[str, object]) -> Form:
    """Fill *form* by the words beside its fields."""
    for words, value in answers.items():
        names = {c.get("name", "") for c in form._controls() if form._label(c) == words}
        assert len(names) == 1, f"{len(names)} fields are called {words!r}"
        form.fill({names.pop(): value})
    return form


def labels(form: Form) -> list[str]:
    """The words beside the fields that people see, in their order."""
    shown = [c for c in form._controls() if c.get("type") != "hidden"]
    return [form._label(control) for control in shown]


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def link_in(mail: EmailMessage) -> str:
    """The path of the link that activates."""
    found = re.search(r"\S+/cuenta/activar/\S+", body(mail))
    assert found, body(mail)
    return urlsplit(found[0]).path


def code_in(mail: EmailMessage) -> str:
    found = re.search(r"código es: (\d{6})\b", body(mail))
    assert found, body(mail)
    return found[1]


def rows(model: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def account_of(kind: str, value: str) -> Account | None:
    query: Select[tuple[Account]] = (
        select(Account)
        .join(AccountIdentifier)
        .where(AccountIdentifier.kind == kind, AccountIdentifier.value == value)
    )
    with db.reading() as session:
        return session.scalar(query)


def requests() -> list[RegistrationRequest]:
    with db.reading() as session:
        query = select(RegistrationRequest).order_by(RegistrationRequest.created_at)
        return list(session.scalars(query))
