"""An import from its paths to its summary, for the command line and the demo."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.viewer import COMMAND_LINE, Actor
from clinicweb.imports.actions import ImportFiles, Summary, import_records
from clinicweb.imports.columns import Defaults
from clinicweb.imports.files import find_files
from clinicweb.imports.reading import read_files

Told = Callable[[Any], None]


def _silently(_: Any) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Whom to tell of each file that was read and each stage that was written."""

    is_read: Told = _silently
    is_written: Told = _silently


def import_paths(
    paths: Iterable[Path],
    rules: ClinicRules,
    *,
    actor: Actor = COMMAND_LINE,
    timezone: str | None = None,
    is_dry_run: bool = False,
    watch: Watch = Watch(),
) -> Summary:
    """
    Import files and folders into the configured database.

    Args:
        timezone: of sites that do not say their own; the clinic's by default.

    Raises: ``ImportRefusedError`` with every problem, ``ImportInterruptedError``.
    """
    zone = timezone or rules.identity.timezone
    defaults = Defaults(timezone=zone, region=rules.identity.country)
    reading = read_files(find_files(paths), defaults, done=watch.is_read)
    command = ImportFiles(
        actor=actor,
        reading=reading,
        timezone=zone,
        horizon_days=rules.booking.horizon_days,
        is_dry_run=is_dry_run,
    )
    return import_records(command, done=watch.is_written)
