"""
Serving any declared flow: one address per step, answers in a draft, one action at the end.

The draft's id is drawn when the flow is entered and stands in the address; its row is made by the
first valid answer, so a GET writes nothing and Back finds what was typed.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, session, url_for
from sqlalchemy.exc import IntegrityError

from clinicweb.core import db, drafts
from clinicweb.core import flow as flows
from clinicweb.core.drafts import Draft, Owner
from clinicweb.core.errors import Conflict, InvalidInput, NotFound, TooManyAttempts
from clinicweb.core.flow import Answers, Flow, Step, StepAnswers
from clinicweb.core.forms import unsent
from clinicweb.core.gate import Gate
from clinicweb.core.i18n import _
from clinicweb.core.ids import new_public_id
from clinicweb.web.render import fills_main, page, part, see_other, wants_part
from clinicweb.web.visit import Progress, StepLink, Visit
from clinicweb.web.waiting import slow_down

DONE = "lista"
_NONCE = "draft_nonce"
# Of fifty who press at once two are served and the others wait, which is faster for all of them:
# threads of Python that all work take the one that may work from each other.
_answers = Gate(2, longest=1.0)


def _owner() -> Owner:
    """The account; or the stranger's browser, by a nonce in its cookie."""
    if g.viewer:
        return Owner(account_id=g.viewer.account_id)
    if _NONCE not in session:
        session[_NONCE] = secrets.token_urlsafe(16)
    return Owner(nonce=session.get(_NONCE))


class FlowViews:
    """The views of one flow, mounted on a blueprint."""

    def __init__(self, blueprint: str, flow: Flow) -> None:
        self.flow = flow
        self.endpoint = f"{blueprint}.{flow.name}_step"

    def start(self) -> Response:
        self._admit(g.viewer)
        draft_id, first = new_public_id(), self.flow.steps[0]
        if first.only:
            visit = self._settled(Visit(g.viewer, draft_id, self.flow, _owner()))
            first = flows.first_open(self.flow, visit.answers)
        return self._go(draft_id, first.key)

    def show(self, draft_id: str, step_key: str) -> Response:
        visit = self._settled(self._visit(draft_id))
        if step_key == DONE or visit.result is not None:
            return self._show_done(visit, step_key)
        step = self._open_step(visit, step_key)
        if isinstance(step, Response):
            return step
        return self._show_step(visit, step, step.form(visit))

    def answer(self, draft_id: str, step_key: str) -> Response:
        visit = self._settled(self._visit(draft_id))
        step = self._open_step(visit, step_key)
        if isinstance(step, Response):
            return step
        if visit.result is not None and step is not self.flow.last:
            return self._go(draft_id, DONE)
        if visit.result is None:
            self._admit(visit.viewer)
        form = step.form(visit)
        if not form.validate():
            return self._show_step(visit, step, form, status=422)
        try:
            if step is self.flow.last:
                return self._finish(visit, form)
            return self._save(visit, step, form.answers())
        except Conflict as conflict:
            return self._lost(visit, step, form, conflict)

    def _admit(self, viewer: Any) -> None:
        if self.flow.admits:
            self.flow.admits(viewer)

    def _visit(self, draft_id: str) -> Visit:
        visit = Visit(g.viewer, draft_id, self.flow, _owner())
        with db.reading() as database:
            try:
                draft = drafts.find(database, draft_id, self.flow.name, visit.owner)
            except NotFound:  # not begun, expired, or another's: for this person all the same
                return visit
            answers, result = draft.answers, draft.result
        return replace(visit, viewer=self._whose(answers), answers=answers, result=result)

    def _whose(self, answers: Answers) -> Any:
        return self.flow.viewer_for(g.viewer, answers) if self.flow.viewer_for else g.viewer

    def _settled(self, visit: Visit) -> Visit:
        """With the answers of the next steps that have but one."""
        while visit.result is None:
            step = flows.first_open(self.flow, visit.answers)
            if step.only is None or step.key in visit.answers:
                break
            new = step.only(visit)
            if new is None:
                break
            new = {**new, flows.BY_ITSELF: "yes"}
            visit = replace(
                visit,
                answers=flows.answered(self.flow, visit.answers, step.key, new),
                derived={**visit.derived, step.key: new},
            )
        return visit

    def _open_step(self, visit: Visit, step_key: str) -> Step | Response:
        step = self.flow.step(step_key)
        if step is None or step not in flows.applicable(self.flow, visit.answers):
            raise NotFound
        if not flows.may_visit(self.flow, visit.answers, step_key):
            return self._go(visit.draft_id, flows.first_open(self.flow, visit.answers).key)
        return step

    def _show_step(self, visit: Visit, step: Step, form: Any, status: int = 200) -> Response:
        action = self._url(visit.draft_id, step.key)
        shown = {
            "form": form,
            "action": action,
            "steps": self._links(visit, step),
            "progress": self._progress(visit, step),
            "help_url": self._help_url(step),
            **step.context(visit, form),
        }
        if step.part and wants_part(step.part):
            return part(step.part, status, **shown)
        return page(step.template, status, **shown)

    def _show_done(self, visit: Visit, step_key: str) -> Response:
        if visit.result is None:
            return self._go(visit.draft_id, flows.first_open(self.flow, visit.answers).key)
        if step_key != DONE:
            return self._go(visit.draft_id, DONE)
        elsewhere = self.flow.done_url(visit) if self.flow.done_url else None
        if elsewhere:
            return make_response(redirect(elsewhere, 303))
        return page(self.flow.done_template, **self.flow.done_context(visit))

    def _save(self, visit: Visit, step: Step, new: StepAnswers) -> Response:
        try:
            draft_id, answers = self._write(visit, step, new)
        except IntegrityError:  # a double click made the row first
            draft_id, answers = self._write(visit, step, new)
        return self._go(draft_id, flows.first_open(self.flow, answers).key)

    def _write(self, visit: Visit, step: Step, new: StepAnswers) -> tuple[str, Answers]:
        with db.bookkeeping() as database:
            draft = self._draft_to_write(database, visit)
            known = {**visit.derived, **draft.answers}
            answers = flows.answered(self.flow, known, step.key, new)
            written = replace(
                visit, viewer=self._whose(answers), draft_id=draft.id, answers=answers
            )
            if step.accept:
                step.accept(database, written, new)
            # Kept with the draft: the digest of the last step names all that was read.
            draft.answers = dict(self._settled(written).answers)
            return draft.id, draft.answers

    def _draft_to_write(self, database: Any, visit: Visit) -> Draft:
        taken = database.get(Draft, visit.draft_id, with_for_update=True)
        if taken is None:
            return drafts.start(database, visit.draft_id, self.flow.name, visit.owner)
        try:
            return drafts.lock(database, visit.draft_id, self.flow.name, visit.owner)
        except NotFound:
            return drafts.start(database, new_public_id(), self.flow.name, visit.owner)

    def _finish(self, visit: Visit, form: Any) -> Response:
        try:
            self.flow.finish(visit, form)
        except TooManyAttempts as limit:
            last = self.flow.last
            return slow_down(form, limit, lambda status: self._show_step(visit, last, form, status))
        except InvalidInput as problem:
            if "digest" in problem.errors:
                return self._ask_to_check_again(visit)
            for name, messages in problem.errors.items():
                form[name].errors = messages
            return self._show_step(visit, self.flow.last, form, status=422)
        return self._go(visit.draft_id, DONE)

    def _ask_to_check_again(self, visit: Visit) -> Response:
        visit, step = self._visit(visit.draft_id), self.flow.last
        form = step.form(visit)
        form.digest.data = flows.digest(visit.kept)
        changed = _("Sus respuestas cambiaron en otra ventana. Revíselas y confirme de nuevo.")
        form.form_errors.append(changed)
        return self._show_step(visit, step, form, status=422)

    def _lost(self, visit: Visit, sent: Step, form: Any, conflict: Conflict) -> Response:
        """Somebody was faster: back to the step that *conflict* names, all else kept."""
        step = self.flow.step(self.flow.conflicts.get(conflict.code, ""))
        if step is None:
            raise conflict
        answer = form.answers() if step is sent else visit.answers.get(step.key, {})
        lost = replace(
            visit,
            conflict=conflict.code,
            conflict_about=conflict.about,
            lost=answer,
            is_lost_later=step is not sent,
        )
        lost = replace(lost, answers=self._forget(lost, step))
        return self._show_step(lost, step, step.form(lost), status=409)

    def _forget(self, visit: Visit, step: Step) -> Answers:
        with db.bookkeeping() as database:
            draft = drafts.lock(database, visit.draft_id, self.flow.name, visit.owner)
            draft.answers = flows.forgotten(self.flow, draft.answers, step.key)
            if step.lost:
                step.lost(database, visit)
            return dict(draft.answers)

    def _progress(self, visit: Visit, now: Step) -> Progress:
        steps = flows.applicable(self.flow, visit.answers)
        before = [
            step.key
            for step in steps[: steps.index(now)]
            if flows.BY_ITSELF not in visit.answers.get(step.key, {})
        ]
        back_url = self._url(visit.draft_id, before[-1]) if before else None
        return Progress(steps.index(now) + 1, len(steps), back_url)

    def _links(self, visit: Visit, now: Step) -> tuple[StepLink, ...]:
        links = []
        for step in flows.applicable(self.flow, visit.answers):
            is_open = flows.may_visit(self.flow, visit.answers, step.key)
            url = self._url(visit.draft_id, step.key) if is_open and step is not now else None
            state = "now" if step is now else "done" if step.key in visit.answers else "open"
            links.append(StepLink(str(step.title), state, url))
        return tuple(links)

    def _help_url(self, step: Step) -> str | None:
        """Where the clinic's guide tells what to do here."""
        if not self.flow.guide:
            return None
        return url_for(
            "help.topic", topic_key=self.flow.guide, _anchor=flows.guide_anchor(step.key)
        )

    def _url(self, draft_id: str, step_key: str) -> str:
        return url_for(self.endpoint, draft_id=draft_id, step_key=step_key)

    def _go(self, draft_id: str, step_key: str) -> Response:
        """To another step: a redirect; htmx is given the step at once, and its address."""
        if not fills_main():
            return see_other(self.endpoint, draft_id=draft_id, step_key=step_key)
        with unsent():
            answer = self.show(draft_id, step_key)
        if answer.status_code == 200:
            answer.headers.setdefault("HX-Push-Url", self._url(draft_id, step_key))
        return answer


def mount_flow(bp: Blueprint, flow: Flow, *, prefix: str, guard: Callable[[Any], Any]) -> None:
    """Serve *flow* below *prefix* on *bp*, for those whom *guard* lets in."""
    views = FlowViews(bp.name, flow)

    def start() -> Response:
        return views.start()

    def show(draft_id: str, step_key: str) -> Response:
        return views.show(draft_id, step_key)

    def answer(draft_id: str, step_key: str) -> Response:
        with _answers.place():
            return views.answer(draft_id, step_key)

    step_rule = f"{prefix}/<public_id:draft_id>/<step_key>"
    bp.add_url_rule(f"{prefix}/", f"{flow.name}_start", guard(start), methods=["GET"])
    bp.add_url_rule(step_rule, f"{flow.name}_step", guard(show), methods=["GET"])
    bp.add_url_rule(step_rule, f"{flow.name}_answer", guard(answer), methods=["POST"])
