"""«Informar a la clínica»: one press, from a call that failed or after one."""

from flask import Response, flash, g

from clinicweb.clinic.installed import current_rules
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT, PRACTITIONER
from clinicweb.video.forms import IncidentForm
from clinicweb.video.incident_actions import ReportCall, report_call
from clinicweb.web.browser import describe
from clinicweb.web.guards import role
from clinicweb.web.render import part, see_other, wants_part

talkers = role(PATIENT, PRACTITIONER)


@talkers
def report(call_id: str) -> Response:
    """What the page measured never keeps anybody from telling: what is not understood is left."""
    form = IncidentForm()
    told = (form.cause.data or "", form.diagnosis.data or "")
    reference = report_call(current_rules(), ReportCall(g.viewer, call_id, *told, describe()))
    if wants_part("video/_reported.html"):
        return part("video/_reported.html", reference=reference)
    flash(
        _("Avisamos a la clínica. Su número de aviso es %(number)s.", number=reference), "success"
    )
    return see_other("video.room", call_id=call_id)
