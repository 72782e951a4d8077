"""People who cannot come in: what they ask for, the worker that answers, the mails they get."""

import re
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from clinicweb import worker
from clinicweb.accounts.models import Account, OneTimeLink
from clinicweb.accounts.recovery_actions import answer_requests
from clinicweb.audit.models import AuditEvent
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.models import Patient, Practitioner
from clinicweb.clinic.rules import PRESETS
from clinicweb.core import db
from clinicweb.notifications.models import OutboxMessage
from clinicweb.notifications.rendering import Letter, render
from tests.cast import ANA, Person
from tests.checked_client import CheckedClient

BASE_URL = "https://portal.alamos.cl"
NEW = "siete patos en fila"
USER_PAGE, PASSWORD_PAGE = "/recuperar/usuario", "/recuperar/clave"
CHANGE_PAGE = "/mi-perfil/clave"


def ask(client: CheckedClient, identifier: str, page: str = PASSWORD_PAGE) -> TestResponse:
    """Open the page for help, type, send."""
    client.get(page)
    return client.form(page).fill(identifier=identifier).submit()


def answer(app: Flask) -> int:
    """The worker's round."""
    return answer_requests(current_rules(app))


def mails(app: Flask) -> list[EmailMessage]:
    """All that was ever written down, as mails, the oldest first."""
    letterhead = worker._letterhead(app.extensions["clinicweb.settings"], "Clínica", BASE_URL)
    with db.reading() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        letters = [
            Letter(
                row.dedupe_key,
                row.created_at,
                row.recipient,
                row.language,
                row.template,
                row.context,
                row.calendar,
            )
            for row in rows
        ]
    with app.app_context():
        return [render(letter, letterhead) for letter in letters]


def recipients(app: Flask) -> list[str]:
    return [mail["To"] for mail in mails(app)]


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def link_in(mail: EmailMessage) -> str:
    """The whole address of the mail's link to a new password."""
    [address] = re.findall(r"^https?://\S+/clave/nueva/\S+$", text_of(mail), re.MULTILINE)
    return str(address)


def link_for(app: Flask, client: CheckedClient, identifier: str = "ana") -> str:
    """The path of the link that *identifier* is mailed."""
    ask(client, identifier)
    answer(app)
    return urlsplit(link_in(mails(app)[-1])).path


def choose(client: CheckedClient, link: str, password: str = NEW) -> TestResponse:
    """Open the link, type twice, send."""
    client.get(link)
    return client.form(link).fill(password=password, again=password).submit()


def change(
    client: CheckedClient, current: str, new: str = NEW, again: str | None = None
) -> TestResponse:
    """Open «Cambiar contraseña», type, send."""
    client.get(CHANGE_PAGE)
    form = client.form(CHANGE_PAGE)
    return form.fill(current=current, password=new, again=again or new).submit()


def give_address(person: Person, email: str | None) -> None:
    """What the clinic's record has as the person's e-mail."""
    with db.current().writing() as session:
        account = session.scalars(select(Account).where(Account.name == person.username.title()))
        found = account.one()
        table, key = (
            (Patient, found.patient_id)
            if found.patient_id
            else (Practitioner, found.practitioner_id)
        )
        session.execute(update(table).where(table.id == key).values(email=email))


def open_links(person: Person = ANA) -> int:
    """How many of the person's links were not used yet."""
    query = (
        select(OneTimeLink)
        .join(Account, OneTimeLink.account_id == Account.id)
        .where(Account.name == person.username.title(), OneTimeLink.used_at.is_(None))
    )
    with db.reading() as session:
        return len(session.scalars(query).all())


def changes() -> int:
    """How many passwords were changed since the beginning."""
    acts = select(func.count(AuditEvent.id)).where(AuditEvent.action == "password.change")
    with db.reading() as session:
        return session.scalar(acts) or 0


def clinic_file(folder: Path, *sections: str) -> str:
    """The preset with *sections* of TOML instead of its own."""
    preset = (PRESETS / "teleconsulta.toml").read_text("utf-8")
    for section in sections:
        own = re.escape(section.partition("\n")[0])
        preset = re.sub(rf"^{own}\n(?:(?!\[).*\n)*", "", preset, flags=re.MULTILINE)
    path = folder / "clinic.toml"
    path.write_text("\n".join((preset, *sections)), "utf-8")
    return str(path)
