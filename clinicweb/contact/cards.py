"""Messages to the clinic ready to print."""

from dataclasses import dataclass
from datetime import datetime

from clinicweb.clinic.installed import current_rules
from clinicweb.contact.rows import AnswerRow, MessageRow
from clinicweb.contact.texts import kind_text
from clinicweb.core.i18n import _, counted, moment


@dataclass(frozen=True, slots=True)
class AnswerCard:
    author_name: str
    when_text: str
    body: str


@dataclass(frozen=True, slots=True)
class ReportCard:
    """S2-22: what the page of a call measured; *cause* is a code of ``video.incidents``."""

    cause: str
    browser: str
    measured: tuple[str, ...]
    tried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageCard:
    """
    *about_name*: where it is not who wrote; *is_waiting*: open, and nobody answered; *is_new*:
    nobody of the staff opened it.
    """

    id: str
    reference: str
    kind_text: str
    name: str
    email: str
    has_account: bool
    about_name: str
    when_text: str
    state_text: str
    is_waiting: bool
    is_new: bool
    is_closed: bool
    body: str
    report: ReportCard | None
    answers: tuple[AnswerCard, ...]
    answers_text: str


def card_of(row: MessageRow) -> MessageCard:
    is_waiting = not row.answers and not row.is_closed
    return MessageCard(
        id=row.public_id,
        reference=row.reference,
        kind_text=kind_text(current_rules(), row.kind),
        name=row.name,
        email=row.email,
        has_account=row.has_account,
        about_name=row.about_name if row.about_name != row.name else "",
        when_text=_when(row.written_at),
        state_text=_state(row),
        is_waiting=is_waiting,
        is_new=not row.is_read and not row.is_closed,
        is_closed=row.is_closed,
        body=row.body,
        report=_report(row),
        answers=tuple(_answer(answer) for answer in row.answers),
        answers_text=counted("%(num)s respuesta", "%(num)s respuestas", len(row.answers)),
    )


def _state(row: MessageRow) -> str:
    if row.is_closed:
        return _("Cerrado")
    return _("Respondido") if row.answers else _("Sin responder")


def _answer(row: AnswerRow) -> AnswerCard:
    return AnswerCard(row.author_name, _when(row.answered_at), row.body)


def _report(row: MessageRow) -> ReportCard | None:
    if not row.diagnosis:
        return None
    told = row.diagnosis
    return ReportCard(
        cause=told.get("cause", ""),
        browser=told.get("browser", ""),
        measured=tuple(told.get("measured", ())),
        tried=tuple(told.get("tried", ())),
    )


def _when(at: datetime) -> str:
    return moment(at, current_rules().identity.timezone).when_text
