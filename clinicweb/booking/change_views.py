"""Where the link of a change leads: other hours, one press each.  GET changes nothing."""

from dataclasses import dataclass

from flask import Blueprint, Response, url_for

from clinicweb.booking import agenda_changes, change_actions, change_queries
from clinicweb.booking.change_mail import CHANGE_LIFETIME, CHANGE_PURPOSE
from clinicweb.booking.queries import FreeHour
from clinicweb.booking.texts import modality_text
from clinicweb.clinic.installed import current_rules, secret_keys
from clinicweb.core import tokens
from clinicweb.core.errors import Conflict, NotAllowed, NotFound
from clinicweb.core.forms import Form
from clinicweb.core.i18n import _, moment
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import public
from clinicweb.web.render import page, see_other

_MOST = 6  # hours on the page; the mail has fewer


@dataclass(frozen=True, slots=True)
class HourLink:
    """One hour that can be had, and where it is taken."""

    url: str
    when_text: str
    detail: str


@public
def changed(change_token: str) -> Response:
    return _page(change_token)


def _page(token: str, problem: str = "", status: int = 200) -> Response:
    hour = change_queries.find_changed_hour(current_rules(), _change_id(token))
    found = change_queries.list_alternatives(hour.movable, count=_MOST) if hour.is_open else ()
    form = Form(formdata=None)
    if problem:
        form.form_errors.append(problem)
    return page(
        "booking/changed/show.html",
        status,
        form=form,
        is_open=hour.is_open,
        when_text=moment(hour.starts_at, hour.zone).when_text,
        facts=(hour.practitioner_name, _place(hour.modality, hour.site_text)),
        outcome_text=_outcome(hour.outcome),
        links=tuple(_link(token, each) for each in found),
    )


def _link(token: str, hour: FreeHour) -> HourLink:
    return HourLink(
        url=url_for("booking.changed_hour", change_token=token, slot_id=hour.slot_id),
        when_text=moment(hour.starts_at, hour.zone).when_text,
        detail=f"{hour.practitioner_name} · {_place(hour.modality, hour.site_name)}",
    )


def _outcome(outcome: str | None) -> str:
    if outcome == agenda_changes.MOVED:
        return _("Su hora quedó cambiada. Es esta:")
    if outcome == agenda_changes.RESTORED:
        return _("La clínica puede atenderle a la hora de siempre. Es esta:")
    return _("Esta hora ya pasó o fue liberada. No hay nada que hacer.")


def _place(modality: str, site_text: str) -> str:
    return modality_text(modality) if modality == "virtual" else site_text


@public
def changed_hour(change_token: str, slot_id: int) -> Response:
    """Mail scanners open every link: the button takes the hour."""
    hour = change_queries.find_changed_hour(current_rules(), _change_id(change_token))
    if not hour.is_open:
        return _page(change_token)
    new = change_queries.get_alternative(hour.movable, slot_id)
    if not new.is_free:
        return _page(change_token, _("Otra persona tomó esa hora. Estas están libres:"))
    return page(
        "booking/changed/hour.html",
        form=Form(formdata=None),
        old=(
            moment(hour.starts_at, hour.zone).when_text,
            f"{hour.practitioner_name} · {_place(hour.modality, hour.site_text)}",
        ),
        new=(
            moment(new.hour.starts_at, new.hour.zone).when_text,
            f"{new.hour.practitioner_name} · {_place(new.hour.modality, new.site_text)}",
        ),
        action=url_for("booking.changed_take", change_token=change_token, slot_id=slot_id),
        back_url=url_for("booking.changed", change_token=change_token),
    )


@public
def changed_take(change_token: str, slot_id: int) -> Response:
    change_id = _change_id(change_token)
    try:
        change_actions.take_by_link(current_rules(), change_id, slot_id)
    except NotAllowed as refused:
        return _page(change_token, reason_text(refused.reason), 409)
    except Conflict as conflict:
        return _page(change_token, reason_text(conflict.code), 409)
    return see_other("booking.changed", change_token=change_token)


def _change_id(token: str) -> str:
    try:
        return tokens.read(secret_keys(), CHANGE_PURPOSE, token, max_age=CHANGE_LIFETIME)
    except tokens.BadToken:
        raise NotFound from None


def mount(bp: Blueprint) -> None:
    rule = "/citas/cambio/<change_token>"
    bp.add_url_rule(rule, "changed", changed, methods=["GET"])
    bp.add_url_rule(f"{rule}/<int:slot_id>", "changed_hour", changed_hour, methods=["GET"])
    bp.add_url_rule(f"{rule}/<int:slot_id>", "changed_take", changed_take, methods=["POST"])
