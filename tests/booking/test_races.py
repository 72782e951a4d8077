"""
T15's other races, over HTTP: who gives back, moves or books several at once, and pressing twice.

``PROVE`` in the environment asks for many rounds.
"""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from clinicweb.booking.models import Slot, WebQuota
from clinicweb.clinic.rules import PRESETS
from clinicweb.core import db
from tests.booking import world
from tests.booking.crowd import Answer, Member, gather, wrongs
from tests.booking.test_move_crowd import Act, moving, send_all
from tests.booking.world import Answers, free_slots, hours, prepare, prepare_all
from tests.server import PortalServer

PROVE = bool(os.environ.get("PROVE"))
ROUNDS = 20 if PROVE else 2
CROWD = 12
PRESSES = 12
MOVERS = 15
DAY = timedelta(days=1)

# The shortest way to «Varias citas».
STEPS = ["kind", "modality", "by", "search", "city", "site", "dates", "agenda", "summary"]


def served(folder: Path) -> dict[str, str]:
    text = (PRESETS / "teleconsulta.toml").read_text("utf-8")
    path = folder / "clinic.toml"
    path.write_text(text.replace("[booking]\n", f"[booking]\nsteps = {STEPS}\n"), "utf-8")
    return {"CLINIC": str(path)}


def send(portal: PortalServer, acts: Sequence[tuple[Member, Act]]) -> list[Answer]:
    return send_all(portal, [member for member, _act in acts], [act for _member, act in acts])


def releasing(public_id: str) -> Act:
    return lambda browser: browser.release(public_id, "")


def booking(member: Member, answers: Answers) -> Act:
    [draft] = prepare_all([member.viewer], answers)
    return lambda browser: browser.confirm(draft)


def bookings(members: Sequence[Member], *slot_ids: int) -> list[tuple[Member, Act]]:
    asked = answers_for(slot_ids)
    return [(member, booking(member, asked)) for member in members]


def live(slot_id: int) -> int:
    return len(world.live_appointments(slot_id))


def test_an_hour_given_back_while_others_book_it_is_had_by_one_at_most(
    portal: PortalServer, record_property
):
    members, outcomes = gather(CROWD), Counter[int]()
    for slot_id in hours(2 * ROUNDS)[::2]:
        hers = prepare(members[0].viewer, slot_id).book()
        acts = [(members[0], releasing(hers)), *bookings(members[1:], slot_id)]

        released, *others = send(portal, acts)

        assert released.status == 303
        assert world.appointment(hers).status == "cancelled"
        assert {answer.status for answer in others} <= {303, 409}
        assert live(slot_id) == sum(answer.is_booked for answer in others) <= 1
        outcomes[live(slot_id)] += 1
        assert wrongs() == []
    record_property("attempts", ROUNDS * CROWD)
    record_property("outcomes", dict(outcomes))


def test_an_hour_left_for_another_while_others_book_it_is_had_by_one_at_most(
    portal: PortalServer, record_property
):
    members = gather(CROWD)
    for _round in range(ROUNDS):
        old, new = hours(2)
        hers = prepare(members[0].viewer, old).book()
        acts = [(members[0], moving(hers, new)), *bookings(members[1:], old)]

        moved, *others = send(portal, acts)

        assert (moved.status, world.appointment(hers).slot_id) == (303, new)
        assert live(old) == sum(answer.is_booked for answer in others) <= 1
        assert wrongs() == []
    record_property("attempts", ROUNDS * CROWD)


def test_thirty_who_move_to_fifteen_hours_have_one_each_or_keep_their_own(
    portal: PortalServer, record_property
):
    """On two days with a quota each: who counts at both never waits in a ring."""
    members = gather(2 * MOVERS)
    slots = two_days(3 * MOVERS // 2 + 1)
    first, second = slots[0], slots[1]
    mine = first[:MOVERS] + second[:MOVERS]
    wanted = [*second[MOVERS:], *first[MOVERS:]]
    theirs = [prepare(one.viewer, slot).book() for one, slot in zip(members, mine, strict=True)]
    acts = [
        (member, moving(public_id, wanted[number % len(wanted)]))
        for number, (member, public_id) in enumerate(zip(members, theirs, strict=True))
    ]

    answers = send(portal, acts)

    had = Counter(world.appointment(public_id).slot_id for public_id in theirs)
    assert set(had.values()) == {1}
    assert Counter(answer.status for answer in answers) == {
        303: len(wanted), 409: 2 * MOVERS - len(wanted)
    }  # fmt: skip
    for public_id, slot_id, answer in zip(theirs, mine, answers, strict=True):
        assert (world.appointment(public_id).slot_id == slot_id) == (answer.status == 409)
    assert wrongs() == []
    record_property("attempts", len(acts))


def two_days(count: int) -> list[list[int]]:
    """*count* hours on each of two days of one doctor; of both the web has a quota."""
    like = world.slot(hours(1)[0])
    found = []
    for number in (1, 2):
        begins = like.starts_at + 90 * DAY * number
        ids = [
            world.add_slot(like.id, starts_at=begins + timedelta(minutes=one), minutes=1)
            for one in range(count)
        ]
        day = like.day + 90 * DAY * number
        world.change(Slot, Slot.id.in_(ids), day=day)
        add_quota(like, day, count)
        found.append(ids)
    return found


def add_quota(like: Slot, day: date, total: int) -> None:
    with db.current().writing() as session:
        quota = WebQuota(
            practitioner_id=like.practitioner_id, service_id=like.service_id,
            site_id=like.site_id, modality=like.modality, day=day, total=total, taken=0,
        )  # fmt: skip
        session.add(quota)


def answers_for(slot_ids: Sequence[int]) -> Answers:
    """What who wants an hour, or several, has answered."""
    slots = [world.slot(slot_id) for slot_id in slot_ids]
    codes = [str(world.answers_for(slot.id)["buscar"]["service"]) for slot in slots]
    place: Answers = {
        "tipo": {"area": "-"},
        "modalidad": {"modality": "virtual"},
        "ciudad": {"city": "-"},
        "sede": {"site": "*"},
        "fechas": {
            "first_day": min(slot.day for slot in slots).isoformat(),
            "last_day": max(slot.day for slot in slots).isoformat(),
            "part": "any",
        },
    }
    if len(slots) == 1:
        chosen: Answers = {
            "por": {"by": "specialty"},
            "busqueda": {"service": codes[0]},
            "agenda": {"slot": str(slot_ids[0])},
        }
    else:
        chosen = {
            "por": {"by": "several"},
            "varias": {"services": ",".join(codes), "services_text": " + ".join(codes)},
            "horas": {"slots": "-".join(map(str, slot_ids))},
        }
    return {**place, **chosen}


def of_two_doctors(count: int, *, in_days: int) -> tuple[list[int], list[int]]:
    """*count* hours of each on one day, one's after the other's; each has a quota of them all."""
    found: tuple[list[int], list[int]] = ([], [])
    for doctor, service, after, ids in (
        ("diaz", "mg", 0, found[0]), ("soto", "car", 60, found[1])
    ):  # fmt: skip
        like = world.slot(free_slots(doctor, service)[0])
        begins = world.slot(free_slots()[0]).starts_at + in_days * DAY
        for number in range(count):
            at = begins + timedelta(minutes=after + number)
            ids.append(world.add_slot(like.id, starts_at=at, minutes=1))
        day = world.slot(free_slots()[0]).day + in_days * DAY
        world.change(Slot, Slot.id.in_(ids), day=day)
        add_quota(like, day, count)
    return found


def test_who_cross_in_several_at_once_have_both_hours_or_none(
    portal: PortalServer, record_property
):
    """Each pair of hours is wanted by two in the opposite order, and all count at two days."""
    ones, others = of_two_doctors(CROWD, in_days=120)
    members = gather(2 * CROWD)
    acts = []
    for number, (one, other) in enumerate(zip(ones, others, strict=True)):
        acts += bookings([members[2 * number]], one, other)
        acts += bookings([members[2 * number + 1]], other, one)

    answers = send(portal, acts)

    assert Counter(answer.status for answer in answers) == {303: CROWD, 409: CROWD}
    assert [live(slot_id) for slot_id in ones + others] == [1] * 2 * CROWD
    with db.reading() as session:
        whose = [session.get_one(Slot, slot_id) for slot_id in ones + others]
        assert {slot.status for slot in whose} == {"booked"}
    for number, (one, other) in enumerate(zip(ones, others, strict=True)):
        [first], [second] = world.live_appointments(one), world.live_appointments(other)
        assert world.appointment(first).patient_id == world.appointment(second).patient_id, number
    assert wrongs() == []
    record_property("attempts", len(acts))


def test_a_form_pressed_many_times_at_once_acts_once(portal: PortalServer):
    """Releasing and «Varias citas»; booking and moving are in the files beside this one."""
    [member] = gather(1)
    slot_id, *_rest = hours(1)
    hers = prepare(member.viewer, slot_id).book()

    answers = send(portal, [(member, releasing(hers))] * PRESSES)

    assert {answer.status for answer in answers} == {303}
    assert world.audit_rows(hers) == ["appointment.book", "appointment.release"]
    assert world.mails(hers) == ["appointment_booked 0", "appointment_released 1"]

    (one,), (other,) = of_two_doctors(1, in_days=150)
    [(_member, act)] = bookings([member], one, other)
    answers = send(portal, [(member, act)] * PRESSES)

    assert {(answer.status, answer.is_booked) for answer in answers} == {(303, True)}
    for slot_id in (one, other):
        [public_id] = world.live_appointments(slot_id)
        assert world.audit_rows(public_id) == ["appointment.book"]
        assert world.mails(public_id) == ["appointment_booked 0"]
    assert wrongs() == []
