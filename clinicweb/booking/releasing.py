"""Giving an hour back, on one's own pages and on those of a family: asked, done, told."""

from dataclasses import dataclass

from flask import Response, flash, make_response, redirect

from clinicweb.booking import actions, cards, policy, queries, sanctions, texts
from clinicweb.booking.forms import ReleaseForm
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import Conflict, NotAllowed
from clinicweb.core.i18n import _
from clinicweb.core.viewer import Viewer
from clinicweb.web.errors import reason_text
from clinicweb.web.render import page


@dataclass(frozen=True, slots=True)
class Releasing:
    """
    One appointment as *viewer* would give it back.

    Args:
        action: where the button posts to.
        back_url: where the person came from, and goes afterwards.
    """

    viewer: Viewer
    appointment_id: str
    action: str
    back_url: str

    def ask(self, changed: str = "", status: int = 200) -> Response:
        """S0-30, S3-34: what would be given back, and what that costs, before it is."""
        rules, card = current_rules(), self._card()
        if not card.release.allowed:
            return self._cannot_be(card)
        cost = self._cost(card)
        form = ReleaseForm(formdata=None, agreed=cost.code if cost else "")
        if changed:
            form.form_errors.append(changed)
        return page(
            "booking/release.html",
            status,
            card=card,
            form=form,
            cost_text=texts.consequence_text(rules, cost),
            action=self.action,
            back_url=self.back_url,
        )

    def _cost(self, card: cards.AppointmentCard) -> policy.Consequence | None:
        if card.facts.is_affected:  # the clinic's doing costs nobody anything
            return None
        return sanctions.find_consequence(self.viewer, current_rules(), card.starts_at)

    def do(self) -> Response:
        agreed = ReleaseForm().agreed.data or ""
        command = actions.ReleaseAppointment(self.viewer, self.appointment_id, agreed)
        try:
            actions.release_appointment(current_rules(), command)
        except NotAllowed:
            return self._cannot_be(self._card())
        except Conflict as conflict:
            return self.ask(reason_text(conflict.code), 409)
        flash(_(current_rules().labels.released), "success")
        return self._back()

    def _card(self) -> cards.AppointmentCard:
        row = queries.get_appointment(self.viewer, self.appointment_id)
        return cards.card_of(policy.hour_rules(current_rules().booking), row)

    def _cannot_be(self, card: cards.AppointmentCard) -> Response:
        flash(card.release.text, "info")
        return self._back()

    def _back(self) -> Response:
        return make_response(redirect(self.back_url, 303))
