"""``clinicweb booking``: what the clinic's desk decides about bookings on the web."""

import click

from clinicweb.booking.change_commands import close
from clinicweb.booking.sanction_actions import LiftSanction, lift_sanction
from clinicweb.clinic.rules import load_rules
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.opening import open_installation

_LONGEST_REASON = 200


def _reason(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_REASON:
        raise click.BadParameter(f"escriba un motivo de 1 a {_LONGEST_REASON} caracteres")
    return text.strip()


@click.group()
def booking() -> None:
    """Reservas por web."""


booking.add_command(close)


@booking.command(name="lift-sanction")
@click.option("--mrn", required=True, help="Número de ficha de la persona titular de la cuenta.")
@click.option("--reason", required=True, callback=_reason, help="Por qué; queda en la auditoría.")
def lift(*, mrn: str, reason: str) -> None:
    """Levanta la sanción que impide reservar por web."""
    rules = load_rules(open_installation().clinic)
    try:
        count = lift_sanction(rules, LiftSanction(COMMAND_LINE, mrn, reason))
    except NotFound:
        raise click.ClickException("no hay tal paciente") from None
    click.echo(f"Sanciones levantadas: {count}." if count else "No tenía ninguna sanción.")
