"""Guided flows: what is open, what is kept, and what is forgotten."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicweb.core.flow import (
    Answers,
    Flow,
    Step,
    always,
    answered,
    applicable,
    digest,
    first_open,
    forgotten,
    may_visit,
)


def a_step(key: str, depends_on: tuple[str, ...] = (), applies: Any = always) -> Step:
    return Step(
        key=key,
        title=key,
        form=lambda _visit: None,
        template="",
        context=lambda _visit, _form: {},
        depends_on=depends_on,
        applies=applies,
    )


def a_flow(*steps: Step) -> Flow:
    return Flow(
        name="paseo",
        steps=steps,
        finish=lambda _viewer, _draft, _digest: None,
        done_template="",
        done_context=lambda _visit: {},
    )


# Where to, then when (it depends on where), then a meal, asked only of those who stay.
TRIP = a_flow(
    a_step("where", applies=always),
    a_step("when", depends_on=("city",)),
    a_step("seat", depends_on=("day",)),
    a_step("meal", applies=lambda answers: answers.get("where", {}).get("stays") == "yes"),
    a_step("check"),
)
DONE: Answers = {
    "where": {"city": "Iquique", "stays": "yes", "note": None},
    "when": {"day": "2026-03-03"},
    "seat": {"row": "4"},
    "meal": {"dish": "pastel"},
}


def test_the_first_step_is_open_at_the_start_and_no_other():
    open_steps = [step.key for step in TRIP.steps if may_visit(TRIP, {}, step.key)]

    assert open_steps == ["where"]
    assert first_open(TRIP, {}).key == "where"


@pytest.mark.parametrize(
    ("given_keys", "opened"),
    [
        (["where"], ["where", "when"]),
        (["where", "when"], ["where", "when", "seat"]),
        (["where", "when", "seat"], ["where", "when", "seat", "meal"]),
        (["where", "when", "seat", "meal"], ["where", "when", "seat", "meal", "check"]),
        (["where", "seat", "meal"], ["where", "when"]),
    ],
)
def test_nobody_jumps_ahead_of_the_first_open_step(given_keys: list[str], opened: list[str]):
    answers = {key: DONE[key] for key in given_keys}

    assert [step.key for step in TRIP.steps if may_visit(TRIP, answers, step.key)] == opened


def test_a_step_that_does_not_apply_is_not_asked_and_cannot_be_visited():
    answers = {"where": {"city": "Iquique", "stays": "no"}, "when": {}, "seat": {}}

    assert "meal" not in [step.key for step in applicable(TRIP, answers)]
    assert first_open(TRIP, answers).key == "check"
    assert not may_visit(TRIP, answers, "meal")


def test_a_step_that_is_none_cannot_be_visited():
    assert not may_visit(TRIP, DONE, "nowhere")
    assert TRIP.step("nowhere") is None


def test_the_same_answer_again_forgets_nothing():
    assert answered(TRIP, DONE, "where", DONE["where"]) == DONE


def test_an_answer_left_empty_is_the_same_as_one_never_given():
    old = {"where": {"city": "Iquique"}, "when": {"day": "2026-03-03"}}

    kept = answered(TRIP, old, "where", {"city": "Iquique", "note": None})

    assert kept["when"] == old["when"]


def test_another_city_forgets_the_day_and_with_it_the_seat_and_nothing_else():
    kept = answered(TRIP, DONE, "where", {**DONE["where"], "city": "Arica"})

    assert set(kept) == {"where", "meal"}
    assert kept["where"]["city"] == "Arica"


def test_another_note_forgets_nothing():
    kept = answered(TRIP, DONE, "where", {**DONE["where"], "note": "ventana"})

    assert kept == {**DONE, "where": {**DONE["where"], "note": "ventana"}}


def test_another_day_forgets_the_seat_alone():
    kept = answered(TRIP, DONE, "when", {"day": "2026-03-04"})

    assert set(kept) == {"where", "when", "meal"}


def test_a_step_taken_back_goes_with_what_depends_on_it():
    assert set(forgotten(TRIP, DONE, "when")) == {"where", "meal"}
    assert set(forgotten(TRIP, DONE, "seat")) == {"where", "when", "meal"}
    assert forgotten(TRIP, {}, "seat") == {}


def test_the_answers_given_are_left_as_they_were():
    before = json.dumps(DONE)

    answered(TRIP, DONE, "where", {"city": "Arica"})
    forgotten(TRIP, DONE, "where")

    assert json.dumps(DONE) == before


def test_a_digest_names_the_answers_whatever_their_order():
    turned = {key: dict(reversed(DONE[key].items())) for key in reversed(list(DONE))}

    assert digest(turned) == digest(DONE)
    assert len(digest(DONE)) == 16


KEYS = ("a", "b", "c", "d", "e")


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Each step has two fields named for it, and may depend on fields of steps before it."""
    steps = []
    for number, key in enumerate(KEYS):
        earlier = [f"{before}{field}" for before in KEYS[:number] for field in (1, 2)]
        needs = st.lists(st.sampled_from(earlier or [""]), unique=True, max_size=3)
        steps.append(a_step(key, tuple(name for name in draw(needs) if name)))
    return a_flow(*steps)


texts = st.none() | st.sampled_from(["x", "y"])


@st.composite
def all_answers(draw: st.DrawFn) -> dict[str, dict[str, str | None]]:
    keys = draw(st.sets(st.sampled_from(KEYS)))
    return {key: {f"{key}1": draw(texts), f"{key}2": draw(texts)} for key in sorted(keys)}


def depending_on(flow: Flow, changed: set[str]) -> set[str]:
    """The steps that a change reaches, by going round until nothing more is reached."""
    reached: set[str] = set()
    while True:
        names = changed | {f"{key}{number}" for key in reached for number in (1, 2)}
        found = {step.key for step in flow.steps if names & set(step.depends_on)}
        if found <= reached:
            return reached
        reached |= found


@given(flow=flows(), answers=all_answers(), key=st.sampled_from(KEYS), one=texts, two=texts)
def test_a_new_answer_forgets_only_what_depends_on_what_changed(
    flow: Flow,
    answers: dict[str, dict[str, str | None]],
    key: str,
    one: str | None,
    two: str | None,
):
    new = {f"{key}1": one, f"{key}2": two}
    old = answers.get(key, {})

    kept = answered(flow, answers, key, new)

    changed = {name for name in new if old.get(name) != new[name]}
    lost = set(answers) - set(kept)
    assert kept[key] == new
    assert lost <= depending_on(flow, changed)
    assert not {
        step.key for step in flow.steps if step.key != key and changed & set(step.depends_on)
    } & set(kept)
    assert all(kept[other] == answers[other] for other in kept if other != key)


@given(flow=flows(), answers=all_answers(), key=st.sampled_from(KEYS))
def test_what_is_taken_back_takes_only_its_dependants_along(
    flow: Flow, answers: dict[str, dict[str, str | None]], key: str
):
    kept = forgotten(flow, answers, key)

    assert key not in kept
    reached = depending_on(flow, {f"{key}1", f"{key}2"})
    assert set(answers) - set(kept) <= reached | {key}


@given(flow=flows(), answers=all_answers())
def test_the_open_steps_are_those_up_to_the_first_unanswered(
    flow: Flow, answers: dict[str, dict[str, str | None]]
):
    unanswered = [number for number, key in enumerate(KEYS) if key not in answers]
    last = unanswered[0] if unanswered else len(KEYS) - 1

    assert [may_visit(flow, answers, key) for key in KEYS] == [n <= last for n in range(len(KEYS))]


@given(one=all_answers(), other=all_answers())
def test_other_answers_have_another_digest(one: dict[str, Any], other: dict[str, Any]):
    assert (digest(one) == digest(other)) == (one == other)
