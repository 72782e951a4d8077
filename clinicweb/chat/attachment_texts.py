"""Why a file cannot be sent, in words."""

from collections.abc import Mapping
from typing import Any

from clinicweb.chat import attachment_policy
from clinicweb.chat.attachment_actions import TOO_MANY_TODAY
from clinicweb.core import file_kinds
from clinicweb.core.i18n import _, lazy


def _too_many_today(*, most: int) -> str:
    return _(
        "Ya envió %(most)s archivos en las últimas 24 horas. Puede seguir escribiendo mensajes.",
        most=most,
    )


REASONS: Mapping[str, Any] = {
    attachment_policy.NO_FILES: lazy("En esta clínica no se envían archivos por este medio."),
    attachment_policy.TOO_MANY_AT_ONCE: lazy(
        "Tiene varios archivos a medio enviar. Termine o cancele alguno, o espere un día."
    ),
    TOO_MANY_TODAY: _too_many_today,
}

_NAMES = {
    file_kinds.JPEG: "JPG",
    file_kinds.PNG: "PNG",
    file_kinds.WEBP: "WebP",
    file_kinds.PDF: "PDF",
}
_TYPES = {
    file_kinds.JPEG: "image/jpeg",
    file_kinds.PNG: "image/png",
    file_kinds.WEBP: "image/webp",
    file_kinds.PDF: "application/pdf",
}


def kind_text(kind: str) -> str:
    return _NAMES[kind]


def kinds_text(kinds: tuple[str, ...]) -> str:
    return ", ".join(_NAMES[kind] for kind in kinds)


def accept(kinds: tuple[str, ...]) -> str:
    """What a browser offers in its dialog."""
    return ",".join(_TYPES[kind] for kind in kinds)


def media_type(kind: str) -> str:
    return _TYPES[kind]


def size_text(size_bytes: int) -> str:
    if size_bytes < 1024 * 1024:
        return _("%(size)s KB", size=max(1, round(size_bytes / 1024)))
    return _("%(size)s MB", size=f"{size_bytes / 1024 / 1024:.1f}")
