"""The four sections that every topic has, in their order (S3-86)."""

from clinicweb.core.i18n import _
from clinicweb.help.guide import Line, Section

Lines = tuple[Line, ...]


def sections(
    *, access: Lines, procedure: Lines, requirements: Lines, considerations: Lines
) -> tuple[Section, ...]:
    """Those that have something to say."""
    made = (
        Section("acceso", _("Formas de acceder"), access),
        Section("procedimiento", _("Procedimiento"), procedure, is_ordered=True),
        Section("requisitos", _("Requisitos"), requirements),
        Section("consideraciones", _("Consideraciones"), considerations),
    )
    return tuple(section for section in made if section.lines)
