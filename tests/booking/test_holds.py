"""An hour kept for the person who is choosing it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from clinicweb.booking import policy, queries
from clinicweb.booking.holds import NO_HOLD, hold_slot, let_go
from clinicweb.booking.models import Slot
from clinicweb.booking.queries import HourSearch
from clinicweb.core import clock, db
from clinicweb.core.errors import Conflict
from clinicweb.core.viewer import Viewer
from tests.booking import world
from tests.booking.world import RULES, Prepared, free_slots, prepare

HOLD = RULES.booking.hold
SECOND = timedelta(seconds=1)


def hold(draft: Prepared, slot_id: int, *, at: datetime | None = None) -> None:
    with clock.frozen(at or clock.now()), db.bookkeeping() as session:
        hold_slot(
            session,
            RULES.booking,
            slot_id,
            service="mg",
            draft_id=draft.id,
            account_id=draft.viewer.account_id,
        )


def holder_of(slot_id: int) -> str | None:
    return world.slot(slot_id).held_by_draft_id


def offered_to(draft: Prepared, slot_id: int) -> bool:
    search = HourSearch("mg", None, draft.id)
    hours = queries.list_free_hours(draft.viewer, search, world.slot(slot_id).day)
    return slot_id in {hour.slot_id for hour in hours}


@pytest.fixture
def hers(clara: Viewer) -> Prepared:
    return prepare(clara, free_slots()[0])


@pytest.fixture
def mine(ana: Viewer) -> Prepared:
    return prepare(ana, free_slots()[0])


def test_a_held_hour_is_for_its_chooser_alone(mine: Prepared, hers: Prepared):
    slot_id = free_slots()[0]

    hold(mine, slot_id)

    assert offered_to(mine, slot_id)
    assert not offered_to(hers, slot_id)
    with pytest.raises(Conflict, match=policy.SLOT_TAKEN):
        hold(hers, slot_id)
    with pytest.raises(Conflict, match=policy.SLOT_TAKEN):
        hers.book()
    assert mine.book()


def test_a_hold_ends_to_the_second(mine: Prepared, hers: Prepared):
    slot_id, now = free_slots()[0], clock.now()
    hold(mine, slot_id, at=now)

    with clock.frozen(now + HOLD - SECOND):
        assert not offered_to(hers, slot_id)
    with clock.frozen(now + HOLD):
        assert offered_to(hers, slot_id)
        hold(hers, slot_id, at=now + HOLD)

    assert holder_of(slot_id) == hers.id


def test_a_lapsed_hold_leaves_the_hour_to_who_is_faster(mine: Prepared, hers: Prepared):
    slot_id, now = free_slots()[0], clock.now()
    hold(mine, slot_id, at=now)

    with clock.frozen(now + HOLD):
        assert mine.book()
        with pytest.raises(Conflict, match=policy.SLOT_TAKEN):
            hers.book()


def test_choosing_another_hour_lets_the_first_go(mine: Prepared):
    first, second = free_slots()[:2]
    hold(mine, first)

    hold(mine, second)

    assert (holder_of(first), holder_of(second)) == (None, mine.id)


def test_who_loses_the_other_hour_keeps_the_first(mine: Prepared, hers: Prepared):
    first, second = free_slots()[:2]
    hold(mine, first)
    hold(hers, second)

    with pytest.raises(Conflict):
        hold(mine, second)

    assert (holder_of(first), holder_of(second)) == (mine.id, hers.id)


def test_choosing_the_same_hour_again_keeps_it_longer(mine: Prepared):
    slot_id, now = free_slots()[0], clock.now()
    hold(mine, slot_id, at=now)

    hold(mine, slot_id, at=now + HOLD - SECOND)

    assert world.slot(slot_id).held_until == now + HOLD - SECOND + HOLD


def test_one_person_keeps_so_many_hours_and_the_oldest_goes_first(ana: Viewer):
    now, limit = clock.now(), RULES.booking.max_holds
    wanted = free_slots()[: limit + 1]
    drafts = [prepare(ana, slot_id) for slot_id in wanted]
    for number, (draft, slot_id) in enumerate(zip(drafts, wanted, strict=True)):
        hold(draft, slot_id, at=now + number * SECOND)

    assert [holder_of(slot_id) for slot_id in wanted] == [None, *(d.id for d in drafts[1:])]


def test_what_is_let_go_is_anybodys(mine: Prepared, hers: Prepared):
    first, second = free_slots()[:2]
    hold(mine, first)
    hold(hers, second)

    with db.bookkeeping() as session:
        let_go(session, mine.id)

    assert (holder_of(first), holder_of(second)) == (None, hers.id)


def test_booking_ends_the_hold(mine: Prepared):
    slot_id = free_slots()[0]
    hold(mine, slot_id)

    mine.book()

    taken = world.slot(slot_id)
    assert (taken.held_until, taken.held_by_draft_id, taken.held_by_account_id) == (None,) * 3


def test_a_booked_a_past_and_an_unknown_hour_cannot_be_held(mine: Prepared, hers: Prepared):
    first, second = free_slots()[:2]
    mine.book()

    with pytest.raises(Conflict):
        hold(hers, first)
    with pytest.raises(Conflict):
        hold(hers, second, at=world.slot(second).starts_at)
    with pytest.raises(Conflict):
        hold(hers, 999_999)
    assert holder_of(first) is None


def test_people_who_change_places_do_not_wait_for_each_other_for_ever(ana: Viewer, clara: Viewer):
    """Both holds have lapsed, so that each may take the other's hour: one gets there first."""
    first, second = free_slots()[:2]
    drafts = [prepare(ana, first), prepare(clara, second)]
    for _ in range(10):
        long_ago = clock.now() - 2 * HOLD
        for draft, slot_id in zip(drafts, (first, second), strict=True):
            world.change(Slot, Slot.id == slot_id, **NO_HOLD)
            hold(draft, slot_id, at=long_ago)

        swap(drafts, [second, first])

        assert [holder_of(second), holder_of(first)] == [draft.id for draft in drafts]


def swap(drafts: list[Prepared], wanted: list[int]) -> None:
    start = Barrier(len(drafts))

    def take(draft: Prepared, slot_id: int) -> None:
        start.wait()
        hold(draft, slot_id)

    with ThreadPoolExecutor(len(drafts)) as threads:
        list(threads.map(take, drafts, wanted))
