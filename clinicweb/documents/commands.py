"""``clinicweb documents``: what the clinic decides about documents that it issued."""

import click

from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import COMMAND_LINE
from clinicweb.documents.codes import read_code, shown_code
from clinicweb.documents.seal_actions import RevokeSeal, revoke_seal
from clinicweb.opening import open_installation

_LONGEST_REASON = 200


def _reason(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_REASON:
        raise click.BadParameter(f"escriba un motivo de 1 a {_LONGEST_REASON} caracteres")
    return text.strip()


def _code(_context: click.Context, _option: click.Parameter, text: str) -> str:
    code = read_code(text)
    if code is None:
        raise click.BadParameter("es como ABCD-EFGH-JKLM, impreso junto al sello")
    return code


@click.group(name="documents")
def documents_group() -> None:
    """Documentos con sello digital."""


@documents_group.command()
@click.argument("code", callback=_code)
@click.option("--reason", required=True, callback=_reason, help="Por qué; queda en la auditoría.")
def revoke(*, code: str, reason: str) -> None:
    """Anula el sello de un documento: ya no se muestra, y así consta al verificarlo."""
    open_installation()
    try:
        is_new = revoke_seal(RevokeSeal(COMMAND_LINE, code, reason))
    except NotFound:
        raise click.ClickException("no hay un documento con ese código") from None
    told = "anulado" if is_new else "ya estaba anulado"
    click.echo(f"{shown_code(code)}: {told}.")
