"""From an empty folder to a clinic that can be signed in to; what is there already is kept."""

import shutil
from pathlib import Path

from sqlalchemy import select

from clinicweb.accounts.actions import CreateAccount, create_account
from clinicweb.accounts.invitation_actions import Invite, invite
from clinicweb.accounts.models import USERNAME
from clinicweb.accounts.queries import find_credentials
from clinicweb.booking.publish_actions import publish_hours
from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules
from clinicweb.config import Settings
from clinicweb.core import clock, db, migrate
from clinicweb.core.viewer import SystemActor
from clinicweb.demo.attention_data import write_attention
from clinicweb.demo.clinic_data import write_clinic
from clinicweb.demo.conversations_data import write_conversations
from clinicweb.demo.mailbox import MailboxDelivery
from clinicweb.demo.people import DEMO_INVITATIONS, DEMO_PEOPLE, DemoInvitation, DemoPerson
from clinicweb.demo.visitors import Visitors, find_visitors, has_account
from clinicweb.imports.actions import ImportFiles, import_records
from clinicweb.imports.columns import Defaults
from clinicweb.imports.reading import read_files

DEMO = SystemActor("demo")
MAILBOX = "mailbox"
TABLES = "clinic"


def forget(folder: Path) -> None:
    """Remove what a demo keeps in *folder*, and nothing else that may be there."""
    for name in (MAILBOX, TABLES, "sealed"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in (*folder.glob("clinicweb.db*"), folder / "secret_key", folder / "seal.p12"):
        path.unlink(missing_ok=True)


def prepare(settings: Settings, rules: ClinicRules) -> Visitors:
    """
    Make the database, the clinic in it, its hours from today on, and its people's accounts.

    Returns: as whom it can be tried.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    MailboxDelivery(settings.data_dir / MAILBOX)
    migrate.upgrade(settings.database)
    database = db.Database(settings.database)
    db.configure(database)
    if _is_empty():
        _import_clinic(settings.data_dir / TABLES, rules)
    # Imported hours reach as far as the horizon did on the day of the import.
    publish_hours(DEMO, horizon_days=rules.booking.horizon_days)
    for person in DEMO_PEOPLE:
        if not find_credentials([(USERNAME, person.username)]).account_id:
            _create_account(rules, person)
    if not rules.registration.is_open:
        for invitation in DEMO_INVITATIONS:
            _invite(rules, invitation)
    write_conversations(rules)
    write_attention(rules, DEMO)
    visitors = find_visitors(rules)
    # The server forks: no connection of this process may be open in another.
    database.dispose()
    return visitors


def _is_empty() -> bool:
    with db.reading() as session:
        return session.scalar(select(Patient.id).limit(1)) is None


def _import_clinic(folder: Path, rules: ClinicRules) -> None:
    zone, region = rules.identity.timezone, rules.identity.country
    files = write_clinic(folder, rules, today=clock.local_day(clock.now(), zone))
    reading = read_files(files, Defaults(timezone=zone, region=region))
    import_records(ImportFiles(DEMO, reading, zone, rules.booking.horizon_days))


def _create_account(rules: ClinicRules, person: DemoPerson) -> None:
    command = CreateAccount(
        password=person.password,
        mrn=person.mrn,
        practitioner=person.practitioner,
        roles=(person.role,) if person.role else (),
        name=person.name,
        username=person.username,
        email=person.email,
        kinds=rules.sign_in.names,
    )
    create_account(DEMO, command)


def _invite(rules: ClinicRules, invitation: DemoInvitation) -> None:
    """Once: who has come, or has a link that waits, is left alone."""
    whom = CreateAccount(
        password="",
        mrn=invitation.mrn,
        practitioner=invitation.practitioner,
        email=invitation.email,
    )
    if not has_account(invitation):
        invite(DEMO, rules, Invite(whom, rules.identity.default_language))
