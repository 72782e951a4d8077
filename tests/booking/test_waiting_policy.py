"""To whom a freed hour is offered, and when: truth tables, and what must hold for all inputs."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicweb.booking.policy import (
    BARRED,
    PATIENT_BUSY,
    SLOT_TAKEN,
    TOO_LATE_TO_BOOK,
    TOO_MANY_AHEAD,
    WEB_QUOTA_TAKEN,
    HourRules,
    PersonFacts,
    SlotFacts,
    may_book,
)
from clinicweb.booking.waiting_policy import (
    ASKED_ALREADY,
    LEAST_TIME,
    MAY_NOT_ACT,
    NO_LIST,
    NOTHING_LATER,
    OFFER_OVER,
    TOO_MANY_WAITS,
    UNREACHABLE,
    Hour,
    WaitingFacts,
    Wish,
    may_answer,
    may_be_offered,
    may_wait,
    offer_end,
    quiet_until,
    suits,
    ways_to_take,
)
from clinicweb.clinic.waiting_rules import Waiting

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DAY = date(2026, 11, 21)
RULES = HourRules(timedelta(minutes=30), timedelta(0), most_ahead=2)
FREE_HOUR = SlotFacts(NOW + timedelta(hours=20), is_free=True, held_by_other_until=None)
HOUR = Hour(1, 2, 3, "virtual", NOW + timedelta(hours=20), DAY, time(11, 59))
ANYBODY = WaitingFacts(PersonFacts())
ZONES = ("America/Santiago", "America/Tijuana", "America/Asuncion", "Asia/Kathmandu")


@pytest.mark.parametrize(
    ("wish", "suited"),
    [
        (Wish(1, DAY, DAY), True),
        (Wish(9, DAY, DAY), False),
        (Wish(1, DAY, DAY, practitioner_id=2, site_id=3, modality="virtual"), True),
        (Wish(1, DAY, DAY, practitioner_id=9), False),
        (Wish(1, DAY, DAY, site_id=9), False),
        (Wish(1, DAY, DAY, modality="in_person"), False),
        (Wish(1, DAY + timedelta(days=1), DAY + timedelta(days=2)), False),
        (Wish(1, DAY - timedelta(days=2), DAY - timedelta(days=1)), False),
        (Wish(1, DAY, DAY, part="morning"), True),
        (Wish(1, DAY, DAY, part="afternoon"), False),
        (Wish(1, DAY, DAY, before=HOUR.starts_at + timedelta(seconds=1)), True),
        (Wish(1, DAY, DAY, before=HOUR.starts_at), False),
    ],
)
def test_an_hour_suits_who_asked_for_such(wish: Wish, suited: bool):
    assert suits(wish, HOUR) is suited


def test_noon_is_the_afternoon():
    noon = Hour(1, 2, 3, "virtual", HOUR.starts_at, DAY, time(12))

    assert suits(Wish(1, DAY, DAY, part="afternoon"), noon)


@pytest.mark.parametrize(
    ("slot", "person", "reason"),
    [
        (FREE_HOUR, ANYBODY, None),
        (FREE_HOUR, WaitingFacts(PersonFacts(), has_offer=True), ASKED_ALREADY),
        (FREE_HOUR, WaitingFacts(PersonFacts(), was_asked=True), ASKED_ALREADY),
        (FREE_HOUR, WaitingFacts(PersonFacts(), is_reachable=False), UNREACHABLE),
        (FREE_HOUR, WaitingFacts(PersonFacts(), may_act=False), MAY_NOT_ACT),
        (FREE_HOUR, WaitingFacts(PersonFacts(is_barred=True)), BARRED),
        (FREE_HOUR, WaitingFacts(PersonFacts(is_busy=True)), PATIENT_BUSY),
        (FREE_HOUR, WaitingFacts(PersonFacts(is_busy=True), PersonFacts()), None),
        (FREE_HOUR, WaitingFacts(PersonFacts(ahead=2)), TOO_MANY_AHEAD),
        (FREE_HOUR, WaitingFacts(PersonFacts(ahead=2), PersonFacts(ahead=1)), None),
        (SlotFacts(FREE_HOUR.starts_at, False, None), ANYBODY, SLOT_TAKEN),
        (SlotFacts(FREE_HOUR.starts_at, True, None, web_left=0), ANYBODY, WEB_QUOTA_TAKEN),
        (SlotFacts(NOW + timedelta(minutes=29), True, None), ANYBODY, TOO_LATE_TO_BOOK),
        (SlotFacts(NOW + timedelta(minutes=30), True, None), ANYBODY, None),
    ],
)
def test_it_is_offered_to_who_could_take_it_now(slot, person, reason):
    assert may_be_offered(RULES, slot, person, now=NOW).reason == reason


def test_without_a_later_one_there_is_nothing_to_change():
    ways = ways_to_take(RULES, FREE_HOUR, ANYBODY, now=NOW)

    assert (ways.keep.allowed, ways.change.reason) == (True, NOTHING_LATER)


people = st.builds(
    PersonFacts, is_busy=st.booleans(), ahead=st.integers(0, 4), is_barred=st.booleans()
)
slots = st.builds(
    SlotFacts,
    starts_at=st.integers(-120, 120).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    is_free=st.booleans(),
    held_by_other_until=st.sampled_from([None, NOW, NOW + timedelta(minutes=1)]),
    web_left=st.none() | st.integers(0, 2),
    is_offered=st.booleans(),
)
waiting_people = st.builds(
    WaitingFacts,
    keeping=people,
    changing=st.none() | people,
    may_act=st.booleans(),
    is_reachable=st.booleans(),
    has_offer=st.booleans(),
    was_asked=st.booleans(),
)


@given(slot=slots, person=waiting_people)
def test_nobody_is_offered_what_booking_would_refuse(slot: SlotFacts, person: WaitingFacts):
    offered = may_be_offered(RULES, slot, person, now=NOW).allowed

    ways = [found for found in (person.keeping, person.changing) if found is not None]
    could_book = any(may_book(RULES, slot, found, now=NOW).allowed for found in ways)
    is_asked = person.has_offer or person.was_asked
    assert offered is (could_book and person.may_act and person.is_reachable and not is_asked)


@pytest.mark.parametrize(
    ("most", "waits", "is_reachable", "reason"),
    [
        (3, 2, True, None),
        (3, 3, True, TOO_MANY_WAITS),
        (3, 0, False, UNREACHABLE),
        (0, 0, True, NO_LIST),
    ],
)
def test_somebody_waits_for_so_many_hours(most, waits, is_reachable, reason):
    rules = Waiting(most_per_person=most)

    assert may_wait(rules, waits=waits, is_reachable=is_reachable).reason == reason


@pytest.mark.parametrize(
    ("seconds", "answer", "reason"),
    [(-1, None, None), (0, None, OFFER_OVER), (-1, "lapsed", OFFER_OVER)],
)
def test_an_offer_is_answered_before_its_end(seconds, answer, reason):
    assert may_answer(NOW, answer, now=NOW + timedelta(seconds=seconds)).reason == reason


@given(
    offer=st.integers(5, 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    notice=st.integers(0, 48 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    starts_in=st.integers(-3600, 4 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds)),
)
def test_an_offer_leaves_time_to_answer_and_ends_before_booking_does(offer, notice, starts_in):
    end = offer_end(offer, notice, NOW + starts_in, now=NOW)

    if end is None:
        assert starts_in - notice < LEAST_TIME
    else:
        assert LEAST_TIME <= end - NOW <= offer
        assert end <= NOW + starts_in - notice


@given(
    now=st.integers(0, 730 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    zone=st.sampled_from(ZONES),
    begin=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    end=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_quiet_hours_end_and_nobody_is_told_within(now, zone, begin, end):
    """Over both changes of the clocks, in each zone."""
    until = quiet_until(Waiting(quiet_from=begin, quiet_to=end), zone, now=now)

    wall = now.astimezone(ZoneInfo(zone)).time()
    is_quiet = begin <= wall < end if begin <= end else wall >= begin or wall < end
    assert (until is not None) is is_quiet
    if until is not None:
        assert now < until <= now + timedelta(hours=26)


@pytest.mark.parametrize(
    ("wall", "ends"),
    [(time(20, 59, 59), None), (time(21), time(8)), (time(7, 59, 59), time(8)), (time(8), None)],
)
def test_the_night_of_santiago_to_the_second(wall: time, ends: time | None):
    zone = ZoneInfo("America/Santiago")
    now = datetime.combine(DAY, wall, zone).astimezone(UTC)

    until = quiet_until(Waiting(), zone.key, now=now)

    assert (until.astimezone(zone).time() if until else None) == ends
