"""Conversations in words: reasons, the portal's own lines, links in what people wrote."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clinicweb.chat import models, policy
from clinicweb.chat.rows import MessageRow
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _, lazy

_LINK = re.compile(r"https?://[^\s<>\"'«»]+")
# What ends a sentence after a link is not of it.
_NOT_AT_ITS_END = ".,;:!?)]}…"
_LONGEST_EXCERPT = 90


def reasons(rules: ClinicRules) -> Mapping[str, Any]:
    phone = rules.identity.phone
    return {
        policy.OFF: lazy("En este portal no hay conversaciones."),
        policy.NO_APPOINTMENT: lazy(
            "Puede escribirse con quien tiene o tuvo una hora. Para otra consulta, llame al "
            "%(phone)s.",
            phone=phone,
        ),
        policy.CLINICIAN_OPENS: lazy(
            "Aquí empieza la conversación quien atiende. Si necesita algo, llame al %(phone)s.",
            phone=phone,
        ),
        policy.NOBODY_THERE: lazy(
            "Esa persona ya no lee mensajes en este portal. Llame al %(phone)s.", phone=phone
        ),
        policy.HAS_ENDED: lazy("La consulta terminó. Puede leerla, pero no escribir en ella."),
        policy.NOT_OWN: lazy("Sólo se puede cambiar lo que uno mismo escribió."),
        policy.TOO_LATE: lazy("Ya pasó el tiempo para cambiar este mensaje. Escriba otro."),
        policy.NOT_CLINICIAN: lazy("Esto lo hace quien atiende la consulta."),
        policy.NOT_WITH_PATIENT: lazy("Esta conversación no es una consulta."),
        policy.OF_TWO: lazy("Son sólo dos: puede salir de la conversación."),
        policy.NOT_ENDED: lazy("La conversación sigue abierta."),
        policy.REOPEN_LATE: lazy("Pasó mucho tiempo: empiece otra conversación."),
    }


WRONG = {
    "chat.empty": lazy("Escriba un mensaje."),
    "chat.key": lazy("Vuelva a cargar la página y envíe de nuevo."),
    "chat.too_many": lazy("Son demasiadas personas para una conversación."),
}


def wrong_text(rules: ClinicRules, code: str) -> str:
    """What is wrong with a message, beside what was typed."""
    if code == "chat.too_long":
        most = rules.chat.longest_message
        return _("El mensaje es muy largo: caben %(most)s caracteres.", most=most)
    return str(WRONG[code])


# Lines of slices above, by kind: what each makes of the line's detail.
_LINES: dict[str, Callable[[Mapping[str, str]], str]] = {}


_LINKS: dict[str, Callable[[Mapping[str, str]], str]] = {}


def register_lines(
    lines: Mapping[str, Callable[[Mapping[str, str]], str]],
    links: Mapping[str, Callable[[Mapping[str, str]], str]],
) -> None:
    """*links*: where a line of that kind leads, of those that lead anywhere."""
    _LINES.update(lines)
    _LINKS.update(links)


def line_url(row: MessageRow) -> str:
    """Where the line leads; empty for nowhere."""
    return _LINKS[row.kind](row.detail) if row.kind in _LINKS else ""


def line_text(row: MessageRow) -> str:
    """What the portal itself tells in a conversation."""
    detail = row.detail
    if row.on_behalf_of:
        detail = {**detail, "name": acting_text(detail.get("name", ""), row.on_behalf_of)}
    if row.kind in _LINES:
        return _LINES[row.kind](detail)
    name, by = detail.get("name", ""), detail.get("by", "")
    texts = {
        models.JOINED: _("%(name)s entró a la conversación.", name=name),
        models.LEFT: _("%(name)s salió de la conversación.", name=name),
        models.REMOVED: _("%(by)s sacó a %(name)s del grupo.", by=by, name=name),
        models.TRANSFERRED: _("Desde ahora le atiende aquí %(name)s.", name=name),
        models.ENDED: _("%(name)s finalizó la consulta.", name=name),
        models.REOPENED: _("%(name)s volvió a abrir la consulta.", name=name),
    }
    return texts.get(row.kind, "")


def acting_text(name: str, patient: str) -> str:
    """Who did something for somebody of their family."""
    return _("%(name)s en nombre de %(patient)s", name=name, patient=patient)


def excerpt(row: MessageRow | None) -> str:
    """The beginning of a message, as one line, for the list."""
    if row is None:
        return _("Todavía no hay mensajes.")
    if row.kind != models.TEXT:
        return line_text(row)
    if row.is_deleted:
        return _("Mensaje eliminado")
    line = " ".join(row.text.split())
    return line if len(line) <= _LONGEST_EXCERPT else f"{line[:_LONGEST_EXCERPT]}…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of what somebody wrote; *url* where it is a link (http and https alone)."""

    text: str
    url: str = ""


def pieces(text: str) -> tuple[Piece, ...]:
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for found in _LINK.finditer(text):
        url = found.group().rstrip(_NOT_AT_ITS_END)
        if found.start() > end:
            yield Piece(text[end : found.start()])
        yield Piece(url, url)
        end = found.start() + len(url)
    if end < len(text):
        yield Piece(text[end:])
