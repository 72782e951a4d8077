"""Nobody reaches the clinic's own machines through its relay, nor uses it without a call (T23)."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from clinicweb.config import Settings
from clinicweb.core import clock
from clinicweb.core.ids import new_public_id
from clinicweb.core.turn import TurnClient
from clinicweb.video.relays import relay_for
from tests.services.turn import SECRET, TurnServer

MINUTE = timedelta(minutes=1)
_INTERNAL = """0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.254 100.64.0.1 100.127.255.254 127.0.0.1
127.1.1.1 169.254.169.254 172.16.0.1 172.31.255.254 192.0.0.8 192.168.0.1 192.168.255.254 198.18.0.1
198.19.255.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:192.168.1.1 ::ffff:169.254.169.254 ::127.0.0.1
::10.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::a00:1 100::1 2002:7f00:1:: 2002:a00:1::
fc00::1 fd00::1 fd12:3456::1 fe80::1 febf::1 ff02::1"""
INTERNAL = _INTERNAL.split()


@pytest.fixture(scope="module")
def relay(services_run: Path, worker_name: str, owner_lock: Path) -> Iterator[TurnServer]:
    server = TurnServer(services_run / f"turn-{worker_name}", owner_lock=owner_lock)
    server.start()
    yield server
    server.stop()


def client(relay: TurnServer, *, lasts: timedelta = MINUTE, **wrong: str) -> TurnClient:
    settings = Settings(turn_url=(relay.url,), turn_secret=wrong.get("secret", SECRET))
    made = relay_for(settings, new_public_id(), until=clock.now() + lasts)
    assert made
    return TurnClient(relay.url, wrong.get("name", made.username), made.credential)


def test_no_internal_address_is_reached(relay, record_property):
    found = {}
    for family, outside in [(4, "93.184.215.14"), (6, "2606:2800:21f::1")]:
        with closing(client(relay)) as caller:
            assert caller.allocate(family=family) == 0
            peers = [peer for peer in INTERNAL if ip_address(peer).version == family]
            found |= {peer: caller.permit(peer) for peer in (*peers, outside)}

    reached = [peer for peer, error in found.items() if error == 0]
    record_property("peers", len(INTERNAL))
    assert len(INTERNAL) == 40
    assert reached == ["93.184.215.14", "2606:2800:21f::1"]
    assert set(found.values()) == {0, 403}


@pytest.mark.parametrize(
    "wrong",
    [
        {"lasts": -5 * MINUTE},
        {"secret": "another secret that is as long as the first"},
        {"name": "1999999999:another-call"},
    ],
    ids=["expired", "another secret", "altered"],
)
def test_a_credential_that_is_not_of_a_call_now_is_refused(relay, wrong):
    with closing(client(relay, **wrong)) as caller:
        assert caller.allocate() == 401


def test_a_credential_of_another_realm_is_refused(relay):
    with closing(client(relay)) as caller:
        assert caller.allocate(realm="elsewhere.example") in {401, 437, 441}


def test_one_call_has_an_end_to_its_ways(relay):
    settings = Settings(turn_url=(relay.url,), turn_secret=SECRET)
    made = relay_for(settings, new_public_id(), until=clock.now() + MINUTE)
    assert made
    clients = [TurnClient(relay.url, made.username, made.credential) for _ in range(13)]

    found = [each.allocate() for each in clients]
    for each in clients:
        each.close()

    assert found == [0] * 12 + [486]


def test_without_a_relay_there_are_no_credentials():
    assert relay_for(Settings(), new_public_id(), until=clock.now()) is None
