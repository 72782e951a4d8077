"""The calendar of who acts for others: whose hours are in it, and by what name."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from clinicweb.booking.models import Appointment
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.feed.actions import open_feed
from clinicweb.feed.queries import list_feed_hours
from tests.booking.world import RULES as NO_FAMILIES
from tests.cast import ANAS_APPOINTMENT, CLARAS_APPOINTMENT
from tests.family.world import RULES, patient, rules_with


def give(name: str, public_id: str) -> None:
    """The appointment becomes another's."""
    with db.current().writing() as session:
        theirs = select(Patient.id).where(Patient.given_name == name).scalar_subquery()
        is_it = Appointment.public_id == public_id
        session.execute(update(Appointment).where(is_it).values(patient_id=theirs))


def told(viewer, rules) -> dict[str, str]:
    feed_id = open_feed(viewer)
    return {hour.public_id: hour.member_name for hour in list_feed_hours(feed_id, rules)}


def test_a_childs_hour_is_there_by_their_given_name(ana):
    give("Beto", CLARAS_APPOINTMENT)

    assert told(ana, RULES) == {ANAS_APPOINTMENT: "", CLARAS_APPOINTMENT: "Beto"}
    nameless = rules_with(names_in_calendars=False)
    assert told(ana, nameless) == {ANAS_APPOINTMENT: "", CLARAS_APPOINTMENT: ""}
    assert told(ana, NO_FAMILIES) == {ANAS_APPOINTMENT: ""}


@pytest.mark.parametrize("name", ["Gloria", "Hugo"])
def test_whom_ana_may_not_act_for_is_not_in_her_calendar(ana, name: str):
    give(name, CLARAS_APPOINTMENT)

    assert told(ana, RULES) == {ANAS_APPOINTMENT: ""}


def test_who_comes_of_age_leaves_the_address_that_is_known_already(ana):
    give("Beto", CLARAS_APPOINTMENT)
    feed_id = open_feed(ana)
    before = len(list_feed_hours(feed_id, RULES))
    born = clock.now().date() - timedelta(days=19 * 366)
    with db.current().writing() as session:
        session.execute(
            update(Patient).where(Patient.id == patient("Beto").id).values(birth_date=born)
        )

    assert (before, len(list_feed_hours(feed_id, RULES))) == (2, 1)
