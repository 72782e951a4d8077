"""Ana's family beside the cast's clinic: a son, a grown daughter, and one who has left."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinicweb.clinic.models import Patient
from clinicweb.clinic.rules import ClinicRules, load_rules
from clinicweb.core import clock, db
from clinicweb.core.viewer import Viewer

RULES = load_rules("afiliados")
PEOPLE = {
    # given name: (mrn, born so many days ago, affiliation ended so many days ago)
    "Gloria": ("1101", 19 * 366, None),
    "Hugo": ("1102", 9 * 365, 1),
}


def fill_family(session: Session) -> None:
    """Ana heads a family of four; Clara, of one."""
    ana = session.scalars(select(Patient).where(Patient.mrn == "1001")).one()
    beto = session.scalars(select(Patient).where(Patient.mrn == "1002")).one()
    beto.birth_date, beto.email = date(2017, 5, 5), None
    for name, (mrn, age_days, ended_days) in PEOPLE.items():
        today = clock.local_day(clock.now(), RULES.identity.timezone)
        member = Patient(
            mrn=mrn,
            given_name=name,
            family_name="Núñez",
            birth_date=today - timedelta(days=age_days),
            relationship_code="child",
            family_head_id=ana.id,
            affiliation_ends_on=today - timedelta(days=ended_days) if ended_days else None,
        )
        session.add(member)


def patient(name: str) -> Patient:
    """A copy of the record of somebody of the cast, to look at."""
    with db.reading() as session:
        found = session.scalars(select(Patient).where(Patient.given_name == name)).one()
        session.expunge(found)
        return found


def acting(viewer: Viewer, name: str) -> Viewer:
    """*viewer* as if they might act for *name*, whether they may or not."""
    return replace(viewer, patient_id=patient(name).id, holder_id=viewer.patient_id)


def rules_with(**family: object) -> ClinicRules:
    return RULES.model_copy(update={"family": RULES.family.model_copy(update=family)})
