"""S1-23: several appointments at once, all of them or none, on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from clinicweb.booking.models import FREE, Slot
from clinicweb.booking.together import Plan, Stay, fit, make_plans
from clinicweb.core import clock, db
from clinicweb.core.drafts import Draft
from tests.booking import long_way, world
from tests.booking.long_way import begin, press, to_plan
from tests.cast import ANA, CLARA, Person
from tests.checked_client import CheckedClient
from tests.pages import make_app, sign_in

Enter = Callable[[Person], CheckedClient]
DAY = date(2026, 3, 3)
GAP = timedelta(minutes=45)


@pytest.fixture
def enter(any_clinic_url: str, tmp_path: Path) -> Iterator[Enter]:
    app = make_app(any_clinic_url, tmp_path, clinic=str(long_way.clinic_file(tmp_path)))
    with db.current().writing() as session:
        long_way.fill(session)
    yield lambda person: sign_in(app, person)
    db.current().dispose()


def plans(browser: CheckedClient) -> list[str]:
    return list(browser.form("Continuar").options("slots"))


def hours(ids: str) -> list[tuple[str, str, str]]:
    """(service, site, hour) of each, in the site's time."""
    found = []
    for slot_id in ids.split("-"):
        with db.reading() as session:
            slot = session.get_one(Slot, int(slot_id))
            local = clock.local(slot.starts_at, slot.site.timezone)
            found.append((slot.service.code, slot.site.code, f"{local:%H:%M}"))
    return found


def holder(slot_id: str) -> str | None:
    return world.slot(int(slot_id)).held_by_draft_id


def test_what_is_offered_leaves_time_to_go_from_one_site_to_the_other(enter: Enter):
    ana = to_plan(begin(enter(ANA)))

    offered = [hours(ids) for ids in plans(ana)]

    assert [("eco", "norte", "09:00"), ("rx", "sur", "10:30")] in offered
    assert [("eco", "norte", "09:30"), ("rx", "norte", "11:30")] not in offered
    assert [("eco", "norte", "09:00"), ("rx", "sur", "09:30")] not in offered


def test_both_are_kept_and_booked_by_one_press(enter: Enter):
    ana = to_plan(begin(enter(ANA)))
    before = world.totals()["appointment"]
    ids = plans(ana)[0]

    press(ana, "Continuar", slots=ids)
    assert len({holder(one) for one in ids.split("-")} - {None}) == 1
    press(ana, "Siguiente")
    confirm = ana.form("Asignar cita")
    confirm.submit()
    again = confirm.submit()

    assert again.status_code == 303
    ana.follow()
    assert long_way.BOOKED in ana.text()
    assert world.totals()["appointment"] == before + 2
    for one in ids.split("-"):
        assert len(world.live_appointments(int(one))) == 1


def test_when_one_is_lost_nothing_is_booked_the_other_is_kept_and_it_is_named(enter: Enter):
    ana = to_plan(begin(enter(ANA)))
    before = world.totals()["appointment"]
    eco, rx = plans(ana)[0].split("-")
    press(ana, "Continuar", slots=f"{eco}-{rx}")
    press(ana, "Siguiente")
    world.change(Slot, Slot.id == int(rx), status="booked")

    answer = ana.form("Asignar cita").submit()

    assert answer.status_code == 409
    assert "La hora de Radiografía de tórax ya no se puede reservar" in ana.text()
    assert world.totals()["appointment"] == before
    assert holder(eco)
    assert {ids.split("-")[0] for ids in plans(ana)} == {eco}
    assert rx not in {ids.split("-")[1] for ids in plans(ana)}
    press(ana, "Continuar", slots=plans(ana)[0])
    press(ana, "Asignar cita")
    assert world.totals()["appointment"] == before + 2


def test_one_that_somebody_keeps_is_lost_at_the_choice_already(enter: Enter):
    ana, clara = to_plan(begin(enter(ANA))), begin(enter(CLARA), agreement=None)
    eco, rx = plans(ana)[0].split("-")
    to_plan(clara)
    press(clara, "Continuar", slots=f"{eco}-{rx}")

    answer = ana.form("Continuar").fill(slots=f"{eco}-{rx}").submit()

    assert answer.status_code == 409
    assert "ya no se puede reservar" in ana.text()
    with db.reading() as session:
        mine = ana.url.split("/")[2]
        assert "horas" not in session.get_one(Draft, mine).answers


def test_combinations_that_were_not_offered_are_refused(enter: Enter):
    ana = to_plan(begin(enter(ANA)))

    for slots, status in [("", 422), ("1", 422), ("1-x", 422), ("1-2-3", 422), ("9999-9998", 409)]:
        form = ana.form("Continuar")
        form.values["slots"] = slots
        assert form.submit_anyway().status_code == status, slots
    with db.reading() as session:
        held = select(Slot.id).where(Slot.held_by_draft_id.is_not(None))
        assert session.scalars(held).all() == []


def test_hours_that_do_not_fit_together_are_not_kept(enter: Enter):
    ana = to_plan(begin(enter(ANA)))
    with db.reading() as session:
        query = select(Slot.id, Slot.starts_at).where(Slot.status == FREE).order_by(Slot.starts_at)
        of = {
            code: [row.id for row in session.execute(query.where(Slot.service.has(code=code)))]
            for code in ("eco", "rx")
        }
    form = ana.form("Continuar")
    form.values["slots"] = f"{of['eco'][2]}-{of['rx'][0]}"

    assert form.submit_anyway().status_code == 409


def test_services_that_cannot_be_booked_together_are_refused(enter: Enter):
    ana = long_way.choose_way(begin(enter(ANA)), "Varias citas")
    ana.click("Ecografía abdominal Agregar")
    ana.click("Radiografía de tórax Agregar")
    form = ana.form("Continuar con 2 citas")

    for services in ("", "eco", "eco,eco", "eco,mg", "eco,none", "eco,rx,odon"):
        form.values["services"] = services
        assert form.submit_anyway().status_code == 422, services


stays = st.lists(
    st.builds(
        lambda minute, length, site: Stay(
            slot_id=minute * 10 + site,
            starts_at=datetime(2026, 3, 3, 8, tzinfo=UTC) + timedelta(minutes=15 * minute),
            ends_at=datetime(2026, 3, 3, 8, tzinfo=UTC) + timedelta(minutes=15 * (minute + length)),
            site_id=site,
            day=DAY,
        ),
        st.integers(0, 24),
        st.integers(1, 4),
        st.integers(1, 2),
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(stays, min_size=2, max_size=3))
def test_a_plan_is_offered_for_each_beginning_that_has_one(choices: list[list[Stay]]):
    all_that_fit: list[Plan] = [plan for plan in product(*choices) if fit(plan, GAP)]

    made = make_plans(choices, GAP, most=100)

    assert all(fit(plan, GAP) for plan in made)
    begins = [min(stay.starts_at for stay in plan) for plan in made]
    assert begins == sorted({min(stay.starts_at for stay in plan) for plan in all_that_fit})
