"""``clinicweb audit``: verify and head, as the clinic's IT person types them."""

import pytest
from click.testing import CliRunner

from clinicweb.audit.sealing_actions import seal
from clinicweb.cli import cli
from clinicweb.core import db
from clinicweb.core.db import Database
from tests.audit.journal import change, ids, removal, tamper, write


@pytest.fixture
def audit(clinic_url, tmp_path):
    """The command, on the cast's clinic with three lines that are chained."""
    env = {"CLINICWEB_DATA_DIR": str(tmp_path), "CLINICWEB_DATABASE_URL": clinic_url}
    db.configure(Database(clinic_url))
    write(range(3))
    seal()
    yield lambda *arguments: CliRunner().invoke(cli, ("audit", *arguments), env=env)
    db.current().dispose()


def test_a_whole_journal_is_said_to_be_so(audit):
    head = audit("head").output.strip()
    told = audit("verify", "--head", head)

    assert told.exit_code == 0
    assert "3 filas en 1 bloques" in told.output
    assert "problemas: 0" in told.output
    assert head in told.output


def test_the_place_of_what_is_wrong_is_told(audit):
    first, second, third = ids()
    head = audit("head").output.strip()
    tamper(
        change(first, "actor_name = 'Nadie'"),
        removal(second),
    )
    told = audit("verify", "--head", head[:-4] + "0000")

    assert told.exit_code == 1
    assert f"fila {first} (bloque 1): fue alterada" in told.output
    assert f"fila {second} (bloque 1): fue borrada" in told.output
    assert "bloque 1: no es el de la cabeza indicada" in told.output
    assert f"fila {third}" not in told.output


def test_a_head_that_is_none_is_refused(audit):
    assert "número:huella" in audit("verify", "--head", "abc").output
