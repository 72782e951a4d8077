"""The people who can sign in to the demo, with the passwords that it prints."""

from dataclasses import dataclass

from clinicweb.core.viewer import ADMIN, FRONT_DESK


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """
    Somebody to sign in as, by *username* or, for a patient, by what else the clinic asks for.

    Exactly one of *mrn*, *practitioner* and *role* is set.
    """

    name: str
    what: str
    username: str
    password: str
    mrn: str | None = None
    practitioner: str | None = None
    role: str | None = None
    email: str | None = None


def _patient(name: str, what: str, username: str, password: str, *, number: int) -> DemoPerson:
    return DemoPerson(name, what, username, password, mrn=f"P-{number:04}")


@dataclass(frozen=True, slots=True)
class DemoInvitation:
    """Somebody whom a clinic that registers nobody invites; one of *mrn* and *practitioner*."""

    email: str
    mrn: str | None = None
    practitioner: str | None = None


DEMO_INVITATIONS = (
    DemoInvitation("inigo.penaloza@clinica.example", practitioner="PENALOZA"),
    DemoInvitation("nueva.paciente@correo.example", mrn="P-0004"),
)

# Long and easy to say; they open nothing but this invented clinic.
DEMO_PEOPLE = (
    _patient(
        "Ana Muñoz Peña", "paciente; su hijo es Beto", "ana", "nueve lunas sobre el lago", number=1
    ),
    _patient("Clara Núñez Calfuqueo", "paciente", "clara", "clara pinta barcos azules", number=3),
    DemoPerson(
        "Dr. Andrés Díaz Ñancupil", "medicina general", "diaz", "pan tibio con miel",
        practitioner="DIAZ", email="andres.diaz@clinica.example",
    ),
    DemoPerson(
        "Dra. Marcela Soto Ibáñez", "pediatría", "soto", "siete gatos en el patio",
        practitioner="SOTO", email="marcela.soto@clinica.example",
    ),
    DemoPerson(
        "Elsa Yáñez Bravo", "mesón", "elsa", "agenda y buen humor",
        role=FRONT_DESK, email="elsa.yanez@clinica.example",
    ),
    DemoPerson(
        "Ada Zúñiga Rain", "administración", "ada", "llaves y puertas",
        role=ADMIN, email="ada.zuniga@clinica.example",
    ),
)  # fmt: skip
