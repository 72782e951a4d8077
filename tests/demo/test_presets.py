"""Every preset's demo can be played: its data, its sign-in and its registration."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from clinicweb.accounts import passwords
from clinicweb.clinic.rules import ClinicRules, load_rules, preset_names
from clinicweb.config import Settings
from clinicweb.core import db, documents
from clinicweb.demo.clinic_data import write_clinic
from clinicweb.demo.documents_data import Holder, make_document
from clinicweb.demo.mailbox import read_mailbox
from clinicweb.demo.people import DEMO_PEOPLE
from clinicweb.demo.preparing import prepare
from clinicweb.demo.visitors import find_visitors
from clinicweb.imports.columns import Defaults
from clinicweb.imports.names import Known
from clinicweb.imports.plan import make_plan
from clinicweb.imports.reading import read_files
from tests.demo.playing import PASSWORD, Demo, register, sign_in, username_of
from tests.demo.reading import TODAYS, Tables, codes, read_rows
from tests.pages import make_app

REGISTERING = [name for name in preset_names() if load_rules(name).registration.is_open]
# What a patient signs in with, as each clinic asks for it.
ANAS_NAME = {
    "teleconsulta": "35.107.919-3",
    "oficina-virtual": "1.900.007.919",
    "afiliados": "AF204037",
    "historia-clinica": "ana",
    "chat-clinico": "ana",
}


def tables_of(folder: Path, rules: ClinicRules) -> Tables:
    paths = write_clinic(folder, rules, today=TODAYS[0])
    return {path.stem: read_rows(path) for path in paths}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a preset's demo, made once."""

    @cache
    def made(preset: str) -> Path:
        folder = tmp_path_factory.mktemp(preset)
        prepare(Settings(data_dir=folder), load_rules(preset))
        return folder

    return made


@pytest.fixture
def play(
    prepared: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Demo]]:
    """``play("afiliados")`` is that preset's demo."""
    for name in [name for name in os.environ if name.startswith("CLINICWEB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))

    def started(preset: str) -> Demo:
        folder = Path(shutil.copytree(prepared(preset), tmp_path / "demo"))
        url = Settings(data_dir=folder).database
        app = make_app(url, folder, is_demo=True, clinic=preset)
        rules = load_rules(preset)
        return Demo(app, app.extensions["clinicweb.settings"], rules, find_visitors(rules))

    yield started
    db.current().dispose()


@pytest.mark.parametrize("preset", preset_names())
def test_the_files_of_every_preset_can_be_imported_without_a_problem(
    preset: str, tmp_path: Path
) -> None:
    rules = load_rules(preset)
    defaults = Defaults(timezone=rules.identity.timezone, region=rules.identity.country)

    files = write_clinic(tmp_path, rules, today=TODAYS[0])
    reading = read_files(files, defaults)
    plan = make_plan(reading.records, Known(), timezone=rules.identity.timezone)

    assert len(reading.records.patients) == 60
    assert [*reading.problems, *reading.warnings, *plan.problems] == []


@pytest.mark.parametrize("preset", preset_names())
def test_a_clinic_stands_in_its_country(preset: str, tmp_path: Path) -> None:
    rules = load_rules(preset)
    tables = tables_of(tmp_path, rules)
    prefix = rules.identity.phone.split()[0]

    phones = {row["phone"] for row in tables["sites"] + tables["patients"]} - {""}

    assert codes(tables["sites"], "timezone") == {rules.identity.timezone}
    assert len(codes(tables["sites"], "city")) == 2
    assert {phone.split()[0] for phone in phones} == {prefix}
    assert codes(tables["patients"], "document_type") == {rules.sign_in.document_types[0]}
    assert len(codes(tables["patients"], "document_number")) == len(tables["patients"])


@pytest.mark.parametrize("document_type", documents.DOCUMENT_TYPES)
def test_numbers_of_every_kind_of_document_are_valid_and_differ(document_type: str) -> None:
    born = date(1999, 12, 31)
    names = ("Cacho Muñoz", "Buendía Ibáñez", "Ñancupil Orr")
    holders = [Holder(n, "Ana", names[n % 3], "female", born) for n in range(1, 31)]

    numbers = [make_document(document_type, holder) for holder in holders]

    assert all(documents.is_valid(document_type, number) for number in numbers)
    assert len(set(numbers)) == len(holders)


def test_a_country_without_a_file_keeps_its_own_time_and_documents(tmp_path: Path) -> None:
    clinic = tmp_path / "clinic.toml"
    clinic.write_text(
        '[identity]\nname = "Uno"\ncountry = "BR"\ntimezone = "America/Manaus"\n'
        '[sign_in]\ndocument_types = ["cpf"]\n'
    )

    tables = tables_of(tmp_path / "files", load_rules(str(clinic)))

    assert codes(tables["sites"], "timezone") == {"America/Manaus"}
    assert codes(tables["patients"], "document_type") == {"cpf"}


@pytest.mark.parametrize("preset", preset_names())
def test_the_cast_signs_in_with_every_name_that_is_printed(
    preset: str, play: Callable[[str], Demo]
) -> None:
    demo = play(preset)

    assert demo.visitors.names["ana"][0] == ANAS_NAME[preset]
    assert set(demo.visitors.names) == {person.username for person in DEMO_PEOPLE}
    for person in DEMO_PEOPLE:
        for name in demo.visitors.names[person.username]:
            assert name in demo.printed
            assert sign_in(demo, name, person.password) == 303


@pytest.mark.parametrize("preset", REGISTERING)
def test_whoever_is_printed_can_register(preset: str, play: Callable[[str], Demo]) -> None:
    demo = play(preset)
    visitors = demo.visitors.without_account

    assert len([visitor for visitor in visitors if visitor.is_known]) >= 2
    assert "Para probar el registro:" in demo.printed
    for visitor in visitors:
        assert all(answer in demo.printed for answer in visitor.answers.values())
        password = register(demo, visitor)
        name = {
            "oficina-virtual": visitor.answers.get("document"),
            "afiliados": visitor.answers.get("affiliation_number"),
            "historia-clinica": username_of(visitor),
            "teleconsulta": visitor.answers.get("document"),
        }[preset]
        assert name
        assert sign_in(demo, name, password) == 303


def test_who_has_registered_makes_room_for_the_next(play: Callable[[str], Demo]) -> None:
    demo = play("teleconsulta")
    nina, first, second = demo.visitors.without_account

    register(demo, nina)
    register(demo, first)
    again = find_visitors(demo.rules).without_account

    assert [visitor.is_known for visitor in (nina, first, second)] == [False, True, True]
    assert again[0] == second
    assert not {nina.name, first.name} & {visitor.name for visitor in again}


def test_where_nobody_registers_nobody_is_offered(play: Callable[[str], Demo]) -> None:
    demo = play("chat-clinico")

    assert demo.visitors.without_account == ()
    assert "clinicweb demo --clinic chat-clinico --reset" in demo.printed
    assert "Para probar el registro" not in demo.printed


def test_where_the_clinic_makes_the_accounts_its_invitations_are_accepted(
    play: Callable[[str], Demo],
) -> None:
    demo = play("chat-clinico")
    (doctor, address), (patient, _) = demo.visitors.invited
    demo.newest_mail()
    mails = {mail.to: mail for mail in read_mailbox(demo.settings.data_dir / "mailbox")}

    browser = demo.browser()
    browser.get(next(link for link in mails[address].links if "/invitacion/" in link))
    form = browser.form("Abrir mi cuenta")
    answers = {"username": "inigo", "password": PASSWORD, "again": PASSWORD, "terms": True}
    assert form.fill(answers).submit().status_code == 303

    assert doctor in demo.printed
    assert patient in demo.printed
    assert sign_in(demo, "inigo", PASSWORD) == 303
    assert [name for name, _ in find_visitors(demo.rules).invited] == [patient]


@pytest.mark.parametrize("preset", REGISTERING)
def test_where_people_register_nobody_is_invited(preset: str, play: Callable[[str], Demo]) -> None:
    assert play(preset).visitors.invited == ()
