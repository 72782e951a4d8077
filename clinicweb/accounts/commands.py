"""``clinicweb account``: accounts that the clinic makes, invites, helps, closes and opens again."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from clinicweb.accounts import actions, closing_actions, invitation_actions, own_factor_actions
from clinicweb.clinic.rules import load_rules
from clinicweb.core.errors import InvalidInput, NotFound
from clinicweb.core.viewer import ADMIN, COMMAND_LINE, FRONT_DESK
from clinicweb.opening import open_installation

_STATES = {
    closing_actions.OPEN: "activa",
    closing_actions.INVITED: "invitada",
    closing_actions.CLOSED: "cerrada",
}


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
    with _told_in_lines():
        actions.create_account(COMMAND_LINE, command)
    click.echo("Cuenta creada.")


@contextmanager
def _told_in_lines() -> Iterator[None]:
    try:
        yield
    except NotFound:
        raise click.ClickException("no hay tal paciente, profesional o cuenta") from None
    except InvalidInput as error:
        lines = (f"{name}: {text}" for name, texts in error.errors.items() for text in texts)
        raise click.ClickException("\n".join(lines)) from None


@account.command()
@click.option("--email", required=True, help="Correo al que va la invitación.")
@click.option("--mrn", help="Número de ficha del paciente.")
@click.option("--practitioner", help="Código del profesional.")
@click.option("--role", type=click.Choice((FRONT_DESK, ADMIN)), help="Mesón o administración.")
@click.option("--name", help="Nombre, para mesón o administración.")
@click.option("--username", help="Nombre de usuario; sin él lo elige la persona.")
def invite(*, email: str, role: str | None, **whom: str | None) -> None:
    """Crea una cuenta y envía un enlace para abrirla; de nuevo, otro en su lugar."""
    if sum(each is not None for each in (whom["mrn"], whom["practitioner"], role)) != 1:
        raise click.UsageError("indique una de: --mrn, --practitioner, --role")
    if role and not whom["name"]:
        raise click.UsageError("con --role indique --name")
    rules = load_rules(open_installation().clinic)
    made = actions.CreateAccount(
        password="",
        email=email,
        roles=(role,) if role else (),
        **whom,  # type: ignore[arg-type]
    )
    command = invitation_actions.Invite(made, rules.identity.default_language)
    with _told_in_lines():
        number = invitation_actions.invite(COMMAND_LINE, rules, command)
    click.echo(f"Cuenta {number}: invitación enviada a {email}.")


@account.command(name="list")
def list_all() -> None:
    """Las cuentas: número, estado, roles, nombre, usuarios y correo."""
    rules = load_rules(open_installation().clinic)
    for row in closing_actions.list_accounts(rules):
        users = ", ".join(row.users) or "-"
        state, email = _STATES[row.state], row.email or "-"
        click.echo(f"{row.id:>6}  {state:<8}  {row.roles:<14}  {row.name}  {users}  {email}")


@account.command()
@click.argument("number", type=int)
def close(number: int) -> None:
    """Cierra la cuenta NUMBER: nadie entra con ella y sus sesiones terminan."""
    open_installation()
    with _told_in_lines():
        closing_actions.close_account(COMMAND_LINE, number)
    click.echo("Cuenta cerrada.")


@account.command()
@click.argument("number", type=int)
def reopen(number: int) -> None:
    """Abre de nuevo la cuenta NUMBER, con su contraseña de antes."""
    open_installation()
    with _told_in_lines():
        closing_actions.reopen_account(COMMAND_LINE, number)
    click.echo("Cuenta abierta.")


@account.command()
@click.argument("user")
def reset_factors(user: str) -> None:
    """
    Quita la verificación en dos pasos de quien perdió su teléfono.

    USER: un nombre con que la persona inicia sesión. Compruebe antes, en persona, quién la pide.
    Sus sesiones se cierran, y se le avisa por correo.
    """
    rules = load_rules(open_installation().clinic)
    try:
        name = own_factor_actions.reset_factors(rules, COMMAND_LINE, user)
    except NotFound:
        raise click.ClickException(f"nadie inicia sesión con «{user}»") from None
    click.echo(f"Verificación en dos pasos quitada: {name}.")
