"""«Mi calendario», and the calendar itself."""

import hashlib
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, g, make_response, request, url_for

from clinicweb.clinic.installed import current_rules, current_settings, secret_keys
from clinicweb.core import tokens
from clinicweb.core.errors import NotFound
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT
from clinicweb.feed import actions, queries
from clinicweb.feed.forms import FeedForm
from clinicweb.notifications.calendar import FeedEvent, to_feed
from clinicweb.web.guards import public, role
from clinicweb.web.render import page, see_other

PURPOSE = tokens.declare_purpose("calendar-feed")
bp = Blueprint("feed", __name__)


@bp.get("/mi-calendario")
@role(PATIENT)
def mine() -> Response:
    feed_id = queries.find_feed(g.viewer)
    address = _address(feed_id) if feed_id else None
    return page(
        "feed/mine.html",
        form=FeedForm(),
        address=address,
        webcal=f"webcal{address.removeprefix(urlsplit(address).scheme)}" if address else None,
        open_url=url_for("feed.open_address"),
        close_url=url_for("feed.close_address"),
    )


@bp.post("/mi-calendario")
@role(PATIENT)
def open_address() -> Response:
    actions.open_feed(g.viewer)
    flash(_("Su dirección está lista. La anterior, si había, ya no sirve."), "success")
    return see_other("feed.mine")


@bp.post("/mi-calendario/cerrar")
@role(PATIENT)
def close_address() -> Response:
    actions.close_feed(g.viewer)
    flash(_("La dirección de calendario ya no sirve."), "success")
    return see_other("feed.mine")


@bp.get("/calendario/<feed_token>.ics")
@public
def calendar(feed_token: str) -> Response:
    """For calendars: whoever knows the address reads it, so it tells when and where alone."""
    try:
        feed_id = tokens.read_lasting(secret_keys(), PURPOSE, feed_token)
    except tokens.BadToken:
        raise NotFound from None
    hours = queries.list_feed_hours(feed_id, current_rules())
    response = make_response(to_feed([_event(hour) for hour in hours], name=_name()))
    response.mimetype = "text/calendar"
    # Not of the text, which is stamped with this moment: what did not change is not sent again.
    response.set_etag(hashlib.sha256(repr((hours, _name())).encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _event(hour: queries.FeedHour) -> FeedEvent:
    return FeedEvent(
        uid=f"{hour.public_id}@clinicweb",
        sequence=hour.sequence,
        starts_at=hour.starts_at,
        ends_at=hour.ends_at,
        zone=hour.zone,
        summary=_summary(hour),
        location=hour.location,
        url=f"{_base_url()}/",
    )


def _summary(hour: queries.FeedHour) -> str:
    if not hour.member_name:
        return _name()
    clinic = current_rules().identity.name
    return _("Hora de %(name)s en %(clinic)s", name=hour.member_name, clinic=clinic)


def _name() -> str:
    return _("Hora en %(clinic)s", clinic=current_rules().identity.name)


def _address(feed_id: str) -> str:
    token = tokens.issue_lasting(secret_keys(), PURPOSE, feed_id)
    return f"{_base_url()}{url_for('feed.calendar', feed_token=token)}"


def _base_url() -> str:
    """Never from the Host header, unless nothing else is known (the demo)."""
    return current_settings().base_url or request.host_url.rstrip("/")
