"""«Probar cámara y micrófono»: outside any call, and what its page measures with."""

import os
from dataclasses import asdict, dataclass
from datetime import timedelta

from flask import Blueprint, Response, flash, g, jsonify, request

from clinicweb.clinic.installed import current_rules, current_settings
from clinicweb.core import clock
from clinicweb.core.errors import NotFound
from clinicweb.core.i18n import _, moment
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import PATIENT, PRACTITIONER
from clinicweb.video import check_actions, check_queries, check_texts, checks, context
from clinicweb.video.check_forms import CheckForm, DownForm
from clinicweb.video.relays import relay_for
from clinicweb.web.browser import describe
from clinicweb.web.guards import role
from clinicweb.web.render import see_other, wants_fragment, whole_page
from clinicweb.web.security import allow_devices

bp = Blueprint("check", __name__)
talkers = role(PATIENT, PRACTITIONER)
_RELAY_FOR = timedelta(minutes=1)
_READ_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One test that was kept, ready to print."""

    id: str
    when_text: str
    browser: str
    summary: str
    lines: tuple[str, ...]


@bp.before_request
def _are_there_calls() -> None:
    if not context.is_on(current_rules()):
        raise NotFound


@bp.get("/videollamadas/prueba")
@talkers
def mine() -> Response:
    return _show(CheckForm(formdata=None))


def _show(form: CheckForm, status: int = 200) -> Response:
    if wants_fragment():
        # A script and rights of its own: it is never swapped into a page without them.
        return Response(headers={"HX-Redirect": request.path})
    shown = whole_page(
        "video/check.html",
        status,
        form=form,
        parts=check_texts.parts(),
        fixes=check_texts.fixes(describe()),
        speeds=" ".join(f"{least}:{state}" for least, state in checks.SPEEDS),
        past=_past(),
    )
    return allow_devices(shown)


def _past() -> tuple[CheckLine, ...]:
    zone = current_rules().identity.timezone
    return tuple(
        CheckLine(
            id=row.public_id,
            when_text=moment(row.checked_at, zone).when_text,
            browser=row.browser,
            summary=check_texts.summary(row.found),
            lines=check_texts.lines(row.found),
        )
        for row in check_queries.list_checks(g.viewer)
    )


@bp.post("/videollamadas/prueba")
@talkers
def save() -> Response:
    form = CheckForm()
    if not form.validate():
        if wants_fragment():
            return mine()
        # Hidden fields: what is wrong with them is no business of whoever pressed the button.
        form = CheckForm(formdata=None)
        form.form_errors = [_("La prueba no se completó. Repítala.")]
        return _show(form, 422)
    check_actions.save_check(check_actions.SaveCheck(g.viewer, describe(), form.found()))
    flash(_("Guardamos el resultado: puede verlo abajo."), "success")
    return see_other("check.mine")


@bp.post("/videollamadas/prueba/paso")
@talkers
def relay() -> Response:
    """The relay as a call would have it, for a minute; nothing where there is none."""
    check_actions.count_step(g.viewer)
    until = clock.now() + _RELAY_FOR
    found = relay_for(current_settings(), new_public_id(), until=until)
    return jsonify(ice=[asdict(found)] if found else [])


@bp.post("/videollamadas/prueba/bajada")
@talkers
def down() -> Response:
    """Noise: nothing on the way can make it smaller, or keep it."""
    check_actions.count_step(g.viewer)
    form = DownForm()
    asked = form.bytes.data if form.validate() and form.bytes.data else 0
    return Response(os.urandom(checks.part_bytes(asked)), mimetype="application/octet-stream")


@bp.post("/videollamadas/prueba/subida")
@talkers
def up() -> Response:
    """Read to its end, at most as much as a measurement sends, and forgotten."""
    check_actions.count_step(g.viewer)
    left = checks.LARGEST_BYTES
    while left > 0 and (part := request.stream.read(min(_READ_BYTES, left))):
        left -= len(part)
    return Response(status=204)
