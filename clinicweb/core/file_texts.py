"""Why a file is not taken, in words, and what can be sent in its place."""

from collections.abc import Mapping
from typing import Any

from clinicweb.core import clamav, file_kinds, file_store
from clinicweb.core.i18n import _, lazy


def _too_large(*, longest_mb: int) -> str:
    return _(
        "El archivo es demasiado grande: se aceptan hasta %(mb)s MB. Envíe uno más pequeño.",
        mb=longest_mb,
    )


REASONS: Mapping[str, Any] = {
    file_kinds.EMPTY: lazy("El archivo está vacío. Elija otro."),
    file_kinds.UNKNOWN: lazy(
        "Este tipo de archivo no se acepta aquí. Puede enviar fotos (JPG, PNG, WebP) o un PDF, "
        "según lo que permita la clínica."
    ),
    file_kinds.NO_PHOTO_OF_APPLE: lazy(
        "Las fotos en formato HEIC o AVIF no se aceptan. Envíela como JPG: en un iPhone, cambie "
        "Ajustes, Cámara, Formatos a «Más compatible», o envíe una captura de pantalla."
    ),
    file_kinds.DAMAGED: lazy(
        "No pudimos abrir el archivo: puede estar dañado o incompleto. Ábralo en su equipo, "
        "guárdelo de nuevo e intente otra vez."
    ),
    file_kinds.TOO_MANY_PIXELS: lazy(
        "La foto tiene demasiados puntos. Envíela en un tamaño menor o como captura de pantalla."
    ),
    file_kinds.LOCKED: lazy(
        "El PDF pide una contraseña o está protegido. Guárdelo sin protección y envíelo de nuevo."
    ),
    file_kinds.HAS_FILES: lazy(
        "El PDF trae otros archivos dentro. Envíe cada uno por separado."
    ),
    clamav.INFECTED: lazy(
        "El antivirus encontró algo peligroso en el archivo y no lo guardamos. Revise su equipo."
    ),
    clamav.NO_SCANNER: lazy(
        "No pudimos revisar el archivo con el antivirus y no lo guardamos. Intente más tarde."
    ),
    file_store.TOO_LARGE: _too_large,
    file_store.BUSY: lazy("Este archivo ya se está enviando en otra ventana."),
    file_store.MOVED_ON: lazy("El envío cambió mientras tanto. Intente de nuevo."),
}  # fmt: skip
