"""``clinicweb import``: what is printed, and the exit code."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import IntegrityError

from clinicweb.imports import actions
from clinicweb.imports.commands import import_files
from tests.imports import clinic_files
from tests.imports.clinic_files import ALL

FIVE_MISTAKES = {
    "services": ALL["services"].replace("virtual,30", "virtual,media hora"),
    "practitioners": ALL["practitioners"].replace("diaz@clinica.example", "diaz@"),
    "agendas": ALL["agendas"].replace("diaz,mg", "diaz,rx"),
    "closures": ALL["closures"].replace("2026-03-17,Feriado", "17/03/2026,Feriado"),
    "patients": ALL["patients"].replace("12.345.678-5", "12.345.678-9"),
}
MISTAKEN_ROW = "A1,rut,1-1,Ana,Peña,ayer,x,ana@,9 8765 4321,fonasa,,,,\n"


@pytest.fixture
def command(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run the command on a database of this test alone."""
    monkeypatch.setenv("CLINICWEB_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CLINICWEB_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(import_files, [str(argument) for argument in arguments])

    return run


def is_empty(command, folder) -> bool:
    """Whether an import of the right files would find everything new."""
    told = command(folder, "--dry-run").stdout
    return all(line.split()[-1] == "0" for line in told.splitlines()[1:9])


def test_a_clinic_is_imported_and_summed_up(command, write):
    folder = write(**ALL)

    first, second = command(folder), command(folder)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout.splitlines()[:2] == [
        "                      nuevos  actualizados     iguales",
        "lugares                    1             0           0",
    ]
    assert "pacientes                  0             0           2" in second.stdout
    assert "Horas:" in first.stdout
    assert "Horas:" not in second.stdout


def test_five_mistakes_in_as_many_files_are_all_told(command, write):
    folder = write(**ALL | FIVE_MISTAKES)

    told = command(folder)

    lines = [line.removeprefix(f"{folder}/") for line in told.stderr.splitlines() if ":" in line]
    assert told.exit_code == 1
    assert [line.split(": ")[0] for line in lines[:5]] == [
        "agendas.csv:2:6",
        "closures.csv:2:19",
        "patients.csv:2:8",
        "practitioners.csv:2:28",
        "services.csv:2:47",
    ]
    assert lines[5:] == ["No se importó nada. Problemas: 5."]
    assert is_empty(command, write(**ALL))


def test_five_mistakes_in_one_row_are_all_told(command, write):
    header = clinic_files.PATIENTS.partition("\n")[0]
    folder = write(patients=f"{header}\n{MISTAKEN_ROW}")

    told = command(folder)

    places = [line.split(": ")[0].rsplit("/")[-1] for line in told.stderr.splitlines()]
    assert told.exit_code == 1
    assert places[-6:-1] == [f"patients.csv:2:{column}" for column in (8, 21, 26, 28, 45)]


def test_a_file_in_another_encoding_is_told_at_its_first_bad_byte(command, write):
    folder = write(**ALL)
    (folder / "sites.csv").write_bytes(ALL["sites"].replace("Sede", "Sedé").encode("latin-1"))

    told = command(folder)

    assert told.exit_code == 1
    assert "sites.csv:2:10: el archivo no es UTF-8: byte 0xe9" in told.stderr
    # What the unread file would have brought is not asked for.
    assert "Problemas: 1." in told.stderr


def test_a_byte_order_mark_is_nobodys_column(command, write):
    folder = write(**ALL)
    (folder / "sites.csv").write_bytes(b"\xef\xbb\xbf" + ALL["sites"].encode())

    assert command(folder).exit_code == 0


@pytest.mark.parametrize("name", ["sitios.csv", "notes.txt"])
def test_a_file_of_another_name_is_refused(command, tmp_path, name):
    (tmp_path / name).write_text("code\n", encoding="utf-8")

    told = command(tmp_path / name)

    assert told.exit_code == 1
    assert f"{name}:1:1: " in told.stderr


def test_a_rehearsal_says_so_and_keeps_nothing(command, write):
    folder = write(**ALL)

    told = command(folder, "--dry-run")

    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1] == "Fue un ensayo: no se guardó nada."
    assert is_empty(command, folder)


def test_a_wrong_zone_is_a_wrong_option(command, write):
    told = command(write(**ALL), "--timezone", "America/Macondo")

    assert told.exit_code == 2
    assert "America/Macondo" in told.stderr


def test_a_path_named_twice_is_read_once(command, write):
    folder = write(**ALL)

    assert command(folder, folder / "sites.csv").exit_code == 0


def test_strange_letters_in_a_file_never_reach_the_terminal(command, write):
    row = "norte,Norte,,,\x1b[2JAmerica/Macondo,\n"
    told = command(write(sites=ALL["sites"].partition("\n")[0] + "\n" + row))

    assert "\x1b" not in told.output
    assert "Macondo" in told.stderr


def test_a_booking_that_came_between_asks_to_try_again(command, write, monkeypatch):
    def somebody_was_faster(*_arguments):
        raise IntegrityError("INSERT", {}, Exception("ex_appointment_patient_overlap"))

    folder = write(**ALL)
    with monkeypatch.context() as patched:
        patched.setattr(actions, "write_appointments", somebody_was_faster)
        told = command(folder)

    assert told.exit_code == 1
    assert "inténtelo de nuevo" in told.stderr
    assert is_empty(command, folder)
