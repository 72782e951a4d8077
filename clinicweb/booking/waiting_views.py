"""The waiting list as its people see it: what they wait for, asking, waiting no more."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, flash, g, request, url_for

from clinicweb.booking import offer_links, sanctions, waiting_actions, waiting_queries
from clinicweb.booking.steps.dates import Period, period_of
from clinicweb.booking.texts import modality_text
from clinicweb.booking.waiting_forms import WaitForm, wait_form
from clinicweb.booking.waiting_policy import ANY
from clinicweb.booking.waiting_queries import WaitRow, Wanted
from clinicweb.booking.waiting_texts import days_text, part_text, quiet_hours
from clinicweb.clinic.installed import current_rules
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.i18n import _, moment
from clinicweb.core.viewer import PATIENT, Viewer
from clinicweb.family import queries as family
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import role
from clinicweb.web.render import page, see_other

bp = Blueprint("waiting", __name__)


@dataclass(frozen=True, slots=True)
class WaitCard:
    """One wait, ready to print; *offer_url*: where an hour is being offered for it."""

    id: str
    title: str
    person_name: str
    details: tuple[str, ...]
    stop_url: str
    offer_url: str | None


@bp.get("/citas/esperas")
@role(PATIENT)
def mine() -> Response:
    rows = waiting_queries.list_waits(g.viewer, current_rules())
    return page("booking/waiting/mine.html", cards=tuple(_card(row) for row in rows))


def _card(row: WaitRow) -> WaitCard:
    details = (
        row.practitioner_name or _("Con cualquier profesional"),
        row.site_name or _("En cualquier sede"),
        days_text(row.first_day, row.last_day),
        part_text(row.part),
        _("Antes de la que ya tiene: %(when)s", when=moment(row.before, row.zone).when_text)
        if row.before
        else "",
    )
    return WaitCard(
        id=row.public_id,
        title=row.service_name,
        person_name="" if row.is_own else row.person_name,
        details=tuple(filter(None, details)),
        stop_url=url_for("waiting.stop", wait_id=row.public_id),
        offer_url=offer_links.url_of(row.offer_id) if row.offer_id else None,
    )


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks to be told, of what, and within which days."""

    viewer: Viewer
    wanted: Wanted
    before: str
    period: Period

    @property
    def asked(self) -> tuple[date, date, str]:
        """The days and time of day that the person came with."""
        first = _day("desde") or self.period.today
        first = min(max(first, self.period.today), self.period.last)
        last = max(_day("hasta") or self.period.last, first)
        part = request.args.get("horario", "")
        return first, min(last, self.period.last), part or ANY


@bp.get("/citas/esperas/nueva")
@role(PATIENT)
def ask() -> Response:
    """«Avisarme si se libera antes»: for such hours as the address tells."""
    if not _names_something():
        return see_other("waiting.mine")
    asking = _asking()
    sanctions.refuse_the_barred(g.viewer, current_rules())
    return _ask_page(asking, wait_form(asking.wanted, asking.period, asking.asked))


@bp.post("/citas/esperas/nueva")
@role(PATIENT)
def start() -> Response:
    if not _names_something():
        return see_other("waiting.mine")
    asking = _asking()
    form = wait_form(asking.wanted, asking.period, asking.asked)
    if not form.validate():
        return _ask_page(asking, form, 422)
    try:
        waiting_actions.start_waiting(current_rules(), _command(asking, form))
    except NotAllowed as refused:
        if refused.values:  # a sanction has a page of its own
            raise
        form.form_errors.append(reason_text(refused.reason))
        return _ask_page(asking, form, 409)
    flash(_("Le avisaremos si se libera una hora así."), "success")
    return see_other("waiting.mine")


def _names_something() -> bool:
    return bool(request.args.get("servicio") or request.args.get("antes"))


def _asking() -> Asking:
    rules, before = current_rules(), request.args.get("antes", "")
    if not rules.waiting.most_per_person:
        raise NotFound
    viewer, period = _acting(before), period_of(rules)
    if not before:
        names = {"service": "servicio", "practitioner": "profesional", "site": "sede",
                 "modality": "modalidad"}  # fmt: skip
        asked = {name: request.args.get(word, "") for name, word in names.items()}
        return Asking(viewer, waiting_queries.find_wanted(viewer, asked), "", period)
    wanted = waiting_queries.find_wanted_before(viewer, before)
    last = min(period.last, wanted.last_day or period.last)
    return Asking(viewer, wanted, before, Period(period.today, max(last, period.today)))


def _acting(before: str) -> Viewer:
    """For themselves, or for whoever of the family it is about."""
    rules = current_rules()
    person = request.args.get("para", "")
    if before and rules.family.is_on:
        person = waiting_queries.find_patient_of(g.viewer, before)
    viewer: Viewer = g.viewer
    return family.acting_for(viewer, rules, person) if person else viewer


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _command(asking: Asking, form: WaitForm) -> waiting_actions.StartWaiting:
    wanted = asking.wanted
    return waiting_actions.StartWaiting(
        viewer=asking.viewer,
        service=wanted.service.code,
        first_day=form.first_day.data,
        last_day=form.last_day.data,
        part=form.part.data,
        practitioner=form.code_of("practitioner", wanted),
        site=form.code_of("site", wanted),
        modality=wanted.modality or "",
        before=asking.before,
    )


def _ask_page(asking: Asking, form: WaitForm, status: int = 200) -> Response:
    wanted, waiting = asking.wanted, current_rules().waiting
    before = moment(wanted.before, wanted.zone).when_text if wanted.before else None
    return page(
        "booking/waiting/ask.html",
        status,
        form=form,
        service_name=wanted.service.name,
        modality_text=modality_text(wanted.modality) if wanted.modality else "",
        before_text=before,
        minutes=waiting.offer_minutes,
        quiet=quiet_hours(waiting),
        action=request.full_path.rstrip("?"),
        back_url=url_for("waiting.mine"),
    )


@bp.post("/citas/esperas/<public_id:wait_id>/dejar")
@role(PATIENT)
def stop(wait_id: str) -> Response:
    waiting_actions.stop_waiting(waiting_actions.StopWaiting(g.viewer, wait_id))
    flash(_("Ya no espera esa hora."), "success")
    return see_other("waiting.mine")
