"""What a sealed document is worth, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from clinicweb.core.i18n import _, date_text
from clinicweb.documents import policy
from clinicweb.documents.leave_cards import period_text
from clinicweb.documents.verification import Verified


@dataclass(frozen=True, slots=True)
class VerifiedCard:
    """*lines*: names and values, none of a file that was altered."""

    is_valid: bool
    heading: str
    text: str
    lines: tuple[tuple[str, str], ...]


def card_of(found: Verified) -> VerifiedCard:
    heading, text = _words()[found.state]
    return VerifiedCard(found.state == policy.VALID, heading, text, tuple(_lines(found)))


def _words() -> dict[str, tuple[str, str]]:
    return {
        policy.VALID: (_("Documento válido"), _("La clínica lo emitió y sigue vigente.")),
        policy.ALTERED: (
            _("Documento alterado"),
            _("No es el que emitió la clínica: no lo acepte. Pida el original y verifíquelo."),
        ),
        policy.REVOKED: (_("Documento anulado"), _("La clínica retiró su sello: ya no vale.")),
        policy.SUPERSEDED: (
            _("Documento reemplazado"),
            _("La clínica lo corrigió con otro documento: pida el nuevo."),
        ),
        policy.EXPIRED: (
            _("Documento vencido"),
            _("La clínica lo emitió, pero ya no responde por él. Consúltele."),
        ),
    }


def _lines(found: Verified) -> Iterator[tuple[str, str]]:
    if found.initials:
        yield _("Iniciales"), found.initials
    if found.starts_on and found.ends_on:
        yield _("Días que cubre"), period_text(found.starts_on, found.ends_on)
    for name, day in (
        (_("Fecha de emisión"), found.issued_on),
        (_("Sellado"), found.sealed_on),
        (_("Se verifica hasta"), found.expires_on),
    ):
        if day:
            yield name, date_text(day)
