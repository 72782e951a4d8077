"""Having another hour, on one's own pages and on those of a family: chosen, told, done."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response, flash, make_response, redirect, request

from clinicweb.booking import (
    agenda_queries,
    cards,
    days,
    moving_actions,
    moving_queries,
    moving_texts,
    policy,
    queries,
    sanctions,
)
from clinicweb.booking.forms import ReleaseForm, SlotForm
from clinicweb.booking.hours import hour_groups, nearest_choices, shared_text
from clinicweb.booking.moving_queries import Movable
from clinicweb.booking.texts import hold_text, modality_text
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import Conflict, NotAllowed
from clinicweb.core.i18n import _, day_text, moment
from clinicweb.core.viewer import Viewer
from clinicweb.web.errors import reason_text
from clinicweb.web.render import page

_STRETCH = timedelta(days=14)
_NEAREST = 3
_ANYBODY = "todos"


@dataclass(frozen=True, slots=True)
class Way:
    """With whom hours are looked for."""

    text: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Moving:
    """
    One appointment as *viewer* would change its hour.

    Args:
        url: where the hours are; each of them is confirmed below it.
        back_url: where the person came from, and goes afterwards.
    """

    viewer: Viewer
    appointment_id: str
    url: str
    back_url: str

    def choose(self, lost: str = "", status: int = 200, form: SlotForm | None = None) -> Response:
        """The free hours; *lost*: what became of the one that was wanted."""
        card = self._card()
        if not card.move.allowed:
            return self._cannot_be(card)
        self._refuse_the_barred(card)
        form = form or SlotForm(formdata=None)
        form.slot.choices = []
        movable = moving_queries.get_movable(self.viewer, current_rules(), self.appointment_id)
        told = self._lost(movable, lost)
        return page(
            "booking/move.html",
            status,
            card=card,
            form=form,
            action=self.url,
            back_url=self.back_url,
            lost=told,
            **self._agenda(movable, {choice.value for choice in told[1]} if told else set()),
        )

    def _agenda(self, movable: Movable, shown: Collection[str]) -> Mapping[str, Any]:
        """The days of two weeks, and the hours of one of them: its own doctor's, unless asked."""
        is_any = request.args.get("con") == _ANYBODY
        search = movable.with_anybody if is_any else movable.wanted
        url = f"{self.url}?con={_ANYBODY}&" if is_any else f"{self.url}?"
        first = min(max(movable.first, days.asked_day("desde") or movable.first), movable.last)
        last = min(movable.last, first + _STRETCH - timedelta(days=1))
        starts = agenda_queries.list_free_starts(self.viewer, search, first=first, last=last)
        counts = Counter(start.day for start in starts)
        day = days.chosen_day(counts)
        found = queries.list_free_hours(self.viewer, search, day) if day else ()
        hours = [hour for hour in found if str(hour.slot_id) not in shown]
        told = {one: days.hours_text(count) for one, count in counts.items()}
        return {
            "ways": self._ways(movable, is_any=is_any),
            "days": days.day_links(url, told, day, first),
            "pages": days.pages(url, (first, last), (movable.first, movable.last), _STRETCH),
            "empty": None if counts else self._empty(search, last, url),
            "day_text": day_text(day, today=movable.first) if day else "",
            "groups": hour_groups(hours, None),
            "shared_text": shared_text(hours),
        }

    def _ways(self, movable: Movable, *, is_any: bool) -> tuple[Way, ...]:
        own = _("Con %(doctor)s", doctor=movable.doctor_name)
        return (
            Way(own, self.url, not is_any),
            Way(_("Con cualquier profesional"), f"{self.url}?con={_ANYBODY}", is_any),
        )

    def _empty(self, search: Any, last: date, url: str) -> Mapping[str, str | None]:
        text = _("No hay horas libres en estas fechas.")
        found = list(queries.list_next_days(self.viewer, search, after=last, most=1))
        if not found:
            return {"text": text, "url": None, "day_text": ""}
        return {
            "text": " ".join((text, _("El próximo día con horas es:"))),
            "url": f"{url}desde={found[0]}",
            "day_text": day_text(found[0], today=last),
        }

    def _lost(self, movable: Movable, code: str) -> tuple[str, tuple[Any, ...]] | None:
        if not code:
            return None
        nearest = moving_queries.list_nearest(self.viewer, movable, count=_NEAREST)
        return reason_text(code), nearest_choices(nearest)

    def keep(self) -> Response:
        """One of the hours was chosen: it is kept while its page is read."""
        form = SlotForm()
        form.slot.choices = []
        if not form.validate():
            return self.choose(status=422, form=form)
        slot_id = int(form.slot.data)
        try:
            moving_actions.keep_hour(current_rules(), self.viewer, self.appointment_id, slot_id)
        except Conflict as conflict:
            return self.choose(conflict.code, 409)
        return make_response(redirect(f"{self.url}/{slot_id}", 303))

    def ask(self, slot_id: int, changed: str = "", status: int = 200) -> Response:
        """The old hour and the new one, the rule, and what it costs, before it is done."""
        rules, card = current_rules(), self._card()
        if not card.move.allowed:
            return self._cannot_be(card)
        self._refuse_the_barred(card)
        movable = moving_queries.get_movable(self.viewer, rules, self.appointment_id)
        if slot_id == movable.slot_id:  # Back, after it was changed
            return make_response(redirect(self.back_url, 303))
        new = moving_queries.get_new_hour(self.viewer, movable, slot_id)
        if not new.is_free:
            return self.choose(policy.SLOT_TAKEN, 409)
        cost = self._cost(card)
        form = ReleaseForm(formdata=None, agreed=cost.code if cost else "")
        if changed:
            form.form_errors.append(changed)
        return page(
            "booking/move_check.html",
            status,
            form=form,
            old=(card.when_text, f"{card.doctor_name} · {card.site_text}"),
            new=_told(new),
            hold_text=hold_text(new.held_until, new.hour.zone),
            rule_text=moving_texts.rule_text(rules, card.facts),
            cost_text=moving_texts.cost_text(rules, cost),
            action=f"{self.url}/{slot_id}",
            choose_url=self.url,
            back_url=self.back_url,
        )

    def do(self, slot_id: int) -> Response:
        agreed = ReleaseForm().agreed.data or ""
        command = moving_actions.MoveAppointment(self.viewer, self.appointment_id, slot_id, agreed)
        try:
            moving_actions.move_appointment(current_rules(), command)
        except NotAllowed as refused:
            if refused.reason == policy.BARRED:
                raise
            return self._cannot_be(self._card())
        except Conflict as conflict:
            if conflict.code == policy.MOVE_COST_CHANGED:
                return self.ask(slot_id, reason_text(conflict.code), 409)
            return self.choose(conflict.code, 409)
        flash(_(current_rules().labels.moved), "success")
        return make_response(redirect(self.back_url, 303))

    def _cost(self, card: cards.AppointmentCard) -> policy.Consequence | None:
        if card.facts.is_affected:
            return None
        return sanctions.find_move_consequence(self.viewer, current_rules(), card.starts_at)

    def _refuse_the_barred(self, card: cards.AppointmentCard) -> None:
        if not card.facts.is_affected:
            sanctions.refuse_the_barred(self.viewer, current_rules())

    def _card(self) -> cards.AppointmentCard:
        row = queries.get_appointment(self.viewer, self.appointment_id)
        return cards.card_of(policy.hour_rules(current_rules().booking), row)

    def _cannot_be(self, card: cards.AppointmentCard) -> Response:
        flash(card.move.text, "info")
        return make_response(redirect(self.back_url, 303))


def _told(new: moving_queries.NewHour) -> tuple[str, str]:
    """When it is; with whom, where and how."""
    words = (new.hour.practitioner_name, new.site_text, modality_text(new.hour.modality))
    return moment(new.hour.starts_at, new.hour.zone).when_text, " · ".join(words)
