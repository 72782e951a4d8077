"""The people who can sign in to the demo, with the passwords that it prints."""

from dataclasses import dataclass

from clinicweb.core.viewer import ADMIN, FRONT_DESK
from clinicweb.demo.patients_data import make_rut


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """
    Somebody to sign in as.

    Exactly one of *mrn*, *practitioner* and *role* is set.  *signs_in_with* is what to type:
    the RUT, or the *username* of those who are no patients.
    """

    name: str
    what: str
    signs_in_with: str
    password: str
    mrn: str | None = None
    practitioner: str | None = None
    role: str | None = None
    username: str | None = None


def _patient(name: str, what: str, number: int, password: str) -> DemoPerson:
    return DemoPerson(name, what, make_rut(number), password, mrn=f"P-{number:04}")


def _doctor(name: str, what: str, code: str, username: str, password: str) -> DemoPerson:
    return DemoPerson(name, what, username, password, practitioner=code, username=username)


def _staff(name: str, what: str, role: str, username: str, password: str) -> DemoPerson:
    return DemoPerson(name, what, username, password, role=role, username=username)


# Long and easy to say; they open nothing but this invented clinic.
DEMO_PEOPLE = (
    _patient("Ana Muñoz Peña", "paciente; su hijo es Beto", 1, "nueve lunas sobre el lago"),
    _patient("Clara Núñez Calfuqueo", "paciente", 3, "clara pinta barcos azules"),
    _doctor("Dr. Andrés Díaz Ñancupil", "medicina general", "DIAZ", "diaz", "pan tibio con ulmo"),
    _doctor("Dra. Marcela Soto Ibáñez", "pediatría", "SOTO", "soto", "siete gatos en el patio"),
    _staff("Elsa Yáñez Bravo", "mesón", FRONT_DESK, "elsa", "timbre agenda y buen humor"),
    _staff("Ada Zúñiga Rain", "administración", ADMIN, "ada", "llaves de todas las puertas"),
)
