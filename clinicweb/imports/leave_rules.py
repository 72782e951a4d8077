"""Rules that certificates keep: whose they are, which days, and what is sealed."""

from collections.abc import Iterable, Iterator

from clinicweb.core.i18n import _
from clinicweb.imports.names import Known
from clinicweb.imports.problems import Problem, quoted
from clinicweb.imports.records import SEALED_FIELDS, SickLeave


def leave_problems(leaves: Iterable[SickLeave], known: Known) -> Iterator[Problem]:
    new = list(leaves)
    # A code that the clinic has keeps its patient, whatever a file says.
    owners = {one.code: one.patient_mrn for one in new} | known.certified_to
    for one in new:
        if one.starts_on and one.ends_on and one.ends_on < one.starts_on:
            yield one.source.problem("ends_on", _("termina antes de empezar"))
        yield from _owner_problems(one, owners)
        yield from _seal_problems(one, known)


def _owner_problems(one: SickLeave, owners: dict[str, str]) -> Iterator[Problem]:
    if one.patient_mrn and one.code and owners[one.code] != one.patient_mrn:
        message = _(
            "el certificado %(code)s es del paciente %(mrn)s",
            code=quoted(one.code),
            mrn=quoted(owners[one.code]),
        )
        yield one.source.problem("patient_mrn", message)
    if one.replaces is None:
        return
    if one.replaces == one.code or owners.get(one.replaces, one.patient_mrn) != one.patient_mrn:
        message = _("sólo reemplaza a otro certificado del mismo paciente")
        yield one.source.problem("replaces", message)


def _seal_problems(one: SickLeave, known: Known) -> Iterator[Problem]:
    """What is sealed says what it says; only that nobody stands for it any more may come later."""
    sealed = known.sealed.get(one.code)
    if sealed is None:
        return
    said = tuple(
        was if value is None and one.source.is_partial else value
        for value, was in zip((getattr(one, n) for n in SEALED_FIELDS), sealed, strict=True)
    )
    if said != sealed or one.status == "preliminary":
        message = _(
            "el certificado %(code)s ya tiene sello: corríjalo con otro que lo reemplace",
            code=quoted(one.code),
        )
        yield one.source.problem("code", message)
