"""Where the link of an offered hour leads: take it, or not.  GET changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, url_for

from clinicweb.booking import offer_actions, waiting_queries
from clinicweb.booking.offer_links import offer_id_in
from clinicweb.booking.texts import modality_text
from clinicweb.booking.waiting_forms import TakeForm
from clinicweb.booking.waiting_queries import Choice, OfferedHour
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import Conflict
from clinicweb.core.i18n import _, moment
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import public
from clinicweb.web.render import page, see_other

bp = Blueprint("offers", __name__)


@dataclass(frozen=True, slots=True)
class OfferChoice:
    """The buttons of an open offer, and what they say."""

    can_keep: bool
    why_not: str
    later_id: str | None
    later_text: str


@bp.get("/citas/oferta/<offer_token>")
@public
def show(offer_token: str) -> Response:
    return _offer_page(offer_token)


@bp.post("/citas/oferta/<offer_token>/tomar")
@public
def take(offer_token: str) -> Response:
    offer_id = offer_id_in(offer_token)
    viewer = waiting_queries.find_offered_to(offer_id)
    form = TakeForm()
    instead_of = form.instead_of.data or "" if form.validate() else ""
    command = offer_actions.TakeOffer(viewer, offer_id, instead_of)
    try:
        offer_actions.take_offer(current_rules(), command)
    except Conflict as problem:
        return _offer_page(offer_token, 409, reason_text(problem.code))
    flash(_("La hora es suya. Le enviamos la confirmación a su correo."), "success")
    return see_other("offers.show", offer_token=offer_token)


@bp.post("/citas/oferta/<offer_token>/rechazar")
@public
def decline(offer_token: str) -> Response:
    offer_id = offer_id_in(offer_token)
    viewer = waiting_queries.find_offered_to(offer_id)
    command = offer_actions.DeclineOffer(viewer, offer_id)
    try:
        offer_actions.decline_offer(current_rules(), command)
    except Conflict as problem:
        return _offer_page(offer_token, 409, reason_text(problem.code))
    flash(_("Gracias: se la ofrecemos a quien sigue. Usted sigue en la lista de espera."), "info")
    return see_other("offers.show", offer_token=offer_token)


def _offer_page(token: str, status: int = 200, problem: str = "") -> Response:
    offer_id = offer_id_in(token)
    hour = waiting_queries.find_offered_hour(current_rules(), offer_id)
    form = TakeForm(formdata=None)
    if problem:
        form.form_errors.append(problem)
    return page(
        "booking/waiting/offer.html",
        status,
        form=form,
        **_shown(hour),
        take_url=url_for("offers.take", offer_token=token),
        decline_url=url_for("offers.decline", offer_token=token),
    )


def _shown(hour: OfferedHour) -> Mapping[str, Any]:
    is_virtual = hour.modality == "virtual"
    place = modality_text(hour.modality) if is_virtual else hour.site_text
    return {
        "when_text": moment(hour.starts_at, hour.zone).when_text,
        "member_name": hour.member_name,
        "facts": (hour.practitioner_name, place),
        "by_text": moment(hour.ends_at, hour.zone).when_text,
        "is_taken": hour.is_taken,
        "choice": _words(hour.choice, hour.zone) if hour.choice else None,
    }


def _words(choice: Choice, zone: str) -> OfferChoice:
    return OfferChoice(
        can_keep=choice.why_not_keep is None,
        why_not=reason_text(choice.why_not_keep) if choice.why_not_keep else "",
        later_id=choice.later_id,
        later_text=moment(choice.later_at, zone).when_text if choice.later_at else "",
    )
