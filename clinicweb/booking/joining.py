"""S0-31, S0-32: the way into an attention by video: when it opens, and what is there."""

from flask import Blueprint, Response, g, url_for

from clinicweb.booking import cards, policy, queries
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import PATIENT, Viewer
from clinicweb.family import queries as family
from clinicweb.web.guards import role
from clinicweb.web.render import page


@role(PATIENT)
def room(appointment_id: str) -> Response:
    """One's own."""
    return _room(g.viewer, appointment_id, url_for("booking.home"))


@role(PATIENT)
def member_room(member_id: str, appointment_id: str) -> Response:
    """Of somebody whom the viewer may act for."""
    acting = family.acting_for(g.viewer, current_rules(), member_id)
    return _room(acting, appointment_id, url_for("booking.member", member_id=member_id))


def _room(viewer: Viewer, appointment_id: str, back_url: str) -> Response:
    row = queries.get_appointment(viewer, appointment_id)
    card = cards.card_of(policy.hour_rules(current_rules().booking), row)
    if card.join is None:  # in person, or over: there is no such room
        raise NotFound
    return page("booking/room.html", card=card, join=card.join, back_url=back_url)


def mount(bp: Blueprint) -> None:
    own = "/citas/<public_id:appointment_id>/entrar"
    members = "/servicios/citas/<public_id:member_id>/<public_id:appointment_id>/entrar"
    bp.add_url_rule(own, "room", room, methods=["GET"])
    bp.add_url_rule(members, "member_room", member_room, methods=["GET"])
