"""``clinicweb booking close-agenda``: who is away, said at the clinic, and how many know."""

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from clinicweb.cli import cli
from clinicweb.core import clock, db
from tests.booking import world
from tests.cast import ANAS_APPOINTMENT


@pytest.fixture
def close(clinic_url, tmp_path):
    env = {"CLINICWEB_DATA_DIR": str(tmp_path), "CLINICWEB_DATABASE_URL": clinic_url}
    today = clock.now().date()

    def call(who: str = "diaz", days: int = 7, reason: str = "Congreso") -> Result:
        period = ("--from", str(today), "--to", f"{today + timedelta(days=days)}T08:00")
        words = ("booking", "close-agenda", "--practitioner", who, *period, "--reason", reason)
        return CliRunner().invoke(cli, words, env=env)

    yield call
    if db._database:
        db._database.dispose()


def test_it_says_how_many_people_were_told(close):
    told, again = close(), close()

    assert "Personas con hora afectada: 1." in told.output
    assert "Avisadas: 1." in told.output
    assert "Personas con hora afectada: 0." in again.output
    assert world.free_slots() == []
    assert [key.split()[0] for key in world.mails(ANAS_APPOINTMENT)] == ["agenda_changed"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"who": "nadie"}, "no hay nadie con ese código"),
        ({"days": -1}, "el fin debe ser posterior al comienzo"),
        ({"reason": " "}, "escriba un motivo"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(close, wrong, said):
    result = close(**wrong)

    assert result.exit_code != 0
    assert said in result.output
    assert world.free_slots() != []
