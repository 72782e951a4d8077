"""How a medicine is taken, in plain words: never more than the clinic's system said."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from clinicweb.core.i18n import _, counted

_ONCE_IN = ("d", "wk", "mo")


@dataclass(frozen=True, slots=True)
class Dosage:
    """
    As the doctor wrote it, or in numbers: *frequency* times in *period* *period_unit*.

    ``period_unit``: of FHIR's, ``s min h d wk mo a``.
    """

    text: str | None = None
    dose: str | None = None
    frequency: int | None = None
    period: int | None = None
    period_unit: str | None = None
    as_needed: bool | None = None


def dosage_lines(dosage: Dosage) -> tuple[str, ...]:
    """Each line says one thing; whoever was told nothing is told whom to ask."""
    if dosage.text:
        return tuple(line for line in dosage.text.splitlines() if line.strip())
    told = tuple(_told(dosage))
    return told or (_("Como se lo indicó su médico. Si tiene dudas, llame a la clínica."),)


def _told(dosage: Dosage) -> Iterator[str]:
    if dosage.dose:
        yield _("Dosis: %(dose)s", dose=dosage.dose)
    if dosage.frequency and dosage.period and dosage.period_unit:
        yield from _timing(dosage.frequency, dosage.period, dosage.period_unit)
    if dosage.as_needed:
        yield _("Sólo si lo necesita")


def _timing(frequency: int, period: int, unit: str) -> Iterator[str]:
    if frequency == 1 and (period > 1 or unit not in _ONCE_IN):
        yield _every(period, unit)
    elif period == 1 and unit in _ONCE_IN:
        yield _times_in(frequency, unit)
    else:
        yield counted("%(num)s vez", "%(num)s veces", frequency)
        yield _every(period, unit)


def _times_in(frequency: int, unit: str) -> str:
    if unit == "d":
        return counted("%(num)s vez al día", "%(num)s veces al día", frequency)
    if unit == "wk":
        return counted("%(num)s vez a la semana", "%(num)s veces a la semana", frequency)
    return counted("%(num)s vez al mes", "%(num)s veces al mes", frequency)


def _every(period: int, unit: str) -> str:
    return _EVERY[unit](period)


_EVERY: Mapping[str, Callable[[int], str]] = {
    "s": lambda num: counted("Cada %(num)s segundo", "Cada %(num)s segundos", num),
    "min": lambda num: counted("Cada %(num)s minuto", "Cada %(num)s minutos", num),
    "h": lambda num: counted("Cada %(num)s hora", "Cada %(num)s horas", num),
    "d": lambda num: counted("Cada %(num)s día", "Cada %(num)s días", num),
    "wk": lambda num: counted("Cada %(num)s semana", "Cada %(num)s semanas", num),
    "mo": lambda num: counted("Cada %(num)s mes", "Cada %(num)s meses", num),
    "a": lambda num: counted("Cada %(num)s año", "Cada %(num)s años", num),
}
