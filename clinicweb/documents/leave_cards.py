"""Sick leaves in words, for pages and for paper."""

from dataclasses import dataclass
from datetime import date

from clinicweb.core.i18n import _, counted, date_text
from clinicweb.documents.leave_queries import SickLeaveRow


@dataclass(frozen=True, slots=True)
class SickLeaveCard:
    id: str
    kind: str
    issued_text: str
    period_text: str
    days_text: str
    author_name: str


def card_of(row: SickLeaveRow) -> SickLeaveCard:
    return SickLeaveCard(
        id=row.public_id,
        kind=row.kind,
        issued_text=date_text(row.issued_on),
        period_text=period_text(row.starts_on, row.ends_on),
        days_text=days_text(row.starts_on, row.ends_on),
        author_name=row.author_name or _("Sin información"),
    )


def period_text(starts_on: date, ends_on: date) -> str:
    """Both days are meant."""
    if starts_on == ends_on:
        return date_text(starts_on)
    return _("Del %(first)s al %(last)s", first=date_text(starts_on), last=date_text(ends_on))


def days_text(starts_on: date, ends_on: date) -> str:
    return counted("%(num)s día", "%(num)s días", (ends_on - starts_on).days + 1)
