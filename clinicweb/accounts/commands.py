"""``clinicweb account``: accounts for people who get no e-mail."""

import sys

import click

from clinicweb.accounts import actions
from clinicweb.core.errors import InvalidInput, NotFound
from clinicweb.core.viewer import ADMIN, COMMAND_LINE
from clinicweb.opening import open_installation


@click.group()
def account() -> None:
    """Cuentas de acceso."""


@account.command()
@click.option("--mrn", help="Número de ficha del paciente.")
@click.option("--practitioner", help="Código del profesional.")
@click.option("--admin", is_flag=True, help="Una cuenta de administración.")
@click.option("--username", help="Nombre de usuario, además del documento.")
@click.option("--email", help="Correo para sus códigos, si su ficha no tiene.")
@click.option(
    "--password-stdin",
    is_flag=True,
    required=True,
    expose_value=False,
    help="Lee la clave de la entrada.",
)
def create(
    *,
    mrn: str | None,
    practitioner: str | None,
    admin: bool,
    username: str | None,
    email: str | None,
) -> None:
    """Crea la cuenta de un paciente, de un profesional o de administración."""
    if sum((mrn is not None, practitioner is not None, admin)) != 1:
        raise click.UsageError("indique una de: --mrn, --practitioner, --admin")
    open_installation()
    command = actions.CreateAccount(
        password=sys.stdin.readline().rstrip("\r\n"),
        mrn=mrn,
        practitioner=practitioner,
        roles=(ADMIN,) if admin else (),
        username=username,
        email=email,
    )
    try:
        actions.create_account(COMMAND_LINE, command)
    except NotFound:
        raise click.ClickException("no hay tal paciente o profesional") from None
    except InvalidInput as error:
        lines = (f"{name}: {text}" for name, texts in error.errors.items() for text in texts)
        raise click.ClickException("\n".join(lines)) from None
    click.echo("Cuenta creada.")
