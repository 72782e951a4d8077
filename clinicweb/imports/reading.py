"""All the files of an import, read: their records, and all that is wrong with the files."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clinicweb.core.i18n import _
from clinicweb.imports.columns import Defaults, Table, tables
from clinicweb.imports.csv_reader import read_csv
from clinicweb.imports.fhir_reader import FhirReader
from clinicweb.imports.files import SUFFIXES, UnreadableFileError, read_text
from clinicweb.imports.problems import Problem, quoted
from clinicweb.imports.records import Records


@dataclass(slots=True)
class Reading:
    """What the files gave; *ignored* counts FHIR resources that are nothing of ours."""

    records: Records = field(default_factory=Records)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    are_all_read: bool = True


def read_files(
    files: Iterable[Path], defaults: Defaults, *, done: Callable[[Path], None] = lambda _: None
) -> Reading:
    """Read every file, and go on after one that cannot be read."""
    reader = _FilesReader(defaults)
    for file in files:
        try:
            reader.read(file)
        except UnreadableFileError as error:
            reader.reading.problems.append(error.problem)
            reader.reading.are_all_read = False
        done(file)
    return reader.finish()


class _FilesReader:
    def __init__(self, defaults: Defaults) -> None:
        self.reading = Reading()
        self._tables = tables(defaults)
        self._fhir = FhirReader(defaults)

    def read(self, path: Path) -> None:
        suffix = path.suffix.lower()
        if suffix == ".json":
            self._fhir.add_file(str(path), read_text(path))
        elif suffix == ".csv":
            self._read_csv(path, _table_of(path, self._tables))
        else:
            message = _("se leen archivos %(suffixes)s", suffixes=", ".join(SUFFIXES))
            raise UnreadableFileError(Problem(str(path), 1, 1, message))

    def _read_csv(self, path: Path, table: Table) -> None:
        found = read_csv(str(path), read_text(path), table)
        getattr(self.reading.records, table.kind).extend(found.records)
        self.reading.problems += found.problems
        self.reading.warnings += found.warnings

    def finish(self) -> Reading:
        fhir = self._fhir.finish()
        self.reading.records.add_all(fhir.records)
        self.reading.problems += fhir.problems
        self.reading.warnings += fhir.warnings
        self.reading.ignored = fhir.ignored
        # A resource or a file that gave nothing may be what others refer to.
        self.reading.are_all_read &= not fhir.problems
        return self.reading


def _table_of(path: Path, known: Mapping[str, Table]) -> Table:
    table = known.get(path.name.lower())
    if table is None:
        message = _(
            "%(name)s no es un archivo que se importe; los nombres son: %(known)s",
            name=quoted(path.name),
            known=", ".join(known),
        )
        raise UnreadableFileError(Problem(str(path), 1, 1, message))
    return table
