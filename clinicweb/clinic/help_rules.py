"""What a clinic tells people who do not get on, below its forms."""

from clinicweb.clinic.section import Section


class Help(Section):
    """Short sentences, in Spanish, by the page that they stand on; translated later."""

    sign_in: tuple[str, ...] = ()
    registration: tuple[str, ...] = ()
    recovery: tuple[str, ...] = ()
    reactivation: tuple[str, ...] = ()
