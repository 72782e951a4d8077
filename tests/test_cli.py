"""The command line: accounts, the database, and what is told when something is wrong."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from click.testing import CliRunner

from clinicweb.cli import cli
from clinicweb.core import db
from tests.checked_client import CheckedClient
from tests.pages import make_app
from tests.server import ROOT, environment

GOOD_PASSWORD = "nubes sobre el mar"
COMMAND = [sys.executable, "-c", "from clinicweb.cli import main; main()"]


def run(folder, *arguments, typed="", **settings):
    """The command as a shell runs it."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment({"DATA_DIR": str(folder)} | settings) | {"PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def invoke(tmp_path):
    """The same in this process: quicker, for what needs no process of its own."""

    def call(*arguments, typed="", **settings):
        env = {f"CLINICWEB_{name}": value for name, value in settings.items()}
        folder = {"CLINICWEB_DATA_DIR": str(tmp_path)}
        return CliRunner().invoke(cli, arguments, input=typed, env=folder | env)

    yield call
    if db._database:
        db._database.dispose()


def can_sign_in(url, folder, name, password=GOOD_PASSWORD):
    browser = CheckedClient(make_app(url, folder), use_cookies=True)
    browser.get("/ingresar")
    form = browser.form("/ingresar").fill(identifier=name, password=password)
    status = form.submit().status_code
    db.current().dispose()
    return status == 303


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (["--mrn", "2001"], "7.654.321-6"),
        (["--mrn", "2001", "--username", "Eva.Rojas"], "eva.rojas"),
        (["--practitioner", "rojas", "--username", "dr.rojas"], "DR.ROJAS"),
        (["--admin", "--username", "jefa"], "jefa"),
    ],
)
def test_an_account_made_on_the_command_line_signs_in(clinic_url, tmp_path, options, name):
    add_people(clinic_url)

    done = run(
        tmp_path,
        *("account", "create", "--password-stdin", *options),
        typed=GOOD_PASSWORD + "\n",
        DATABASE_URL=clinic_url,
    )

    assert (done.returncode, done.stdout) == (0, "Cuenta creada.\n"), done.stderr
    assert can_sign_in(clinic_url, tmp_path, name)


def add_people(url):
    """A patient and a practitioner who have no account yet."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database, database:
        copy(
            database,
            "patient",
            "mrn",
            "1003",
            public_id="one-more-patient-00001",
            mrn="2001",
            document_number="7654321-6",
        )
        copy(database, "practitioner", "code", "diaz", code="rojas")


def copy(database, table, key, of, **changes):
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
    chosen = ", ".join(f"'{changes[name]}'" if name in changes else name for name in names)
    columns = ", ".join(names)
    database.execute(
        f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM {table} WHERE {key} = ?",  # noqa: S608
        [of],
    )


@pytest.mark.parametrize(
    ("options", "typed", "told"),
    [
        (["--mrn", "9999"], GOOD_PASSWORD, "no hay tal paciente"),
        (["--practitioner", "none", "--username", "x"], GOOD_PASSWORD, "no hay tal paciente"),
        (["--mrn", "1001"], GOOD_PASSWORD, "account: "),
        (["--practitioner", "diaz", "--username", "x"], GOOD_PASSWORD, "account: "),
        (["--mrn", "1002"], GOOD_PASSWORD, "username: "),
        (["--mrn", "1002", "--username", "ANA"], GOOD_PASSWORD, "username: "),
        (["--mrn", "1002", "--username", "  "], GOOD_PASSWORD, "username: "),
        (["--mrn", "1002", "--username", "x" * 121], GOOD_PASSWORD, "username: "),
        (["--mrn", "1002", "--username", "beto"], "corta", "password: "),
        (["--mrn", "1002", "--username", "beto"], "", "password: "),
        (["--mrn", "1002", "--username", "beto"], "x" * 201, "password: "),
        (["--admin"], GOOD_PASSWORD, "username: "),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_a_reason(
    invoke, clinic_url, options, typed, told
):
    done = invoke(
        "account", "create", "--password-stdin", *options, typed=typed, DATABASE_URL=clinic_url
    )

    assert done.exit_code == 1
    assert told in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    "options",
    [[], ["--mrn", "1", "--admin"], ["--mrn", "1", "--practitioner", "x"], ["--mrn", "1", "extra"]],
)
def test_an_account_is_for_exactly_one(invoke, options):
    assert invoke("account", "create", "--password-stdin", *options).exit_code == 2


def test_a_password_is_never_an_argument(invoke):
    done = invoke("account", "create", "--admin", "--username", "x", "--password", "y")

    assert done.exit_code == 2


@pytest.mark.parametrize(
    "command",
    [
        ("serve",),
        ("worker",),
        ("db", "upgrade"),
        ("account", "create", "--admin", "--password-stdin"),
    ],
)
def test_a_bad_setting_is_told_without_a_traceback(invoke, command):
    done = invoke(*command, MAIL_PORT="abc")

    assert done.exit_code == 1
    assert "CLINICWEB_MAIL_PORT: " in done.output
    assert "Traceback" not in done.output


def test_a_bad_setting_is_told_by_the_real_command(tmp_path):
    done = run(tmp_path, "serve", NO_SUCH_SETTING="1")

    assert done.returncode == 1
    assert "CLINICWEB_NO_SUCH_SETTING: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_clinic_that_cannot_be_is_told_before_anything_starts(invoke, tmp_path, command):
    (tmp_path / "bad.toml").write_text("[identity]\nname = 1\n")

    done = invoke(command, CLINIC=str(tmp_path / "bad.toml"))

    assert done.exit_code == 1
    assert "bad.toml: identity.name: " in done.output


def test_a_data_folder_that_cannot_be_is_told(invoke, tmp_path):
    (tmp_path / "file").touch()

    done = invoke("db", "upgrade", DATA_DIR=str(tmp_path / "file"))

    assert done.exit_code == 1
    assert "CLINICWEB_DATA_DIR: " in done.output


PRECIOUS = [("serve",), ("worker",), ("account", "create", "--admin", "--password-stdin")]


@pytest.mark.parametrize("command", PRECIOUS)
def test_a_postgres_that_is_behind_is_left_alone(invoke, blank_postgres_url, command):
    done = invoke(*command, DATABASE_URL=blank_postgres_url)

    assert done.exit_code == 1
    assert "la base de datos no está al día: clinicweb db upgrade" in done.output


def test_upgrading_makes_a_postgres_ready(invoke, blank_postgres_url):
    upgraded = invoke("db", "upgrade", DATABASE_URL=blank_postgres_url)
    created = invoke(
        *("account", "create", "--admin", "--username", "jefa", "--password-stdin"),
        typed=GOOD_PASSWORD,
        DATABASE_URL=blank_postgres_url,
    )

    assert (upgraded.exit_code, created.exit_code) == (0, 0), upgraded.output + created.output


@pytest.mark.parametrize("command", [*PRECIOUS, ("db", "upgrade")])
def test_a_database_that_does_not_answer_is_told_without_its_password(invoke, command):
    done = invoke(*command, DATABASE_URL="postgresql://u:canary@127.0.0.1:1/none")

    assert done.exit_code == 1
    assert "la base de datos no responde" in done.output
    assert "canary" not in done.output
