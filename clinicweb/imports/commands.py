"""``clinicweb import``: what the clinic's IT person types, and what is answered."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from clinicweb.clinic.rules import load_rules
from clinicweb.core.i18n import _
from clinicweb.imports import cells
from clinicweb.imports.actions import ImportInterruptedError, ImportRefusedError, Summary
from clinicweb.imports.files import find_files
from clinicweb.imports.running import Watch, import_paths
from clinicweb.opening import open_installation

STAGES = 5  # how often the writing says that it has come further


def _zone(_context: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    try:
        return cells.timezone(name) if name else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH…"
)
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Revisa y cuenta, sin guardar nada.")
@click.option("--timezone", callback=_zone, help="Zona de los lugares que no dicen la suya.")
def import_files(*, paths: tuple[Path, ...], is_dry_run: bool, timezone: str | None) -> None:
    """
    Importa datos de la clínica: archivos CSV, paquetes FHIR R4 (*.json) o carpetas con ellos.

    Todo o nada: con un solo error no se guarda nada, y se muestran todos.
    """
    rules = load_rules(open_installation().clinic)
    total = len(find_files(paths)) + STAGES
    try:
        with click.progressbar(length=total, label=_("Importando"), file=sys.stderr) as bar:
            watch = Watch(lambda _file: bar.update(1), lambda _stage: bar.update(1))
            summary = import_paths(
                paths, rules, timezone=timezone, is_dry_run=is_dry_run, watch=watch
            )
    except ImportRefusedError as refused:
        _tell_problems(refused)
        raise SystemExit(1) from None
    except ImportInterruptedError:
        message = _("alguien reservó mientras tanto: no se guardó nada; inténtelo de nuevo")
        raise click.ClickException(message) from None
    for line in _lines(summary, is_dry_run=is_dry_run):
        click.echo(line)


def _tell_problems(refused: ImportRefusedError) -> None:
    for problem in refused.problems:
        click.echo(str(problem), err=True)
    number = len(refused.problems)
    click.echo(_("No se importó nada. Problemas: %(number)d.", number=number), err=True)


def _lines(summary: Summary, *, is_dry_run: bool) -> Iterator[str]:
    for warning in summary.warnings:
        yield _("aviso: %(warning)s", warning=warning)
    yield from _table(summary)
    if summary.ignored:
        counts = ", ".join(f"{name} {count}" for name, count in summary.ignored.most_common())
        yield _("Recursos FHIR que no se importan: %(counts)s", counts=counts)
    yield from _published(summary)
    if is_dry_run:
        yield _("Fue un ensayo: no se guardó nada.")


def _table(summary: Summary) -> Iterator[str]:
    names = {
        "sites": _("lugares"),
        "services": _("servicios"),
        "agreements": _("convenios"),
        "practitioners": _("profesionales"),
        "patients": _("pacientes"),
        "agendas": _("agendas"),
        "closures": _("cierres"),
        "hours": _("horas publicadas"),
        "appointments": _("citas"),
        "prescriptions": _("recetas"),
        "prescription_items": _("medicamentos"),
    }
    row = "{:<18}{:>10}{:>14}{:>12}"
    yield row.format("", _("nuevos"), _("actualizados"), _("iguales"))
    for kind, found in summary.kinds.items():
        yield row.format(names[kind], found.created, found.updated, found.unchanged)


def _published(summary: Summary) -> Iterator[str]:
    counts = summary.published.counts
    if any(counts.values()):
        yield _(
            "Horas: %(created)d nuevas, %(restored)d repuestas, %(withdrawn)d retiradas.",
            created=counts["created"],
            restored=counts["restored"],
            withdrawn=counts["withdrawn"],
        )
    if summary.published.stranded:
        codes = ", ".join(summary.published.stranded)
        yield _("Citas que ninguna agenda da ya, por resolver: %(codes)s", codes=codes)
