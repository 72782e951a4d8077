"""CSV files: records of what can be read, and the place of what cannot."""

import pytest

from clinicweb.core import phones
from clinicweb.imports.columns import Defaults, tables
from clinicweb.imports.csv_reader import CsvReading, read_csv
from tests.imports import clinic_files

TABLES = tables(Defaults(timezone="America/Bogota", region="CO"))
HEADER = "code,name,address,city,timezone,phone\n"


def read(text: str, name: str = "sites") -> CsvReading:
    return read_csv(f"{name}.csv", text, TABLES[f"{name}.csv"])


def told(reading: CsvReading) -> list[tuple[int, int]]:
    return sorted((problem.line, problem.column) for problem in reading.problems)


@pytest.mark.parametrize("name", clinic_files.ALL)
def test_every_table_of_a_clinic_is_read(name):
    reading = read(clinic_files.ALL[name], name)

    assert reading.problems == []
    assert reading.records


def test_blank_cells_take_what_the_clinic_assumes():
    (site,) = read(HEADER + "norte,Norte,,,,601 234 5678\n").records

    assert (site.timezone, site.phone) == ("America/Bogota", "+576012345678")
    assert (site.address, site.city) == (None, None)


def test_a_patients_document_is_stored_in_its_canonical_form():
    ana, beto = read(clinic_files.PATIENTS, "patients").records

    assert (ana.document_type, ana.document_number) == ("rut", "12345678-5")
    assert (beto.document_type, beto.document_number) == (None, None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("300 123 4567", "+573001234567"), ("no  tiene", "no tiene"), ("12 (tía)", "12 (tía)")],
)
def test_a_patients_telephone_that_cannot_be_read_is_kept_as_typed_and_told(typed, kept):
    header, _, _ = clinic_files.PATIENTS.partition("\n")
    cells = {"mrn": "1", "given_name": "Ana", "family_name": "Soto", "phone": typed}
    row = ",".join(cells.get(name, "") for name in header.split(","))

    reading = read(f"{header}\n{row}\n", "patients")

    assert reading.problems == []
    assert reading.records[0].phone == kept
    assert len(reading.warnings) == (typed != "300 123 4567")
    assert phones.can_be_texted(kept, ["CO"]) == (not reading.warnings)


def test_a_telephone_as_long_as_a_letter_is_a_mistake():
    header, _, _ = clinic_files.PATIENTS.partition("\n")
    cells = {"mrn": "1", "given_name": "Ana", "family_name": "Soto", "phone": "a" * 41}
    row = ",".join(cells.get(name, "") for name in header.split(","))

    assert len(read(f"{header}\n{row}\n", "patients").problems) == 1


def test_columns_may_come_in_any_order_and_case():
    (site,) = read("NAME, code ,phone,timezone,city,address\nNorte,n,,,,\n").records

    assert (site.code, site.name) == ("n", "Norte")


def test_all_that_is_wrong_with_the_titles_is_told_in_line_one():
    reading = read("code,nombre,address,city,timezone,city\n")

    assert told(reading) == [(1, 6), (1, 35), (1, 39), (1, 39)]
    assert "nombre" in reading.problems[0].message


def test_a_file_with_semicolons_is_told_so_once():
    (problem,) = [p for p in read("code;name\nn;Norte\n").problems if p.column == 1]

    assert "comas" in problem.message


def test_an_empty_file_lacks_its_titles():
    assert told(read("")) == told(read("\n\n")) == [(1, 1)]


def test_each_wrong_cell_of_a_row_is_told_at_its_own_column():
    text = HEADER + '"a;b",,"Calle 1, local 2",,Nowhere,12\n'

    assert told(read(text)) == [(2, 1), (2, 7), (2, 28), (2, 36)]


def test_lines_are_counted_in_the_file_not_in_rows():
    text = HEADER + '\nn,Norte,"Calle 1\nLocal 2",,,\r\ns,,,,,\n'

    assert told(read(text)) == [(5, 3)]


@pytest.mark.parametrize(("row", "place"), [("n,Norte", (2, 8)), ("n,Norte,,,,,x,y", (2, 13))])
def test_a_row_with_another_number_of_cells_is_one_problem(row, place):
    assert told(read(f"{HEADER}{row}\n")) == [place]


@pytest.mark.parametrize(
    ("document", "column"),
    [
        ("rut,12.345.678-9", 8),
        (",12.345.678-5", 5),
        ("carnet,12.345.678-9", 4),
    ],
)
def test_a_wrong_document_is_one_problem_at_the_cell_to_correct(document, column):
    header = clinic_files.PATIENTS.partition("\n")[0]

    reading = read(f"{header}\nA1,{document},Ana,Peña{',' * 9}\n", "patients")

    assert told(reading) == [(2, column)]
