"""``clinicweb audit``: is the journal what was written?"""

import time

import click

from clinicweb.audit import verifying
from clinicweb.audit.chain import Head, head_from
from clinicweb.audit.sealing_actions import find_head
from clinicweb.audit.verifying import Finding, Verification, verify
from clinicweb.opening import open_installation

_TOLD = {
    verifying.CHANGED: "fila {event_id} (bloque {block}): fue alterada",
    verifying.REMOVED: "fila {event_id} (bloque {block}): fue borrada",
    verifying.INSERTED: "fila {event_id}: fue agregada después; ningún bloque la conoce",
    verifying.BACKDATED: "fila {event_id} (bloque {block}): dice una hora en que aún no estaba",
    verifying.BROKEN: "bloque {block}: fue alterado, o falta alguno antes",
    verifying.CUT: "bloque {block}: no es el de la cabeza indicada; falta o se escribió de nuevo",
}


@click.group()
def audit() -> None:
    """Auditoría: quién hizo qué."""


def _head(_context: click.Context, _option: click.Parameter, text: str | None) -> Head | None:
    try:
        return head_from(text) if text else None
    except ValueError:
        raise click.BadParameter("escriba número:huella, como la muestra «audit head»") from None


@audit.command(name="verify")
@click.option("--head", callback=_head, help="Cabeza guardada en otro lugar, con «audit head».")
def verify_journal(*, head: Head | None) -> None:
    """Busca filas alteradas, borradas o agregadas después."""
    open_installation()
    began = time.monotonic()
    found = verify(head)
    seconds = time.monotonic() - began
    for finding in found.findings:
        click.echo(_line(finding), err=True)
    click.echo(_summary(found, seconds))
    if found.findings:
        raise SystemExit(1)


@audit.command(name="head")
def show_head() -> None:
    """Muestra la cabeza de la cadena: guárdela fuera de esta máquina."""
    open_installation()
    found = find_head()
    if found is None:
        raise click.ClickException("aún no hay nada encadenado: lo hace «serve» o «worker»")
    click.echo(str(found))


def _line(finding: Finding) -> str:
    return _TOLD[finding.kind].format(block=finding.block, event_id=finding.event_id)


def _summary(found: Verification, seconds: float) -> str:
    parts = (
        f"{found.rows} filas en {found.blocks} bloques revisadas en {seconds:.1f} s",
        f"{found.unsealed} aún sin encadenar",
        f"problemas: {len(found.findings)}",
        f"cabeza {found.head}" if found.head else "sin cabeza",
    )
    return "; ".join(parts)
