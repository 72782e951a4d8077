"""``clinicweb family``: what adults of a family allow the holder of its account."""

import click

from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.family.actions import NoteConsent, RevokeConsent, note_consent, revoke_consent
from clinicweb.opening import open_installation

_LONGEST = 200
_MRN = click.option("--mrn", required=True, help="Número de ficha de la persona adulta.")


def _text(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not text.strip() or len(text) > _LONGEST:
        raise click.BadParameter(f"escriba de 1 a {_LONGEST} caracteres")
    return text.strip()


@click.group()
def family() -> None:
    """Familias: quién puede actuar por quién."""


@family.command()
@_MRN
@click.option("--how", required=True, callback=_text, help="Cómo lo autorizó; queda escrito.")
def consent(*, mrn: str, how: str) -> None:
    """Una persona adulta autoriza a quien es titular de su familia."""
    open_installation()
    try:
        note_consent(NoteConsent(COMMAND_LINE, mrn, how))
    except NotFound:
        raise click.ClickException("no hay tal paciente, o no depende de un titular") from None
    click.echo("Autorización anotada.")


@family.command()
@_MRN
def revoke(*, mrn: str) -> None:
    """Deja sin efecto esa autorización."""
    open_installation()
    try:
        had = revoke_consent(RevokeConsent(COMMAND_LINE, mrn))
    except NotFound:
        raise click.ClickException("no hay tal paciente, o no depende de un titular") from None
    click.echo("Autorización retirada." if had else "No había ninguna autorización.")
