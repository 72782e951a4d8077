"""To whom one writes, and who is in a conversation: begun, handed on, a colleague more or less."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response, flash, g, request, url_for

from clinicweb.chat import actions, directory, people_actions, queries
from clinicweb.chat.directory import Person
from clinicweb.chat.forms import GroupForm, OneForm, SearchForm
from clinicweb.chat.people_actions import MoveTo
from clinicweb.chat.rows import ConversationPage
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.errors import NotAllowed
from clinicweb.core.i18n import _
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import PATIENT, PRACTITIONER, Viewer
from clinicweb.family import queries as family
from clinicweb.web.errors import reason_text
from clinicweb.web.guards import role
from clinicweb.web.render import page, see_other

talkers = role(PATIENT, PRACTITIONER)
clinicians = role(PRACTITIONER)


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody of the family for whom one may write."""

    name: str
    url: str
    is_current: bool


@talkers
def new() -> Response:
    """Whom one may write to, with a button each; for clinicians patients and colleagues."""
    return _show_new(GroupForm(formdata=None, key=new_public_id()))


def _writer() -> Viewer:
    """Who would write: the viewer, or as who acts for the one of their family who was chosen."""
    chosen = request.args.get("persona", "")
    if not chosen or PRACTITIONER in g.viewer.roles:
        viewer: Viewer = g.viewer
        return viewer
    return family.acting_for(g.viewer, current_rules(), chosen[:22])


def _choices(writer: Viewer) -> tuple[Choice, ...]:
    """For whom the viewer may write; nothing to choose for who acts for themselves alone."""
    if PRACTITIONER in g.viewer.roles:
        return ()
    found = [row for row in family.list_members(g.viewer, current_rules()) if row.decision.allowed]
    return tuple(
        Choice(
            row.full_name,
            url_for("chat.new", persona=None if row.is_self else row.public_id),
            row.patient_id == writer.patient_id,
        )
        for row in found
        if len(found) > 1
    )


def _show_new(group: GroupForm, status: int = 200) -> Response:
    rules, is_clinician = current_rules(), PRACTITIONER in g.viewer.roles
    writer, persona = _writer(), request.args.get("persona", "")
    form = SearchForm(request.args)
    form.validate()
    search = (form.buscar.data or "")[:60]
    others = directory.list_clinicians(writer, rules, "" if is_clinician else search)
    group.offer(others)
    patients = directory.list_patients(g.viewer, rules, search) if is_clinician else ()
    return page(
        "chat/new.html",
        status,
        form=form,
        search=search,
        is_clinician=is_clinician,
        patients=patients,
        clinicians=() if is_clinician else others,
        group=group if is_clinician and others else None,
        opens=rules.chat.opens,
        family=_choices(writer),
        persona=persona,
        begin_url=url_for("chat.begin", persona=persona or None),
    )


@talkers
def begin() -> Response:
    """A button of one person was pressed, or the form of a group was sent."""
    form, group = OneForm(), GroupForm()
    form.validate()
    one, several = form.clinician.data, request.form.getlist("clinicians")
    chosen = (one,) if one else tuple(several)
    if not chosen and not form.patient.data:
        group.clinicians.errors = [_("Elija al menos a una persona.")]
        return _show_new(group, 422)
    try:
        command = actions.OpenConversation(
            viewer=_writer(),
            clinicians=chosen,
            patient=form.patient.data or None,
            title=(request.form.get("title") or "")[:80],
            key=(request.form.get("key") or "")[:22],
        )
        opened = actions.open_conversation(current_rules(), command)
    except NotAllowed as refusal:
        flash(reason_text(refusal.reason), "info")
        return see_other("chat.new")
    return see_other("chat.conversation", conversation_id=opened)


@clinicians
def transfer(conversation_id: str) -> Response:
    found = queries.get_conversation(g.viewer, current_rules(), conversation_id)
    if not found.end.allowed:
        return _back_with(conversation_id, str(found.end.reason))
    return page("chat/transfer.html", chat=found, people=_absent(found))


@clinicians
def do_transfer(conversation_id: str) -> Response:
    refused = _moved(conversation_id, people_actions.transfer_conversation)
    if refused:
        return refused
    flash(_("La conversación pasó a otra persona. Se lo avisamos al paciente."), "success")
    return see_other("chat.conversations")


@clinicians
def group(conversation_id: str) -> Response:
    found = queries.get_conversation(g.viewer, current_rules(), conversation_id)
    if not found.group.allowed:
        return _back_with(conversation_id, str(found.group.reason))
    ids = [member.account_id for member in found.others]
    present = directory.list_present(g.viewer, ids)
    return page("chat/group.html", chat=found, present=present, people=_absent(found))


@clinicians
def add(conversation_id: str) -> Response:
    refused = _moved(conversation_id, people_actions.add_colleague)
    return refused or see_other("chat.conversation", conversation_id=conversation_id)


@clinicians
def remove(conversation_id: str) -> Response:
    refused = _moved(conversation_id, people_actions.remove_colleague)
    return refused or see_other("chat.group", conversation_id=conversation_id)


@clinicians
def leave(conversation_id: str) -> Response:
    try:
        people_actions.leave_group(current_rules(), g.viewer, conversation_id)
    except NotAllowed as refusal:
        return _back_with(conversation_id, refusal.reason)
    flash(_("Salió de la conversación."), "success")
    return see_other("chat.conversations")


def _moved(conversation_id: str, act: Callable[[ClinicRules, MoveTo], None]) -> Response | None:
    form = OneForm()
    form.validate()
    try:
        act(current_rules(), MoveTo(g.viewer, conversation_id, form.clinician.data or ""))
    except NotAllowed as refusal:
        return _back_with(conversation_id, refusal.reason)
    return None


def _absent(found: ConversationPage) -> tuple[Person, ...]:
    """Clinicians who are not in the conversation."""
    present = [member.account_id for member in found.others]
    return directory.list_clinicians(g.viewer, current_rules(), without=present)


def _back_with(conversation_id: str, reason: str) -> Response:
    flash(reason_text(reason), "info")
    return see_other("chat.conversation", conversation_id=conversation_id)


def routes(one: str) -> Iterator[tuple[str, Callable[..., Response], str]]:
    yield "/nueva", new, "GET"
    yield "/nueva", begin, "POST"
    yield f"{one}/transferir", transfer, "GET"
    yield f"{one}/transferir", do_transfer, "POST"
    yield f"{one}/colegas", group, "GET"
    yield f"{one}/colegas", add, "POST"
    yield f"{one}/sacar", remove, "POST"
    yield f"{one}/salir", leave, "POST"
