"""What the web may take of a doctor's day, counted where nobody can go over it (S3-83, S3-84)."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select

from clinicweb.booking import policy
from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.booking.models import Agenda, Slot, WebQuota
from clinicweb.booking.publish_actions import publish_hours
from clinicweb.booking.publishing import AgendaRule, plan_quotas
from clinicweb.core import clock, db
from clinicweb.core.errors import Conflict
from clinicweb.core.viewer import SYSTEM, Viewer
from tests import cast
from tests.booking import world
from tests.booking.crowd import wrongs
from tests.booking.world import RULES, free_slots, prepare

MONDAY = date(2026, 3, 2)


def a_rule(quota: int | None, *, at: int = 9, hours: int = 2, **changes: object) -> AgendaRule:
    values = {
        "practitioner_id": 1, "service_id": 1, "site_id": 1, "modality": "virtual", "weekday": 1,
        "from_time": time(at), "to_time": time(at + hours), "slot_minutes": 30,
        "valid_from": MONDAY, "valid_to": None, "zone": "America/Santiago", "web_quota": quota,
    }  # fmt: skip
    return AgendaRule(**{**values, **changes})  # type: ignore[arg-type]


def totals(*rules: AgendaRule) -> list[int]:
    planned = plan_quotas(rules, first=MONDAY, last=MONDAY + timedelta(days=6))
    return sorted(planned.values())


def test_quotas_of_one_day_add_up_and_an_agenda_without_one_counts_whole():
    assert totals(a_rule(3)) == [3]
    assert totals(a_rule(3), a_rule(2, at=15)) == [5]
    assert totals(a_rule(3), a_rule(None, at=15)) == [7]
    assert totals(a_rule(None), a_rule(None, at=15)) == []
    assert totals(a_rule(3), a_rule(2, site_id=2), a_rule(0, service_id=2)) == [0, 2, 3]
    assert totals(a_rule(3, valid_from=MONDAY + timedelta(days=1))) == []


@pytest.fixture
def quota(clinic: db.Database) -> WebQuota:
    """The web may take one of the hours of Dr. Díaz's first day."""
    return add_quota(1)


def add_quota(total: int) -> WebQuota:
    slot = world.slot(free_slots()[0])
    with db.current().writing() as session:
        row = WebQuota(
            practitioner_id=slot.practitioner_id, service_id=slot.service_id,
            site_id=slot.site_id, modality=slot.modality, day=slot.day, total=total, taken=0,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.expunge(row)
        return row


def taken() -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(WebQuota.taken)))


def test_beyond_the_quota_nothing_is_booked_though_hours_are_free(
    quota: WebQuota, ana: Viewer, clara: Viewer
):
    first, second, *_rest = free_slots()
    prepare(ana, first).book()

    with pytest.raises(Conflict) as refused:
        prepare(clara, second).book()

    assert refused.value.code == policy.WEB_QUOTA_TAKEN
    assert world.slot(second).status == "free"
    assert taken() == [1]
    assert wrongs() == []


def test_other_days_and_doctors_are_not_counted(quota: WebQuota, ana: Viewer, clara: Viewer):
    prepare(ana, free_slots()[0]).book()

    prepare(clara, free_slots()[4]).book()
    prepare(clara, free_slots("soto")[0]).book()

    assert taken() == [1]
    assert wrongs() == []


def test_what_is_given_back_can_be_had_again(quota: WebQuota, ana: Viewer, clara: Viewer):
    first, second, *_rest = free_slots()
    hers = prepare(ana, first).book()
    release_appointment(RULES, ReleaseAppointment(ana, hers))
    release_appointment(RULES, ReleaseAppointment(ana, hers))
    assert taken() == [0]

    prepare(clara, second).book()

    assert taken() == [1]
    assert wrongs() == []


def test_publishing_writes_the_quota_and_counts_what_the_web_has_taken(clinic: db.Database):
    slot = world.slot(free_slots()[0])
    today = clock.now().astimezone(ZoneInfo(cast.ZONE)).date()
    tomorrow = today + timedelta(days=1)  # of today some hours may be past
    with db.bookkeeping() as session:
        for weekday in range(1, 8):
            agenda = Agenda(
                practitioner_id=slot.practitioner_id, service_id=slot.service_id,
                site_id=slot.site_id, modality="virtual", weekday=weekday, from_time=time(20),
                to_time=time(22), slot_minutes=30, valid_from=tomorrow, web_quota=2,
            )  # fmt: skip
            session.add(agenda)
    publish_hours(SYSTEM, horizon_days=3)
    with db.reading() as session:
        query = select(Slot.id).where(Slot.source == "agenda", Slot.status == "free")
        published = list(session.scalars(query.order_by(Slot.starts_at)))
        rows = session.execute(select(WebQuota.total, WebQuota.taken)).all()
    assert {tuple(row) for row in rows} == {(2, 0)}

    prepare(world.viewer_of("Ana"), published[1]).book()
    publish_hours(SYSTEM, horizon_days=3)
    assert sum(taken()) == 1

    with db.bookkeeping() as session:
        session.execute(delete(Agenda))
    publish_hours(SYSTEM, horizon_days=3)
    assert taken() == []
    assert wrongs() == []
