"""The waiting list in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from clinicweb.booking import waiting_policy
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.clinic.waiting_rules import Waiting
from clinicweb.core import clock
from clinicweb.core.i18n import _, day_text, lazy


def reasons(rules: ClinicRules) -> Mapping[str, Any]:
    phone = rules.identity.phone
    return {
        waiting_policy.NO_LIST: lazy("La clínica no tiene lista de espera por web."),
        waiting_policy.TOO_MANY_WAITS: lazy(
            "Ya espera %(count)s horas, que es lo más que se puede esperar a la vez. Deje de "
            "esperar una para pedir otra.",
            count=rules.waiting.most_per_person,
        ),
        waiting_policy.UNREACHABLE: lazy(
            "No tenemos un correo suyo para avisarle. Agréguelo en «Mi perfil», o llame al "
            "%(phone)s.",
            phone=phone,
        ),
        waiting_policy.OFFER_OVER: lazy(
            "Esta oferta ya terminó y la hora pasó a quien seguía. Usted sigue en la lista de "
            "espera."
        ),
        waiting_policy.NOTHING_LATER: lazy(
            "La hora que quería soltar ya no se puede cambiar. Puede tomar esta y conservar las "
            "dos, si todavía está aquí."
        ),
        waiting_policy.MAY_NOT_ACT: lazy(
            "Ya no puede reservar para esa persona por web. Si necesita ayuda, llame al %(phone)s.",
            phone=phone,
        ),
    }


def days_text(first: date, last: date) -> str:
    today = clock.now().date()
    return _(
        "Del %(first)s al %(last)s",
        first=day_text(first, today=today),
        last=day_text(last, today=today),
    )


def part_text(part: str) -> str:
    words = {waiting_policy.MORNING: _("Mañana"), waiting_policy.AFTERNOON: _("Tarde")}
    return words.get(part, "")


def quiet_hours(rules: Waiting) -> tuple[str, str] | None:
    """From when to when nobody is told anything."""
    if rules.quiet_from == rules.quiet_to:
        return None
    return f"{rules.quiet_from:%H:%M}", f"{rules.quiet_to:%H:%M}"


def has_waiting_list() -> bool:
    return current_rules().waiting.most_per_person > 0


def wait_url(rules: ClinicRules, **asked: str | None) -> str | None:
    """Where «Avisarme si se libera antes» leads; None where there is no waiting list."""
    if not rules.waiting.most_per_person:
        return None
    known = {name: value for name, value in asked.items() if value}
    return f"{url_for('waiting.ask')}?{urlencode(known)}"
