"""The pages of a family: its members, the appointments of each, one more (S3-20…S3-39)."""

from dataclasses import dataclass

from flask import Blueprint, Response, g, request, url_for

from clinicweb.booking import beginning, member_queries, policy, sanctions, texts
from clinicweb.booking.cards import AppointmentCard, card_of
from clinicweb.booking.moving import Moving
from clinicweb.booking.releasing import Releasing
from clinicweb.booking.steps import summary
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import NotFound
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT
from clinicweb.family import queries as family
from clinicweb.family.cards import MemberCard
from clinicweb.family.cards import card_of as member_card
from clinicweb.family.members import Member
from clinicweb.web.guards import role
from clinicweb.web.render import page, see_other


@dataclass(frozen=True, slots=True)
class Filter:
    text: str
    url: str
    is_current: bool


@role(PATIENT)
def members() -> Response:
    """S3-20, S3-21: everybody whose affiliation is current."""
    found = family.list_members(g.viewer, current_rules())
    if not found:
        raise NotFound
    return page("booking/members.html", rows=tuple(_row(member) for member in found))


def _row(person: Member) -> MemberCard:
    return member_card(person, url_for("booking.member", member_id=person.public_id))


@role(PATIENT)
def member(member_id: str) -> Response:
    """S3-22, S3-31, S3-32: the appointments of one of them; the coming ones, unless asked."""
    rules = current_rules()
    person = family.get_member(g.viewer, rules, member_id)
    acting = family.as_member(g.viewer, person)
    which = request.args.get("ver", member_queries.COMING)
    rows = member_queries.list_appointments(acting, which)
    numbers = policy.hour_rules(rules.booking)
    sanction = sanctions.find_sanction(g.viewer, rules)
    return page(
        "booking/member.html",
        name=person.full_name,
        filters=_filters(member_id, which),
        is_coming=which == member_queries.COMING,
        rows=tuple(_shown(member_id, card_of(numbers, row)) for row in rows),
        ask_url=None if sanction else url_for("booking.ask_for_member", member_id=member_id),
        barred_text=texts.barred_text(sanction),
        back_url=url_for("booking.members"),
    )


def _shown(member_id: str, card: AppointmentCard) -> tuple[AppointmentCard, str, str]:
    """An appointment, and where it is cancelled and changed."""
    return card, _cancel_url(member_id, card.id), _move_url(member_id, card.id)


def _filters(member_id: str, which: str) -> tuple[Filter, ...]:
    names = {
        member_queries.COMING: _("Próximas"),
        member_queries.PAST: _("Anteriores"),
        member_queries.CANCELLED: _("Canceladas"),
    }
    if which not in names:
        raise NotFound
    return tuple(
        Filter(text, url_for("booking.member", member_id=member_id, ver=name), name == which)
        for name, text in names.items()
    )


def _cancel_url(member_id: str, appointment_id: str) -> str:
    return url_for("booking.member_release", member_id=member_id, appointment_id=appointment_id)


@role(PATIENT)
def ask_for_member(member_id: str) -> Response:
    """S3-23: «Solicitar cita», for this very person."""
    rules = current_rules()
    sanctions.refuse_the_barred(g.viewer, rules)
    person = family.get_member(g.viewer, rules, member_id)
    draft_id = beginning.begin_for(g.viewer, person)
    return see_other("booking.reserva_step", draft_id=draft_id, step_key=summary.KEY)


def _releasing(member_id: str, appointment_id: str) -> Releasing:
    acting = family.acting_for(g.viewer, current_rules(), member_id)
    action = _cancel_url(member_id, appointment_id)
    back_url = url_for("booking.member", member_id=member_id)
    return Releasing(acting, appointment_id, action, back_url)


@role(PATIENT)
def member_release(member_id: str, appointment_id: str) -> Response:
    """S3-33, S3-34."""
    return _releasing(member_id, appointment_id).ask()


@role(PATIENT)
def do_member_release(member_id: str, appointment_id: str) -> Response:
    """S3-35."""
    return _releasing(member_id, appointment_id).do()


def _moving(member_id: str, appointment_id: str) -> Moving:
    acting = family.acting_for(g.viewer, current_rules(), member_id)
    back_url = url_for("booking.member", member_id=member_id)
    return Moving(acting, appointment_id, _move_url(member_id, appointment_id), back_url)


def _move_url(member_id: str, appointment_id: str) -> str:
    return url_for("booking.member_move", member_id=member_id, appointment_id=appointment_id)


@role(PATIENT)
def member_move(member_id: str, appointment_id: str) -> Response:
    return _moving(member_id, appointment_id).choose()


@role(PATIENT)
def member_keep_hour(member_id: str, appointment_id: str) -> Response:
    return _moving(member_id, appointment_id).keep()


@role(PATIENT)
def member_check_move(member_id: str, appointment_id: str, slot_id: int) -> Response:
    return _moving(member_id, appointment_id).ask(slot_id)


@role(PATIENT)
def do_member_move(member_id: str, appointment_id: str, slot_id: int) -> Response:
    return _moving(member_id, appointment_id).do(slot_id)


def mount(bp: Blueprint) -> None:
    home = "/servicios/citas"
    one = f"{home}/<public_id:member_id>"
    cancel = f"{one}/<public_id:appointment_id>/cancelar"
    bp.add_url_rule(home, "members", members, methods=["GET"])
    bp.add_url_rule(one, "member", member, methods=["GET"])
    bp.add_url_rule(f"{one}/solicitar", "ask_for_member", ask_for_member, methods=["POST"])
    bp.add_url_rule(cancel, "member_release", member_release, methods=["GET"])
    bp.add_url_rule(cancel, "do_member_release", do_member_release, methods=["POST"])
    change = f"{one}/<public_id:appointment_id>/cambiar"
    bp.add_url_rule(change, "member_move", member_move, methods=["GET"])
    bp.add_url_rule(change, "member_keep_hour", member_keep_hour, methods=["POST"])
    change = f"{change}/<int:slot_id>"
    bp.add_url_rule(change, "member_check_move", member_check_move, methods=["GET"])
    bp.add_url_rule(change, "do_member_move", do_member_move, methods=["POST"])
