"""«Mis datos» as people use it: what they want changed, and the mails about it."""

import re
from urllib.parse import urlsplit

from sqlalchemy import func, select

from clinicweb.audit.models import AuditEvent
from clinicweb.core import db
from tests.accounts.helped import mails, text_of

EMAIL_PAGE, PHONE_PAGE = "/mis-datos/correo", "/mis-datos/telefono"

EMAIL_PAGE, PHONE_PAGE = "/mis-datos/correo", "/mis-datos/telefono"
CLARAS = "clara@pacientes.example"
OLD, NEW = "ana@pacientes.example", "ana.nueva@correo-uno.cl"


def want(client, email=NEW):
    """Open the page, type, send."""
    client.get(EMAIL_PAGE)
    return client.form(EMAIL_PAGE).fill(email=email).submit()


def call(client, phone):
    client.get(PHONE_PAGE)
    return client.form(PHONE_PAGE).fill(phone=phone).submit()


def to(app, address):
    return [mail for mail in mails(app) if mail["To"] == address]


def link_in(mail):
    [address] = re.findall(r"^https?://\S+/correo/confirmar/\S+$", text_of(mail), re.MULTILINE)
    return urlsplit(address).path


def press(client, link):
    client.get(link)
    return client.form("Usar este correo").submit()


def shown(client):
    client.get("/mis-datos")
    return client.text()


def acts(action):
    query = select(func.count(AuditEvent.id)).where(AuditEvent.action == action)
    with db.reading() as session:
        return session.scalar(query)
