"""What is left for who lost an hour: found once for a crowd, and still for each their own."""

from datetime import date

import pytest
from sqlalchemy import event

from clinicweb.booking import left_hours
from clinicweb.booking.criteria import HourSearch
from clinicweb.core.db import Database
from clinicweb.core.viewer import Viewer
from tests.booking import world
from tests.booking.world import free_slots, prepare

SEARCH = HourSearch("mg", None, "a draft")


def offered(viewer: Viewer, lost: int, count: int = 3) -> list[int]:
    found = left_hours.list_nearest_to_taken(viewer, SEARCH, lost, count=count)
    return [hour.slot_id for hour in found]


def exact(viewer: Viewer, lost: int, count: int = 3) -> list[int]:
    found = left_hours.list_nearest_hours(viewer, SEARCH, lost, count=count)
    return [hour.slot_id for hour in found]


def day_hours(viewer: Viewer, day: date, lost: int) -> list[int]:
    return [hour.slot_id for hour in left_hours.list_day_hours(viewer, SEARCH, day, lost)]


def at_the_same_time(slot_id: int) -> int:
    """An hour of another doctor's."""
    starts_at = world.slot(slot_id).starts_at
    return next(one for one in free_slots("soto") if world.slot(one).starts_at == starts_at)


def test_each_of_a_crowd_is_offered_what_they_would_find_alone(ana: Viewer, clara: Viewer):
    lost, next_one = free_slots()[:2]
    prepare(clara, lost).book()
    like_it = at_the_same_time(next_one)
    prepare(ana, next_one).book()

    of_clara, of_ana = offered(clara, lost), offered(ana, lost)

    assert (of_clara, of_ana) == (exact(clara, lost), exact(ana, lost))
    assert like_it in of_clara
    assert like_it not in of_ana
    assert len(of_ana) == 3


def test_who_is_busy_at_all_that_was_found_for_the_crowd_is_looked_for_alone(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(left_hours, "_SPARE", 0)
    lost, next_one = free_slots()[:2]
    prepare(ana, next_one).book()

    assert offered(ana, lost, count=1) == exact(ana, lost, count=1) != []


def test_the_second_who_loses_an_hour_asks_only_what_is_theirs(
    clinic: Database, ana: Viewer, clara: Viewer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(left_hours._found, "_seconds", 60)
    lost = free_slots()[0]
    day = world.slot(lost).day
    offered(ana, lost)
    of_day = left_hours.list_day_hours(ana, SEARCH, day, lost)
    asked: list[str] = []
    event.listen(
        clinic.read_engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: asked.append(statement),
    )

    offered(clara, lost)

    assert left_hours.list_day_hours(clara, SEARCH, day, lost) == of_day != ()
    assert [text for text in asked if text != "BEGIN"] == [
        text for text in asked if "appointment.patient_id" in text
    ]
    assert len([text for text in asked if text != "BEGIN"]) == 1


def test_an_hour_lost_a_moment_after_another_is_not_offered_to_who_lost_it(
    ana: Viewer, clara: Viewer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(left_hours._found, "_seconds", 60)
    lost, lost_next = free_slots()[:2]
    day = world.slot(lost).day
    assert lost_next in day_hours(clara, day, lost)

    prepare(ana, lost_next).book()

    assert lost_next not in day_hours(clara, day, lost_next)
