"""``clinicweb demo``: an invented clinic to try the portal with, in one command."""

import socket
from collections.abc import Callable

import click

from clinicweb.clinic.rules import load_rules
from clinicweb.config import Settings, load_settings
from clinicweb.core.i18n import _
from clinicweb.demo.people import DEMO_PEOPLE, DemoPerson
from clinicweb.demo.preparing import forget, prepare

FOLDER = "demo"
ANY_HOST = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound to


@click.command()
@click.option("--clinic", help="Configuración de la clínica: nombre o archivo TOML.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option(
    "--reset", is_flag=True, help="Borra los datos de la demostración y empieza de nuevo."
)
@click.pass_obj
def demo(
    serve: Callable[..., None], *, clinic: str | None, host: str, port: int, reset: bool
) -> None:
    """Una clínica inventada, con personas, horas y un buzón, lista para probar."""
    address = f"http://{'127.0.0.1' if host in ANY_HOST else host}:{port}"
    settings = demo_settings(clinic, address)
    rules = load_rules(settings.clinic)
    _refuse_taken_port(host, port)
    if reset:
        forget(settings.data_dir)
    click.echo(_("Preparando la clínica de demostración…"))
    prepare(settings, rules)
    click.echo(greeting(settings, rules.identity.name))
    serve(settings, host=host, port=port, is_demo=True)


def demo_settings(clinic: str | None, address: str) -> Settings:
    """
    The environment's settings with a folder and a database of the demo's own.

    A real clinic's database is never touched, even where its address is set.
    """
    settings = load_settings()
    return load_settings(
        data_dir=settings.data_dir / FOLDER,
        database_url="",
        clinic=clinic or settings.clinic,
        base_url=settings.base_url or address,
    )


def _refuse_taken_port(host: str, port: int) -> None:
    """Found out before anything is made or removed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = _(
                "no se puede usar %(host)s:%(port)d (%(reason)s); elija otro con --port",
                host=host,
                port=port,
                reason=error.strerror,
            )
            raise click.ClickException(message) from None


def greeting(settings: Settings, clinic_name: str) -> str:
    """Where to look, and who can sign in, as lines for a terminal."""
    mailbox = f"{settings.base_url}/demo/buzon"
    places = (
        (_("Portal"), f"{settings.base_url}/"),
        (_("Buzón"), f"{mailbox}   ({mailbox}.json)"),
        (_("Datos"), str(settings.data_dir)),
    )
    return "\n".join(
        [
            "",
            clinic_name,
            "",
            *(f"  {name:<9} {place}" for name, place in places),
            "",
            *(f"  {line}" for line in _table(DEMO_PEOPLE)),
            "",
            _("Ctrl+C termina; los datos quedan. Para empezar de nuevo: clinicweb demo --reset"),
            "",
        ]
    )


def _table(people: tuple[DemoPerson, ...]) -> list[str]:
    """Columns as wide as their widest cell."""
    rows = [(_("Persona"), _("RUT o usuario"), _("Contraseña"))]
    rows += [(f"{p.name} ({p.what})", _names(p), p.password) for p in people]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _names(person: DemoPerson) -> str:
    return ", ".join(filter(None, (person.document, person.username)))
