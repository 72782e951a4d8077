"""``clinicweb booking close-agenda``: somebody is away, and who has an hour with them is told."""

from datetime import datetime

import click

from clinicweb.booking.change_actions import Told, tell_changes
from clinicweb.booking.closing_actions import CloseAgenda, close_agenda
from clinicweb.clinic.rules import load_rules
from clinicweb.core import clock
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.opening import open_installation

_LONGEST_REASON = 200
_WALL = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


@click.command(name="close-agenda")
@click.option("--practitioner", required=True, help="Código de la persona que no atenderá.")
@click.option("--from", "first", required=True, type=_WALL, help="2026-03-02 o 2026-03-02T14:00.")
@click.option("--to", "last", required=True, type=_WALL, help="Hasta, sin incluirlo.")
@click.option("--reason", required=True, help="Por qué; sólo queda en la auditoría.")
def close(*, practitioner: str, first: datetime, last: datetime, reason: str) -> None:
    """Cierra la agenda de alguien y avisa a quienes tenían hora, con otras horas para elegir."""
    settings = open_installation()
    rules = load_rules(settings.clinic)
    zone = rules.identity.timezone
    starts_at, ends_at = (
        clock.instant_from(wall.date(), wall.time(), zone) for wall in (first, last)
    )
    _check(starts_at, ends_at, reason)
    command = CloseAgenda(COMMAND_LINE, practitioner, starts_at, ends_at, reason.strip())
    try:
        close_agenda(rules, command)
    except NotFound:
        raise click.ClickException("no hay nadie con ese código") from None
    _say(tell_changes(rules, sends_texts=bool(settings.sms_gateway_url)))


def _check(starts_at: datetime, ends_at: datetime, reason: str) -> None:
    if ends_at <= starts_at:
        raise click.BadParameter("el fin debe ser posterior al comienzo", param_hint="--to")
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        message = f"escriba un motivo de 1 a {_LONGEST_REASON} caracteres"
        raise click.BadParameter(message, param_hint="--reason")


def _say(told: Told) -> None:
    click.echo(f"Agenda cerrada. Personas con hora afectada: {told.count}.")
    click.echo(f"Avisadas: {told.count - len(told.unreached)}.")
    if told.unreached:
        click.echo(f"Sin correo ni teléfono, llámelas (fichas): {', '.join(told.unreached)}.")
