"""``clinicweb demo``: an invented clinic to try the portal with, in one command."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from clinicweb.clinic.rules import ClinicRules, load_rules
from clinicweb.config import Settings, load_settings
from clinicweb.core.i18n import _
from clinicweb.demo.people import DEMO_PEOPLE, DemoPerson
from clinicweb.demo.preparing import forget, prepare
from clinicweb.demo.visitors import Visitor, Visitors, asked_words

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
    visitors = prepare(settings, rules)
    click.echo(greeting(settings, rules, visitors))
    serve(settings, host=host, port=port, is_demo=True)


def demo_settings(clinic: str | None, address: str) -> Settings:
    """
    The environment's settings with a folder and a database of the demo's own.

    A real clinic's database is never touched, even where its address is set.
    """
    settings = load_settings()
    chosen = clinic or settings.clinic
    return load_settings(
        data_dir=settings.data_dir / _folder(chosen),
        database_url="",
        clinic=chosen,
        base_url=settings.base_url or address,
    )


def _folder(clinic: str) -> str:
    """One for each clinic: what one of them holds makes no sense in another."""
    return FOLDER if _is_usual(clinic) else f"{FOLDER}-{Path(clinic).stem}"


def _clinic_option(clinic: str) -> str:
    return "" if _is_usual(clinic) else f"--clinic {clinic} "


def _is_usual(clinic: str) -> bool:
    return clinic == Settings.model_fields["clinic"].default


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


def greeting(settings: Settings, rules: ClinicRules, visitors: Visitors) -> str:
    """Where to look, who can sign in and who can register, as lines for a terminal."""
    mailbox = f"{settings.base_url}/demo/buzon"
    places = (
        (_("Portal"), f"{settings.base_url}/"),
        (_("Buzón"), f"{mailbox}   ({mailbox}.json)"),
        (_("Datos"), str(settings.data_dir)),
    )
    return "\n".join(
        [
            "",
            rules.identity.name,
            "",
            *(f"  {name:<9} {place}" for name, place in places),
            "",
            *(f"  {line}" for line in _table(DEMO_PEOPLE, rules, visitors)),
            "",
            *_to_register(rules, visitors.without_account),
            *_to_accept(visitors.invited),
            _(
                "Ctrl+C termina; los datos quedan. Para empezar de nuevo: %(command)s",
                command=f"clinicweb demo {_clinic_option(settings.clinic)}--reset",
            ),
            "",
        ]
    )


def _table(people: tuple[DemoPerson, ...], rules: ClinicRules, visitors: Visitors) -> list[str]:
    """Columns as wide as their widest cell."""
    rows = [(_("Persona"), _(rules.labels.identifier), _("Contraseña"))]
    rows += [
        (f"{p.name} ({p.what})", ", ".join(visitors.names.get(p.username, ())), p.password)
        for p in people
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _to_register(rules: ClinicRules, visitors: tuple[Visitor, ...]) -> Iterator[str]:
    """What each would type, by the words of the clinic's registration."""
    if not visitors:
        return
    words = asked_words(rules)
    width = max(len(words[field]) for visitor in visitors for field in visitor.answers)
    yield _("Para probar el registro:")
    for visitor in visitors:
        known = _("tiene ficha en la clínica") if visitor.is_known else _("nueva en la clínica")
        yield f"  {visitor.name} ({known})"
        for field, answer in visitor.answers.items():
            yield f"    {words[field]:<{width}}   {answer}"
    yield "  " + _("Lo demás se elige con libertad; los correos llegan al buzón.")
    yield ""


def _to_accept(invited: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Where the clinic makes the accounts: whose invitation waits in the mailbox."""
    if not invited:
        return
    yield _("Para probar una invitación, abra su enlace en el buzón:")
    for name, email in invited:
        yield f"  {name} ({email})"
    yield ""
