"""Nobody can be in two places at once: appointments that overlap, found before the database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from clinicweb.core.i18n import _
from clinicweb.imports.names import LiveAppointment
from clinicweb.imports.problems import Problem, quoted
from clinicweb.imports.records import Appointment

LIVE_STATUSES = frozenset({"booked", "arrived", "checked-in"})


@dataclass(frozen=True, slots=True)
class _Busy:
    """Somebody's time; *appointment* is the new one, ``None`` for one the clinic has already."""

    patient: str
    practitioner: str
    starts_at: datetime
    ends_at: datetime
    appointment: Appointment | None = None

    @property
    def key(self) -> tuple[str, str, datetime]:
        return self.patient, self.practitioner, self.starts_at


def overlap_problems(
    appointments: Iterable[Appointment], live: Iterable[LiveAppointment]
) -> Iterator[Problem]:
    """Yield a problem for each new live appointment that begins inside another one."""
    times = list(_all_times(list(appointments), live))
    for whose in (attrgetter("patient"), attrgetter("practitioner")):
        diaries: defaultdict[str, list[_Busy]] = defaultdict(list)
        for busy in times:
            diaries[whose(busy)].append(busy)
        for diary in diaries.values():
            yield from _clashes(sorted(diary, key=attrgetter("starts_at")))


def _all_times(appointments: list[Appointment], live: Iterable[LiveAppointment]) -> Iterator[_Busy]:
    """Yield each live appointment once: what is imported stands for what the clinic has of it."""
    renewed = set()
    for one in appointments:
        if not (one.patient_mrn and one.practitioner and _is_aware(one)):
            continue
        busy = _Busy(one.patient_mrn, one.practitioner, one.starts_at, _end(one), one)
        renewed.add(busy.key)
        if one.status in LIVE_STATUSES:
            yield busy
    for known in live:
        busy = _Busy(known.patient_mrn, known.practitioner, known.starts_at, known.ends_at)
        if busy.key not in renewed:
            yield busy


def _is_aware(appointment: Appointment) -> bool:
    start: Any = appointment.starts_at  # ``None`` or still naive where something was wrong
    return start is not None and start.tzinfo is not None


def _end(appointment: Appointment) -> datetime:
    return appointment.ends_at or appointment.starts_at


def _clashes(diary: list[_Busy]) -> Iterator[Problem]:
    last = None
    for busy in diary:
        if last is not None and last.ends_at > busy.starts_at:
            mine, other = (busy, last) if busy.appointment else (last, busy)
            if mine.appointment is not None:
                yield mine.appointment.source.problem("starts_at", _in_words(other))
        if last is None or busy.ends_at > last.ends_at:
            last = busy


def _in_words(other: _Busy) -> str:
    if other.appointment is None:
        return _(
            "se cruza con otra cita de %(patient)s con %(practitioner)s, que ya existe",
            patient=quoted(other.patient),
            practitioner=quoted(other.practitioner),
        )
    there = other.appointment.source.problem("starts_at", "")
    return _(
        "se cruza con la cita de %(file)s:%(line)d:%(column)d",
        file=there.file,
        line=there.line,
        column=there.column,
    )
