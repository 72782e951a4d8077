"""``clinicweb doctor``: what it finds of an installation, with a real relay and real servers."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from clinicweb import doctor
from clinicweb.cli import cli
from clinicweb.clinic.rules import load_rules
from clinicweb.config import Settings
from clinicweb.core import clock, migrate
from clinicweb.core.ids import new_public_id
from clinicweb.core.turn import TurnClient
from clinicweb.doctor import FINE, NOTED, PRIVATE_PEERS, WRONG
from clinicweb.video.relays import relay_for
from tests.services.mail import MailServer
from tests.services.process import free_port
from tests.services.turn import SECRET, TurnServer

RULES = load_rules("chat-clinico")


@pytest.fixture(scope="module")
def relay(services_run: Path, worker_name: str, owner_lock: Path) -> Iterator[TurnServer]:
    folder = services_run / f"turn-doctor-{worker_name}"
    server = TurnServer(folder, owner_lock=owner_lock, more=("allowed-peer-ip=10.0.0.1",))
    server.start()
    yield server
    server.stop()


def found(**settings):
    """State and words by what each finding is about."""
    all_of_them = list(doctor.examine(Settings(**settings), RULES))
    return {one.about: (one.state, one.told) for one in all_of_them}


def test_a_relay_is_tried_by_what_it_lets_through_and_what_not(relay, tmp_path):
    url, tcp = relay.url, f"{relay.url}?transport=tcp"
    nobody = f"turn:127.0.0.1:{free_port()}?transport=tcp"
    own = {"turn_url": (url, tcp, nobody), "data_dir": tmp_path}

    with_ours = found(**own, turn_secret=SECRET)
    with_another = found(**own, turn_secret="another secret that is long enough as well")

    # One private address was let in above, as by somebody who shortened the shipped list.
    assert with_ours[url] == (WRONG, "da paso a direcciones privadas: 10.0.0.1")
    assert with_ours[tcp] == with_ours[url]
    assert with_ours[nobody][0] == WRONG
    assert "no responde" in with_ours[nobody][1]
    assert with_another[url][0] == WRONG
    assert "CLINICWEB_TURN_SECRET" in with_another[url][1]


def test_the_shipped_relay_is_fine_but_for_what_the_test_opened(relay, tmp_path, monkeypatch):
    others = [peer for peer in PRIVATE_PEERS if peer != "10.0.0.1"]
    monkeypatch.setattr(doctor, "PRIVATE_PEERS", others)

    told = found(turn_url=(relay.url,), turn_secret=SECRET, data_dir=tmp_path)

    assert told[relay.url][0] == FINE


def test_a_client_knows_its_address_at_the_relay(relay):
    settings = Settings(turn_url=(relay.url,), turn_secret=SECRET)
    made = relay_for(settings, new_public_id(), until=clock.now() + timedelta(minutes=1))
    assert made
    with closing(TurnClient(relay.url, made.username, made.credential)) as client:
        assert client.allocate() == 0
        assert client.relayed == relay.host


def test_what_is_missing_is_noted_and_what_fails_is_wrong(tmp_path):
    nothing = found(data_dir=tmp_path)
    assert nothing["base de datos"][0] == NOTED
    assert nothing["correo"][0] == NOTED
    assert nothing["servidor de paso"][0] == NOTED
    assert nothing["CLINICWEB_BASE_URL"][0] == NOTED
    assert not list(tmp_path.glob("*.db"))

    port = free_port()
    away = found(
        data_dir=tmp_path,
        database_url=f"postgresql://nobody@127.0.0.1:{port}/none",
        redis_url=f"redis://127.0.0.1:{port}/0",
        mail_server="127.0.0.1",
        mail_port=port,
        mail_use_tls=False,
    )
    assert {about for about, (state, _) in away.items() if state == WRONG} == {
        "base de datos",
        "Redis",
        "correo",
    }


def test_a_database_that_is_behind_is_told(tmp_path):
    settings = Settings(data_dir=tmp_path)
    migrate.upgrade(settings.database, "0001")
    assert found(data_dir=tmp_path)["base de datos"][0] == WRONG


def test_the_command_says_it_in_lines_and_by_its_exit_code(tmp_path, sqlite_template, monkeypatch):
    # What this machine has of room and of zone data is not what is asked here.
    monkeypatch.setattr(doctor, "_LEAST_BYTES", 0)
    monkeypatch.setattr(doctor, "_zones", lambda: doctor.Finding(FINE, "zonas horarias", "al día"))
    (tmp_path / "clinicweb.db").write_bytes(sqlite_template.read_bytes())
    mail = MailServer()
    mail.start()
    env = {
        "CLINICWEB_DATA_DIR": str(tmp_path),
        "CLINICWEB_BASE_URL": "https://portal.clinica.example",
        "CLINICWEB_MAIL_SERVER": mail.host,
        "CLINICWEB_MAIL_PORT": str(mail.port),
        "CLINICWEB_MAIL_USE_TLS": "false",
    }
    try:
        good = CliRunner().invoke(cli, ["doctor"], env=env)
    finally:
        mail.stop()
    bad = CliRunner().invoke(cli, ["doctor"], env=env)

    assert good.exit_code == 0, good.output
    assert "bien   base de datos: responde, y está al día" in good.output
    assert "bien   correo:" in good.output
    assert mail.attempts == []
    assert bad.exit_code == 1
    assert "MAL    correo:" in bad.output
