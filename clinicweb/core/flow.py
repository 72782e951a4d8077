"""
A guided flow as data: steps, their order, and what one answer makes of the others.  Pure.

Answers are ``{step key: {field: text}}``, JSON through and through.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# A field of answers that a step gave itself, because there was but one.
BY_ITSELF = "by_itself"

StepAnswers = Mapping[str, str | None]
Answers = Mapping[str, StepAnswers]


def always(_: Answers) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """
    One screen of a flow.

    Args:
        form: makes the step's form from a ``web.flow_views.Visit``.
        context: makes what the template shows besides, from the visit and the form.
        depends_on: names of fields of earlier steps; when one changes, this step is asked again.
        accept: what else happens when the answer is saved, in the same transaction
            (session, visit, answers); may raise ``Conflict``.
        only: the answer when there is but one, from the visit: then the step is not asked.
        lost: what is saved of an answer that a conflict took away (session, visit).
        part: the template of a part of the page that htmx may ask for alone.
    """

    key: str
    title: Any
    form: Callable[[Any], Any]
    template: str
    context: Callable[[Any, Any], Mapping[str, Any]]
    depends_on: tuple[str, ...] = ()
    applies: Callable[[Answers], bool] = always
    accept: Callable[[Any, Any, StepAnswers], None] | None = None
    only: Callable[[Any], StepAnswers | None] | None = None
    lost: Callable[[Any, Any], None] | None = None
    part: str | None = None


def guide_anchor(step_key: str) -> str:
    """Where the clinic's guide explains a step, within its page."""
    return f"paso-{step_key}"


@dataclass(frozen=True, slots=True)
class Flow:
    """
    Steps in order; the last one is *check your answers*.

    Args:
        finish: runs the flow's action once, from the visit and the last step's form; may raise
            ``InvalidInput`` with messages by field, or ``Conflict``.
        done_template, done_context: the page after it, from the visit.
        done_url: where to go instead of a page of the flow's own, from the visit; None: nowhere.
        conflicts: code of a ``Conflict`` → key of the step to ask again.
        admits: raises ``NotAllowed`` for a viewer who may not go this way now.
        viewer_for: who the steps see, from who is signed in and the answers: they may act for
            somebody else.  May raise ``NotFound`` or ``NotAllowed``.
        guide: the topic of the clinic's guide that explains each step by its key.
    """

    name: str
    steps: tuple[Step, ...]
    finish: Callable[[Any, Any], None]
    done_template: str
    done_context: Callable[[Any], Mapping[str, Any]]
    conflicts: Mapping[str, str] = field(default_factory=dict)
    done_url: Callable[[Any], str | None] | None = None
    admits: Callable[[Any], None] | None = None
    viewer_for: Callable[[Any, Answers], Any] | None = None
    guide: str = ""

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)

    @property
    def last(self) -> Step:
        return self.steps[-1]


def find(answers: Answers, name: str) -> str | None:
    """The answer to the field *name*, whichever step asked it."""
    return next((fields[name] for fields in answers.values() if name in fields), None)


def applicable(flow: Flow, answers: Answers) -> tuple[Step, ...]:
    return tuple(step for step in flow.steps if step.applies(answers))


def first_open(flow: Flow, answers: Answers) -> Step:
    """The first step that has no answer yet; the last one when all have."""
    steps = applicable(flow, answers)
    return next((step for step in steps if step.key not in answers), steps[-1])


def may_visit(flow: Flow, answers: Answers, key: str) -> bool:
    """Nobody jumps ahead: a step is open when all before it are answered."""
    keys = [step.key for step in applicable(flow, answers)]
    return key in keys[: keys.index(first_open(flow, answers).key) + 1]


def answered(flow: Flow, answers: Answers, key: str, new: StepAnswers) -> dict[str, StepAnswers]:
    """*answers* with step *key* set to *new*, without those answers that depended on the old."""
    old = answers.get(key, {})
    changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    return {**_without_dependants(flow, answers, changed), key: dict(new)}


def forgotten(flow: Flow, answers: Answers, key: str) -> dict[str, StepAnswers]:
    """*answers* without those of step *key* and of what depends on them."""
    kept = _without_dependants(flow, answers, set(answers.get(key, {})))
    kept.pop(key, None)
    return kept


def _without_dependants(flow: Flow, answers: Answers, changed: set[str]) -> dict[str, StepAnswers]:
    changed, kept = set(changed), dict(answers)
    for step in flow.steps:
        if changed.intersection(step.depends_on) and step.key in kept:
            changed.update(kept.pop(step.key))
    return kept


def digest(answers: Answers) -> str:
    """A short name of these exact answers: what was read is what gets confirmed."""
    text = json.dumps(answers, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
