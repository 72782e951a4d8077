"""Publishing on a real database: again and again, and a booked hour is never touched."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, select

from clinicweb.booking.actions import ReleaseAppointment, release_appointment
from clinicweb.booking.models import BLOCKED, BOOKED, FREE, WITHDRAWN, Agenda, Closure, Slot
from clinicweb.booking.publish_actions import FROM_AGENDA, Published, publish_hours
from clinicweb.booking.waiting_models import FreedHour
from clinicweb.clinic.models import Practitioner, Service, Site
from clinicweb.core import clock, db
from clinicweb.core.viewer import SYSTEM, Viewer
from tests.booking import world
from tests.booking.waiting import freed_hours, wait_for
from tests.booking.world import RULES, free_slots, prepare

SATURDAY = datetime(2030, 3, 2, 15, tzinfo=UTC)  # noon in Santiago; Monday is the 4th
MONDAY = date(2030, 3, 4)
DAYS = 9  # two Mondays


@pytest.fixture
def noon(ana: Viewer):
    """The clock stands still, years after the hours that the cast has."""
    with clock.frozen(SATURDAY):
        yield ana


def publish(days: int = DAYS) -> Published:
    return publish_hours(SYSTEM, horizon_days=days)


def counts(published: Published) -> dict[str, int]:
    return {name: number for name, number in published.counts.items() if number}


def add_agenda(service: str = "mg", **changes: object) -> int:
    """Dra. Soto on Mondays from 9 to 11, half an hour each."""
    with db.bookkeeping() as session:
        agenda = Agenda(
            practitioner_id=session.scalars(select(Practitioner.id).filter_by(code="soto")).one(),
            service_id=session.scalars(select(Service.id).filter_by(code=service)).one(),
            site_id=session.scalars(select(Site.id)).one(),
            **{
                "modality": "virtual",
                "weekday": 1,
                "from_time": time(9),
                "to_time": time(11),
                "slot_minutes": 30,
                "valid_from": date(2024, 1, 1),
                "valid_to": None,
                "web_quota": None,
                **changes,
            },
        )
        session.add(agenda)
        session.flush()
        return agenda.id


def close(starts_at: datetime, ends_at: datetime) -> None:
    with db.bookkeeping() as session:
        site_id = session.scalars(select(Site.id)).one()
        session.add(Closure(site_id=site_id, starts_at=starts_at, ends_at=ends_at))


def slots(day: date = MONDAY) -> list[Slot]:
    with db.reading() as session:
        query = select(Slot).where(Slot.source == FROM_AGENDA, Slot.day == day)
        return list(session.scalars(query.order_by(Slot.starts_at, Slot.id)))


def statuses(day: date = MONDAY) -> list[str]:
    return [slot.status for slot in slots(day)]


def test_an_agendas_hours_appear_once_however_often_they_are_published(noon: Viewer):
    add_agenda()

    first, again = publish(), publish()

    assert counts(first) == {"created": 8}
    assert counts(again) == {}
    hours = slots()
    assert [f"{clock.local(slot.starts_at, 'America/Santiago'):%H:%M}" for slot in hours] == [
        "09:00", "09:30", "10:00", "10:30",
    ]  # fmt: skip
    assert {slot.ends_at - slot.starts_at for slot in hours} == {timedelta(minutes=30)}


def test_nothing_is_published_in_the_past_nor_beyond_the_horizon(noon: Viewer):
    add_agenda()

    with clock.frozen(datetime(2030, 3, 4, 12, 30, tzinfo=UTC)):  # 9:30 on Monday itself
        assert counts(publish(7)) == {"created": 2 + 2}


def test_what_the_horizon_reaches_later_is_added(noon: Viewer):
    add_agenda()
    publish()

    with clock.frozen(SATURDAY + timedelta(days=7)):
        assert counts(publish()) == {"created": 4}


def test_an_agenda_that_ends_takes_its_free_hours_along_and_brings_them_back(noon: Viewer):
    agenda_id = add_agenda()
    publish()
    world.change(Agenda, Agenda.id == agenda_id, valid_to=MONDAY)

    assert counts(publish()) == {"withdrawn": 4}
    assert statuses(MONDAY + timedelta(days=7)) == [WITHDRAWN] * 4
    world.change(Agenda, Agenda.id == agenda_id, valid_to=None)
    assert counts(publish()) == {"restored": 4}
    assert set(statuses(MONDAY + timedelta(days=7))) == {FREE}


def test_a_closure_takes_hours_away_and_its_end_brings_them_back(noon: Viewer):
    add_agenda()
    publish()
    ten = slots()[2].starts_at
    close(ten, ten + timedelta(minutes=1))

    assert counts(publish()) == {"withdrawn": 1}
    assert statuses() == [FREE, FREE, WITHDRAWN, FREE]
    with db.bookkeeping() as session:
        session.execute(delete(Closure))
    assert counts(publish()) == {"restored": 1}


def test_a_booked_hour_stays_as_it_is(noon: Viewer):
    add_agenda()
    publish()
    booked = slots()[0]
    prepare(noon, booked.id).book()

    assert counts(publish()) == {}
    assert statuses() == [BOOKED, FREE, FREE, FREE]


def test_another_length_makes_other_hours_around_those_that_are_booked(noon: Viewer):
    agenda_id = add_agenda()
    publish()
    half_past = slots()[1]
    public_id = prepare(noon, half_past.id).book()
    world.change(Agenda, Agenda.id == agenda_id, slot_minutes=20)

    published = publish()

    # 9:00 9:20 9:40 10:00 10:20 10:40; and 9:30 and 10:30 of before
    kept = world.slot(half_past.id)
    assert kept.ends_at - kept.starts_at == timedelta(minutes=30)
    assert statuses() == [FREE, BLOCKED, WITHDRAWN, BLOCKED, FREE, FREE, WITHDRAWN, FREE]
    assert published.stranded == [public_id]
    assert world.appointment(public_id).status == "booked"


def test_the_appointments_whose_hour_goes_are_told_once_and_live_on(noon: Viewer):
    agenda_id = add_agenda()
    publish()
    booked = slots()[0].id
    public_id = prepare(noon, booked).book()
    with db.bookkeeping() as session:
        session.execute(delete(Agenda).where(Agenda.id == agenda_id))

    first, again = publish(), publish()

    assert (first.stranded, again.stranded) == ([public_id], [])
    assert world.live_appointments(booked) == [public_id]
    release_appointment(RULES, ReleaseAppointment(noon, public_id))
    assert world.slot(booked).status == WITHDRAWN


def test_a_stranded_appointment_has_its_hour_again_when_the_agenda_returns(noon: Viewer):
    agenda_id = add_agenda()
    publish()
    booked = slots()[0].id
    prepare(noon, booked).book()
    world.change(Agenda, Agenda.id == agenda_id, valid_to=date(2024, 1, 2))
    publish()
    world.change(Agenda, Agenda.id == agenda_id, valid_to=None)

    publish()

    assert statuses() == [BOOKED, FREE, FREE, FREE]


def test_hours_of_two_agendas_that_overlap_block_each_other_only_while_one_is_booked(noon: Viewer):
    add_agenda()
    add_agenda("car", from_time=time(9, 15), to_time=time(10, 15))
    publish()
    nine = slots()[0]
    public_id = prepare(noon, nine.id).book()

    assert statuses() == [BOOKED, BLOCKED, FREE, FREE, FREE, FREE]
    assert counts(publish()) == {}
    release_appointment(RULES, ReleaseAppointment(noon, public_id))
    assert statuses() == [FREE] * 6


def test_new_hours_over_an_appointment_are_blocked_from_the_start(noon: Viewer):
    add_agenda()
    publish()
    public_id = prepare(noon, slots()[0].id).book()
    add_agenda("car", from_time=time(9, 15), to_time=time(10, 15))

    publish()

    assert statuses() == [BOOKED, BLOCKED, FREE, FREE, FREE, FREE]
    release_appointment(RULES, ReleaseAppointment(noon, public_id))
    assert statuses() == [FREE] * 6


def test_imported_hours_are_not_publishings_to_take(noon: Viewer):
    imported = world.add_slot(world.free_slots()[0], starts_at=SATURDAY + timedelta(days=1))

    assert counts(publish()) == {}
    assert world.slot(imported).status == FREE


def test_ten_o_clock_stays_ten_o_clock_when_the_clocks_change(noon: Viewer):
    add_agenda()
    with clock.frozen(datetime(2030, 3, 30, 15, tzinfo=UTC)):
        publish(9)

    before, after = slots(date(2030, 4, 1))[2], slots(date(2030, 4, 8))[2]
    assert (before.starts_at.hour, after.starts_at.hour) == (13, 14)


def test_two_publishers_at_once_make_each_hour_once(noon: Viewer):
    add_agenda()
    start = Barrier(2)

    def run(_number: int) -> dict[str, int]:
        start.wait()
        with clock.frozen(SATURDAY):
            return counts(publish(60))

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(run, range(2)))

    assert sorted(results, key=len) == [{}, {"created": 36}]
    with db.reading() as session:
        keys = session.execute(
            select(Slot.practitioner_id, Slot.starts_at).where(Slot.source == FROM_AGENDA)
        ).all()
    assert len(keys) == len(set(keys)) == 36


def test_booking_while_publishing_leaves_no_hour_on_offer_that_cannot_be_had(noon: Viewer):
    """Whoever is first: what the booked hour overlaps is blocked in the end."""
    add_agenda()
    publish()
    for number, hour in enumerate(slots()):
        begins, ends = (time(9 + number // 2, 30 * (number % 2) + tens) for tens in (10, 20))
        draft = prepare(noon, hour.id)
        add_agenda("car", from_time=begins, to_time=ends, slot_minutes=10)

        book_and_publish(draft)

        inside = [one for one in slots() if hour.starts_at < one.starts_at < hour.ends_at]
        assert [one.status for one in inside] == [BLOCKED]


def book_and_publish(draft: world.Prepared) -> None:
    start = Barrier(2)

    def act(do: object) -> None:
        start.wait()
        with clock.frozen(SATURDAY):
            do()  # type: ignore[operator]

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(act, (draft.book, publish)))


def test_who_waits_has_the_first_word_about_new_hours_and_those_given_again(noon, clara):
    add_agenda()
    wait_for(clara, free_slots()[0], first_day=MONDAY, last_day=MONDAY)
    publish()
    new = freed_hours()
    with db.bookkeeping() as session:
        session.execute(delete(FreedHour))
    world.change(Slot, Slot.id == new[0], status=WITHDRAWN)

    publish()

    assert len(new) == 4  # of this Monday, not of the next
    assert freed_hours() == new[:1]
