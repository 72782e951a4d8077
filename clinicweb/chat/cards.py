"""Conversations and messages ready to print."""

from dataclasses import dataclass
from datetime import date

from flask import url_for

from clinicweb.chat import models, texts
from clinicweb.chat.attachment_cards import FileCard, file_card
from clinicweb.chat.rows import ConversationPage, ConversationRow, MessageRow
from clinicweb.chat.texts import Piece
from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock
from clinicweb.core.i18n import _, counted, day_text, moment
from clinicweb.web import live


@dataclass(frozen=True, slots=True)
class Quote:
    """What a message replies to."""

    author_name: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class MessageCard:
    """
    One line of a conversation.

    ``day_text``: of the day that begins with it, else empty; ``key``: by which the page that sent
    it knows it; ``state_text``: whether it was read, of one's own alone.
    """

    id: str
    number: int
    key: str
    day: str
    is_text: bool
    is_own: bool
    is_first_unread: bool
    day_text: str
    author_name: str
    pieces: tuple[Piece, ...]
    line_text: str
    line_url: str
    time_text: str
    state_text: str
    is_deleted: bool
    quote: Quote | None
    edit_url: str
    reply_url: str
    file: FileCard | None


@dataclass(frozen=True, slots=True)
class ConversationCard:
    """A conversation in the list."""

    url: str
    name: str
    excerpt: str
    when_text: str
    unread: int
    unread_text: str
    is_ended: bool
    is_with_patient: bool
    is_online: bool
    patient_name: str  # for whom the reader writes in it, where that is another


def zone() -> str:
    return current_rules().identity.timezone


def conversation_card(row: ConversationRow) -> ConversationCard:
    return ConversationCard(
        url=url_for("chat.conversation", conversation_id=row.public_id),
        name=row.name,
        excerpt=texts.excerpt(row.last),
        when_text=_brief(row),
        unread=row.unread,
        unread_text=counted("%(num)s sin leer", "%(num)s sin leer", row.unread),
        is_ended=row.is_ended,
        is_with_patient=row.kind == models.WITH_PATIENT,
        is_online=bool(live.present(row.watched)),
        patient_name=row.patient_name,
    )


def _brief(row: ConversationRow) -> str:
    """The hour of today, the day of earlier ones."""
    today = clock.local_day(clock.now(), zone())
    said = moment(row.last_at, zone())
    is_today = clock.local_day(row.last_at, zone()) == today
    return said.hour_text if is_today else said.day_text


def message_cards(page: ConversationPage, *, known_day: date | None = None) -> list[MessageCard]:
    """
    The messages of *page*, in order; each day is said where it begins.

    Args:
        known_day: the day of the message before them, when a page shows it already.
    """
    cards, day = [], known_day
    for row in page.messages:
        its_day = clock.local_day(row.sent_at, zone())
        cards.append(_card(page, row, day_begins=its_day != day))
        day = its_day
    return cards


def _card(page: ConversationPage, row: MessageRow, *, day_begins: bool) -> MessageCard:
    is_text = row.kind == models.TEXT
    may_reply = is_text and page.post.allowed and not row.is_deleted and not row.is_own
    return MessageCard(
        id=row.public_id,
        number=row.number,
        key=row.client_key,
        day=clock.local_day(row.sent_at, zone()).isoformat(),
        is_text=is_text,
        is_own=row.is_own,
        is_first_unread=row.number == page.read_number + 1 and not row.is_own,
        day_text=_day(row) if day_begins else "",
        author_name=_author(row),
        pieces=texts.pieces(row.text),
        line_text="" if is_text else texts.line_text(row),
        line_url="" if is_text else texts.line_url(row),
        time_text=_time(row),
        state_text=_state(row) if row.is_own and is_text else "",
        is_deleted=row.is_deleted,
        quote=_quote(page, row),
        edit_url=_message_url(page, row) if row.may_change else "",
        reply_url=f"?responder={row.public_id}#text" if may_reply else "",
        file=file_card(page.public_id, row.file) if row.file else None,
    )


def _author(row: MessageRow) -> str:
    """Who wrote it, and for whom where that is another."""
    name, patient = row.author_name, row.on_behalf_of
    if row.is_own:
        return _("Usted, en nombre de %(patient)s", patient=patient) if patient else _("Usted")
    if not patient:
        return name
    return _("Escrito por %(name)s en nombre de %(patient)s", name=name, patient=patient)


def _message_url(page: ConversationPage, row: MessageRow) -> str:
    """As the page of the conversation may say it: what comes by the socket is to be small."""
    where = page.public_id
    url = url_for("chat.message", conversation_id=where, message_id=row.public_id)
    return url[url.index(where) :]


def _day(row: MessageRow) -> str:
    today = clock.local_day(clock.now(), zone())
    its_day = clock.local_day(row.sent_at, zone())
    return _("Hoy") if its_day == today else day_text(its_day, today=today)


def _time(row: MessageRow) -> str:
    hour = moment(row.sent_at, zone()).hour_text
    return _("%(hour)s, corregido", hour=hour) if row.is_edited else hour


def _state(row: MessageRow) -> str:
    return _("Leído") if row.is_read else _("Enviado")


def _quote(page: ConversationPage, row: MessageRow) -> Quote | None:
    answered = row.answers
    if answered is None:
        return None
    url = f"#message-{answered.public_id}"
    if all(shown.number != answered.number for shown in page.messages):
        before = answered.number + 10
        path = url_for("chat.conversation", conversation_id=page.public_id, antes=before)
        url = path + url
    return Quote(answered.author_name, answered.text or _("Mensaje eliminado"), url)
