"""Sixty invented patients: the cast first, then families and people alone."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from random import Random
from typing import Any

from clinicweb.demo.documents_data import Holder, make_document
from clinicweb.demo.places import Place
from clinicweb.demo.tables import family_names, given_names, read_plan

PATIENTS = 60
DAYS_A_YEAR = 365.25
ADULT_YEARS = 18
# Who lives with the head, family after family; the empty ones are people alone.
HOUSEHOLDS = (
    ("spouse", "child", "child"),
    ("child",),
    (),
    ("spouse", "parent"),
    ("spouse", "child", "child", "child"),
    (),
    ("spouse",),
    ("child", "child", "parent"),
)
AGREEMENTS = (["PART"], ["COPIHUE"], ["PUELCHE"], ["ANDAMIO"], ["PART", "PUELCHE"])


@dataclass
class Person:
    """A patient in the making; family names are two, the father's and the mother's."""

    given_name: str
    family_name: str
    sex: str
    age: int
    relationship: str = "self"
    family_head_mrn: str = ""
    agreements: list[str] = field(default_factory=list)
    email: str | None = None
    mrn: str = ""
    ended_days: int | None = None  # since the last day of the affiliation


def patient_rows(chance: Random, place: Place, *, today: date) -> list[dict[str, Any]]:
    """Rows of ``patients.csv``: every head before the relatives, the cast on top."""
    people = [Person(**row) for row in read_plan("patients")["patients"]]
    for household in _households(chance):
        _admit(people, household[: PATIENTS - len(people)])
        if len(people) == PATIENTS:
            break
    return [
        _row(person, place, _holder(chance, person, number, today), today)
        for number, person in enumerate(people, 1)
    ]


def ascii_only(text: str) -> str:
    """Lower case without marks: the local part of an address."""
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", ".")


def _admit(people: list[Person], household: list[Person]) -> None:
    head_mrn = f"P-{len(people) + 1:04}"
    for person in household:
        person.mrn = f"P-{len(people) + 1:04}"
        person.family_head_mrn = "" if person is household[0] else head_mrn
        people.append(person)


def _households(chance: Random) -> Iterator[list[Person]]:
    given = {sex: _dealt(chance, given_names(sex)) for sex in ("female", "male")}
    surnames = _dealt(chance, family_names())
    for relatives in cycle(HOUSEHOLDS):
        sex = chance.choice(("female", "male"))
        agreements = list(chance.choice(AGREEMENTS))
        adult_years = (30, 55) if relatives else (20, 80)
        head = Person(
            next(given[sex]),
            f"{next(surnames)} {next(surnames)}",
            sex,
            chance.randint(*adult_years),
            agreements=agreements,
        )
        partner = f"{next(surnames)} {next(surnames)}"
        yield [head] + [
            _relative(chance, head, relationship, partner, given) for relationship in relatives
        ]


def _relative(
    chance: Random,
    head: Person,
    relationship: str,
    partner: str,
    given: dict[str, Iterator[str]],
) -> Person:
    sex = chance.choice(("female", "male"))
    if relationship == "spouse":
        sex = "male" if head.sex == "female" else "female"
    return Person(
        next(given[sex]),
        _family_name(relationship, sex, head, partner),
        sex,
        _age(chance, relationship, head.age),
        relationship=relationship,
        agreements=list(head.agreements),
    )


def _family_name(relationship: str, sex: str, head: Person, partner: str) -> str:
    """A child carries the father's first family name and then the mother's."""
    if relationship == "spouse":
        return partner
    father_side, mother_side = head.family_name.split()
    other_first, other_second = partner.split()
    if relationship == "parent":
        return f"{father_side if sex == 'male' else mother_side} {other_second}"
    if head.sex == "male":
        return f"{father_side} {other_first}"
    return f"{other_first} {father_side}"


def _age(chance: Random, relationship: str, head_age: int) -> int:
    if relationship == "child":
        return chance.randint(1, min(17, head_age - 22))
    if relationship == "parent":
        return min(head_age + chance.randint(22, 34), 92)
    return max(head_age + chance.randint(-3, 5), 25)


def _holder(chance: Random, person: Person, number: int, today: date) -> Holder:
    born = _birth_date(chance, person.age, today)
    return Holder(number, person.given_name, person.family_name, person.sex, born)


def _row(person: Person, place: Place, holder: Holder, today: date) -> dict[str, Any]:
    family = int((person.family_head_mrn or person.mrn).removeprefix("P-"))
    return {
        "mrn": person.mrn,
        "document_type": place.document_type,
        "document_number": make_document(place.document_type, holder),
        "given_name": person.given_name,
        "family_name": person.family_name,
        "birth_date": holder.born.isoformat(),
        "sex": person.sex,
        "email": _email(person),
        "phone": _phone(person, place, holder.number),
        "agreements": person.agreements,
        "affiliation_number": f"AF-{204_000 + family * 37}",
        "card_serial": f"TC-{(family * 48_271) % 1_000_000:06}",
        "relationship": person.relationship,
        "family_head_mrn": person.family_head_mrn,
        "affiliation_ends_on": _affiliation_end(person, today),
    }


def _affiliation_end(person: Person, today: date) -> str:
    if person.ended_days is None:
        return ""
    return (today - timedelta(days=person.ended_days)).isoformat()


def _phone(person: Person, place: Place, number: int) -> str:
    return "" if person.age < ADULT_YEARS else place.mobile.format(number=1000 + number)


def _birth_date(chance: Random, age: int, today: date) -> date:
    since_birthday = chance.randint(1, 360)
    return today - timedelta(days=round(age * DAYS_A_YEAR) + since_birthday)


def _email(person: Person) -> str:
    if person.email is not None:
        return person.email
    if person.age < ADULT_YEARS:
        return ""
    first_family_name = person.family_name.split()[0]
    name = f"{ascii_only(person.given_name)}.{ascii_only(first_family_name)}"
    return f"{name}.{person.mrn[-2:]}@correo.example"


def _dealt(chance: Random, names: list[str]) -> Iterator[str]:
    """Names without end: the deck is shuffled anew each time it is used up."""
    while True:
        yield from chance.sample(names, len(names))
