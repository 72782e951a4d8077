"""One request to a guided flow, as its steps see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clinicweb.core import flow as flows
from clinicweb.core.drafts import Owner
from clinicweb.core.flow import Answers, Flow, StepAnswers


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a step: who, which draft, and what is answered so far."""

    viewer: Any
    draft_id: str
    flow: Flow
    owner: Owner
    answers: Answers = field(default_factory=dict)
    # Those among the answers that steps gave themselves, and no draft keeps yet.
    derived: Answers = field(default_factory=dict)
    result: Mapping[str, Any] | None = None
    # After a lost race: its code, what it was about, and the answer that it took away.
    conflict: str | None = None
    conflict_about: str = ""
    lost: StepAnswers = field(default_factory=dict)
    # Not when it was chosen: at a later step.
    is_lost_later: bool = False

    def answer(self, step: str, name: str) -> str | None:
        return self.answers.get(step, {}).get(name)

    @property
    def kept(self) -> Answers:
        """What the draft has."""
        return {key: told for key, told in self.answers.items() if key not in self.derived}

    def find(self, name: str) -> str | None:
        """The answer to the field *name*, whichever step asked it."""
        return flows.find(self.answers, name)

    def asked_by(self, name: str) -> str:
        """The key of the step that asked *name*; of the first one, while none did."""
        of = (key for key, fields in self.answers.items() if name in fields)
        return next(of, self.flow.steps[0].key)


@dataclass(frozen=True, slots=True)
class StepLink:
    """A step in the progress line: ``done``, ``now`` or ``open``."""

    title: str
    state: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long flow is: the present step's number among *count*, and the way back."""

    number: int
    count: int
    back_url: str | None
