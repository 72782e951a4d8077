"""The ``clinicweb`` command."""

import logging
import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from clinicweb.accounts.commands import account
from clinicweb.audit.commands import audit
from clinicweb.booking.commands import booking
from clinicweb.clinic.rules import BadRules, load_rules
from clinicweb.config import PREFIX, BadSettings, Settings, load_settings
from clinicweb.core import migrate
from clinicweb.core.errors import Unavailable
from clinicweb.demo.commands import demo
from clinicweb.documents.commands import documents_group
from clinicweb.family.commands import family
from clinicweb.imports.commands import import_files
from clinicweb.opening import open_installation


class _Group(click.Group):
    """Says what is wrong with the settings in lines, not in a traceback."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except (BadSettings, BadRules) as error:
            raise click.ClickException(f"configuración:\n{error}") from None
        except migrate.OutOfDate:
            message = "la base de datos no está al día: clinicweb db upgrade"
            raise click.ClickException(message) from None
        except Unavailable as error:
            cause = str(error.__cause__ or "").partition("\n")[0]
            raise click.ClickException(f"la base de datos no responde: {cause}") from None


@click.group(cls=_Group)
@click.version_option(package_name="clinicweb")
@click.pass_context
def cli(context: click.Context) -> None:
    """clinicweb: portal de pacientes para clínicas."""
    context.obj = _serve  # commands of slices get the server from above
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # its steps are no news to anybody


@cli.command()
@click.argument("part", type=click.Choice(["web", "live"]), required=False)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option(
    "--sockets", default=5000, show_default=True, help="Cuántos a la vez; sólo con «live»."
)
def serve(part: str | None, host: str, port: int, sockets: int) -> None:
    """Sirve el portal (gunicorn), con su envío de correos y publicación de horas.

    Con «web», todo menos los avisos en vivo; con «live», sólo estos (PostgreSQL y Redis).
    """
    settings = open_installation()
    if part == "live":
        _serve_sockets(settings, host, port, sockets)
    elif part == "web":
        from clinicweb.server import serve_pages

        serve_pages(settings, host=host, port=port)
    else:
        _serve(settings, host=host, port=port)


def _serve_sockets(settings: Settings, host: str, port: int, sockets: int) -> None:
    if settings.database.startswith("sqlite") or not settings.redis_url:
        needed = f"{PREFIX}DATABASE_URL, {PREFIX}REDIS_URL: serve live needs PostgreSQL and Redis"
        raise BadSettings(needed)
    # In its place: this one has asked the database, and gevent would come too late.
    options = [f"--host={host}", f"--port={port}", f"--sockets={sockets}"]
    os.execv(sys.executable, [sys.executable, "-m", "clinicweb.live_server", *options])  # noqa: S606


def _serve(settings: Settings, **options: Any) -> None:
    from clinicweb.server import serve as run

    run(settings, **options)


@cli.command()
def worker() -> None:
    """Sólo el trabajo de fondo: correos, publicación de horas, limpieza."""
    from clinicweb.app import create_app
    from clinicweb.jobs import work

    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    settings = open_installation()
    work(create_app(settings), stop, settings.base_url or "http://127.0.0.1:8000")


@cli.command()
def doctor() -> None:
    """Revisa la instalación: base de datos, correo, Redis, servidor de paso de videollamadas."""
    from clinicweb.doctor import WRONG, examine

    settings = load_settings()
    states = set()
    for found in examine(settings, load_rules(settings.clinic)):
        click.echo(f"{found.state:6} {found.about}: {found.told}")
        states.add(found.state)
    sys.exit(1 if WRONG in states else 0)


@cli.group(name="db")
def database() -> None:
    """La base de datos."""


@database.command()
def upgrade() -> None:
    """Lleva la base de datos a la versión actual."""
    settings = load_settings()
    settings.make_data_dir()
    try:
        migrate.upgrade(settings.database)
    except OperationalError as error:
        raise Unavailable from error


def main() -> None:
    sys.exit(cli())


cli.add_command(account)
cli.add_command(audit)
cli.add_command(booking)
cli.add_command(demo)
cli.add_command(documents_group)
cli.add_command(family)
cli.add_command(import_files, name="import")
