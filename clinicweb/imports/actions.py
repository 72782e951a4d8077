"""Write what the files of an import say: all of it, or nothing."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking.catalogue import note_change
from clinicweb.booking.publish_actions import Published, publish_in
from clinicweb.core.db import transaction
from clinicweb.core.viewer import Actor
from clinicweb.imports.known import load_known
from clinicweb.imports.plan import make_plan
from clinicweb.imports.problems import Problem
from clinicweb.imports.reading import Reading
from clinicweb.imports.records import Records
from clinicweb.imports.writing import Writing, write_people_and_places
from clinicweb.imports.writing_appointments import write_appointments
from clinicweb.imports.writing_documents import write_prescriptions
from clinicweb.imports.writing_hours import write_agendas, write_closures, write_hours
from clinicweb.imports.writing_leaves import write_sick_leaves


class ImportRefusedError(Exception):
    """Nothing was written; *problems* are all the reasons, in the order of the files."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class ImportInterruptedError(Exception):
    """Somebody wrote meanwhile what the import was about to write: try again."""


class _Rehearsed(Exception):
    """Leaves the transaction so that it rolls back."""


@dataclass(frozen=True, slots=True)
class KindSummary:
    """How many records of a kind are new, say something else now, or are as they were."""

    created: int
    updated: int
    unchanged: int


@dataclass(slots=True)
class Summary:
    """What an import did, kind by kind in the order of writing, and what to look at."""

    kinds: dict[str, KindSummary] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    published: Published = field(default_factory=Published)

    @property
    def changes_anything(self) -> bool:
        written = any(kind.created or kind.updated for kind in self.kinds.values())
        return written or any(self.published.counts.values())


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """Write *reading*; a dry run does all of it and then takes it back."""

    actor: Actor
    reading: Reading
    timezone: str
    horizon_days: int
    is_dry_run: bool = False


def import_records(
    command: ImportFiles, *, done: Callable[[str], None] = lambda _: None
) -> Summary:
    """
    Check the records of a reading and write them, in one transaction.

    Args:
        done: told the name of each kind once it is written.

    Raises: ``ImportRefusedError`` with every problem, of the files and among the records;
    ``ImportInterruptedError``.
    """
    summary = Summary(ignored=command.reading.ignored)
    try:
        with transaction(command.actor) as session:
            records = _checked(session, command, summary)
            _write(session, command, records, summary, done)
            _stop_if_rehearsed(command)
    except _Rehearsed:
        pass
    except IntegrityError as error:
        raise ImportInterruptedError from error
    return summary


def _stop_if_rehearsed(command: ImportFiles) -> None:
    if command.is_dry_run:
        raise _Rehearsed


def _checked(session: Session, command: ImportFiles, summary: Summary) -> Records:
    reading = command.reading
    known = load_known(session, reading.records)
    plan = make_plan(
        reading.records, known, timezone=command.timezone, are_all_read=reading.are_all_read
    )
    problems = sorted({*reading.problems, *plan.problems})
    if problems:
        raise ImportRefusedError(problems)
    summary.warnings = sorted({*reading.warnings, *plan.warnings})
    return plan.records


def _write(
    session: Session,
    command: ImportFiles,
    new: Records,
    summary: Summary,
    done: Callable[[str], None],
) -> None:
    writing = Writing(session, command.timezone)
    write_people_and_places(writing, new, done)
    write_agendas(writing, new.agendas)
    write_closures(writing, new.closures)
    write_hours(writing, new.hours)
    if new.agendas or new.closures:
        summary.published = publish_in(session, horizon_days=command.horizon_days)
    done("hours")
    summary.warnings += write_appointments(writing, new.appointments)
    write_prescriptions(writing, new)
    write_sick_leaves(writing, new)
    done("appointments")
    summary.kinds = _counted(writing, new)
    if summary.changes_anything:
        note_change(session)
    _note(session, writing, summary.kinds)


def _counted(writing: Writing, new: Records) -> dict[str, KindSummary]:
    kinds = {}
    for kind in Records.__slots__:
        if total := len(getattr(new, kind)):
            outcome = writing.outcomes[kind]
            created, updated = len(outcome.created), len(outcome.updated)
            kinds[kind] = KindSummary(created, updated, total - created - updated)
    return kinds


def _note(session: Session, writing: Writing, kinds: Mapping[str, KindSummary]) -> None:
    """One line for the import, and one for each person whose record it changed."""
    ids = writing.ids("patients") if "patients" in kinds else {}
    for (mrn,) in sorted(writing.outcomes["patients"].updated):
        audit.record(
            session,
            "patient.import",
            record_type="patient",
            record_id=ids[mrn],
            patient_id=ids[mrn],
        )
    audit.record(
        session,
        "import.run",
        record_type="import",
        record_id="-",
        detail={
            kind: {"created": summary.created, "updated": summary.updated}
            for kind, summary in kinds.items()
        },
    )
