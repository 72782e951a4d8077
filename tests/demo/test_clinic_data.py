"""The demo clinic is rich, valid and repeatable, and its files are as the import wants them."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from stdnum.cl import rut

from clinicweb.clinic.rules import load_rules
from clinicweb.demo.clinic_data import COLUMNS, write_clinic
from clinicweb.demo.people import DEMO_PEOPLE
from tests.demo.reading import TODAYS, Tables, codes, day

RULES = load_rules("teleconsulta")


def test_each_file_has_the_columns_of_the_import(tmp_path: Path) -> None:
    paths = write_clinic(tmp_path / "new", RULES, today=TODAYS[0])

    headers = {path.stem: path.read_text("utf-8").partition("\n")[0] for path in paths}

    assert headers == dict(COLUMNS)


def test_no_cell_is_missing_or_left_over(tables: Tables) -> None:
    for rows in tables.values():
        assert not [row for row in rows if None in row or None in row.values()]


def test_the_clinic_is_as_large_as_promised(tables: Tables) -> None:
    kinds = Counter(row["kind"] for row in tables["services"])

    assert len(tables["sites"]) == 3
    assert len(codes(tables["sites"], "city")) == 2
    assert len(tables["practitioners"]) == 16
    assert codes(tables["practitioners"], "prefix") == {"Dr.", "Dra.", "Lic."}
    assert (kinds["general"], kinds["specialty"]) == (2, 8)
    assert kinds["procedure"] >= 7
    assert codes(tables["services"], "area") == {"", "Laboratorio", "Odontología"}
    assert len(tables["agreements"]) == 4
    assert len(tables["patients"]) == 60
    assert codes(tables["agendas"], "slot_minutes") == {"15", "20", "30"}


def test_the_same_day_and_seed_write_the_same_bytes(tmp_path: Path) -> None:
    first = write_clinic(tmp_path / "first", RULES, today=TODAYS[0], seed=7)
    second = write_clinic(tmp_path / "second", RULES, today=TODAYS[0], seed=7)
    other = write_clinic(tmp_path / "other", RULES, today=TODAYS[0], seed=8)

    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert [path.read_bytes() for path in first] != [path.read_bytes() for path in other]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("sites", ("code",)),
        ("services", ("code",)),
        ("practitioners", ("code",)),
        ("practitioners", ("email",)),
        ("agreements", ("code",)),
        ("agendas", ("practitioner", "service", "site", "modality", "weekday", "from")),
        ("closures", ("practitioner", "site", "from")),
        ("patients", ("mrn",)),
        ("patients", ("document_number",)),
        ("appointments", ("practitioner", "starts_at")),
    ],
)
def test_natural_keys_are_unique(tables: Tables, table: str, columns: tuple[str, ...]) -> None:
    keys = Counter(tuple(row[column] for column in columns) for row in tables[table])

    assert keys.most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    ("table", "column", "target", "key"),
    [
        ("practitioners", "services", "services", "code"),
        ("agendas", "practitioner", "practitioners", "code"),
        ("agendas", "service", "services", "code"),
        ("agendas", "site", "sites", "code"),
        ("closures", "practitioner", "practitioners", "code"),
        ("closures", "site", "sites", "code"),
        ("patients", "agreements", "agreements", "code"),
        ("patients", "family_head_mrn", "patients", "mrn"),
        ("appointments", "patient_mrn", "patients", "mrn"),
        ("appointments", "practitioner", "practitioners", "code"),
        ("appointments", "service", "services", "code"),
        ("appointments", "site", "sites", "code"),
    ],
)
def test_every_reference_exists(
    tables: Tables, table: str, column: str, target: str, key: str
) -> None:
    used = {name for row in tables[table] for name in row[column].split(";") if name}

    assert used
    assert used <= codes(tables[target], key)


def test_every_rut_has_its_check_digit(tables: Tables) -> None:
    for row in tables["patients"]:
        assert row["document_type"] == "rut"
        assert rut.format(rut.validate(row["document_number"])) == row["document_number"]


def test_all_mail_goes_to_names_that_nobody_can_own(tables: Tables) -> None:
    people = tables["patients"] + tables["practitioners"]
    addresses = [row["email"] for row in people if row["email"]]

    assert len(addresses) > 40
    assert len(addresses) == len(set(addresses))
    assert all(address.isascii() and address.endswith(".example") for address in addresses)


def test_names_bring_accents_and_enye(tables: Tables) -> None:
    names = " ".join(row["given_name"] + " " + row["family_name"] for row in tables["patients"])
    doctors = " ".join(row["family_name"] for row in tables["practitioners"])

    assert set("áéíóúñ") <= set(names)
    assert "ñ" in doctors
    assert "Ñ" in doctors


def test_a_family_shares_affiliation_and_card_and_no_other_has_them(tables: Tables) -> None:
    families = defaultdict(set)
    for row in tables["patients"]:
        head = row["family_head_mrn"] or row["mrn"]
        families[head].add((row["affiliation_number"], row["card_serial"]))

    assert all(len(cards) == 1 for cards in families.values())
    assert len(set.union(*families.values())) == len(families)


def test_heads_are_their_own_and_relatives_follow_them(tables: Tables) -> None:
    heads: set[str] = set()
    relationships: Counter[str] = Counter()
    for row in tables["patients"]:
        relationships[row["relationship"]] += 1
        if row["relationship"] == "self":
            assert not row["family_head_mrn"]
            heads.add(row["mrn"])
        else:
            assert row["family_head_mrn"] in heads

    assert set(relationships) == {"self", "spouse", "child", "parent", "other"}
    assert relationships.total() - relationships["self"] > 20


def test_children_are_minors_and_heads_are_old_enough_to_have_them(
    tables: Tables, today: date
) -> None:
    born = {row["mrn"]: day(row["birth_date"]) for row in tables["patients"]}
    children = [row for row in tables["patients"] if row["relationship"] == "child"]
    grown = [row for row in children if row["given_name"] == "Gloria"]

    assert [today - born[row["mrn"]] >= timedelta(days=18 * 366) for row in grown] == [True]
    for row in [row for row in children if row not in grown]:
        assert born[row["mrn"]] < today
        assert today - born[row["mrn"]] < timedelta(days=18 * 366)
        assert (born[row["mrn"]] - born[row["family_head_mrn"]]).days > 18 * 365
        assert not row["email"]


def test_the_cast_is_there(tables: Tables) -> None:
    patients = {row["given_name"]: row for row in tables["patients"][:3]}
    doctors = {row["code"]: row["prefix"] for row in tables["practitioners"]}

    assert list(patients) == ["Ana", "Beto", "Clara"]
    assert patients["Beto"]["family_head_mrn"] == patients["Ana"]["mrn"]
    assert len(patients["Ana"]["agreements"].split(";")) == 2
    assert (doctors["DIAZ"], doctors["SOTO"]) == ("Dr.", "Dra.")


def test_the_people_who_sign_in_belong_to_the_clinic(tables: Tables) -> None:
    names = {row["mrn"]: row["given_name"] for row in tables["patients"]}
    doctors = codes(tables["practitioners"])

    for person in DEMO_PEOPLE:
        assert sum(map(bool, (person.mrn, person.practitioner, person.role))) == 1
        assert person.mrn is None or person.name.startswith(names[person.mrn])
        assert person.practitioner is None or person.practitioner in doctors
    assert {person.name.split()[0] for person in DEMO_PEOPLE} >= {"Ana", "Clara", "Elsa", "Ada"}
    assert not [person for person in DEMO_PEOPLE if "Beto" in person.name]
