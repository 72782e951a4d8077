"""``clinicweb account``: inviting, listing, closing and opening again."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from clinicweb.cli import cli
from clinicweb.core import db
from clinicweb.notifications.models import OutboxMessage


@pytest.fixture
def account(clinic_url, tmp_path):
    """The command, on the cast's clinic."""
    env = {"CLINICWEB_DATA_DIR": str(tmp_path), "CLINICWEB_DATABASE_URL": clinic_url}

    def call(*arguments):
        return CliRunner().invoke(cli, ("account", *arguments), env=env)

    yield call
    if db._database:
        db._database.dispose()


def lines(account):
    return account("list").output.splitlines()


def test_staff_are_invited_and_stand_in_the_list(account):
    told = account("invite", "--email", "eva@clinica.cl", "--role", "front_desk", "--name", "Eva")

    assert "invitación enviada a eva@clinica.cl" in told.output
    assert any("invitada" in line and "Eva" in line for line in lines(account))
    with db.reading() as session:
        [mail] = session.scalars(select(OutboxMessage)).all()
        assert (mail.recipient, mail.template) == ("eva@clinica.cl", "account_invitation")


def test_an_account_is_closed_and_opened_again_by_its_number(account):
    [ana] = [line.split()[0] for line in lines(account) if " Ana " in line]

    assert account("close", ana).exit_code == 0
    assert any(line.split()[:2] == [ana, "cerrada"] for line in lines(account))
    assert account("reopen", ana).exit_code == 0
    assert any(line.split()[:2] == [ana, "activa"] for line in lines(account))


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("--mrn", "1", "--practitioner", "x"),
        ("--role", "admin"),
        ("--role", "patient", "--name", "Eva"),
    ],
)
def test_an_invitation_is_for_exactly_one(account, wrong):
    assert account("invite", "--email", "eva@clinica.cl", *wrong).exit_code == 2


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (("invite", "--email", "eva@clinica.cl", "--mrn", "none"), "no hay tal"),
        (("invite", "--email", "eva@clinica.cl", "--mrn", "1001"), "account: "),
        (("invite", "--email", "eva", "--mrn", "1002"), "email: "),
        (("close", "999"), "no hay tal"),
        (("reopen", "999"), "no hay tal"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(account, wrong, reason):
    told = account(*wrong)

    assert told.exit_code == 1
    assert reason in told.output


def test_the_factors_of_who_lost_them_are_taken_away(account):
    done = account("reset-factors", "ana")
    unknown = account("reset-factors", "nadie")

    assert (done.exit_code, done.output) == (0, "Verificación en dos pasos quitada: Ana.\n")
    assert (unknown.exit_code, "nadie inicia sesión" in unknown.output) == (1, True)
    with db.reading() as session:
        [mail] = session.scalars(select(OutboxMessage)).all()
        assert mail.context["change"] == "reset"
