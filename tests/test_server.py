"""The real server as tests get it: it starts, dies, comes back, and shows its log."""

import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.server import NURSERY, PortalServer, environment
from tests.services.process import DidNotStart, Owner

Serve = Callable[..., PortalServer]


def status_of(url: str) -> int:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return int(answer.status)


def test_a_server_with_no_settings_but_its_folder_answers(serve: Serve):
    server = serve()

    assert status_of(f"{server.url}/salud") == 200
    assert status_of(f"{server.url}/ingresar") == 200


def test_a_killed_server_is_gone_at_once_and_comes_back_on_its_port(serve: Serve):
    server = serve()
    first = server.pid

    server.kill()
    was_healthy = server.is_healthy()
    server.start()

    assert not was_healthy
    assert server.is_healthy()
    assert server.pid != first


def test_a_server_ends_with_its_owner(tmp_path: Path):
    owner = Owner(tmp_path / "owner.lock")
    log = tmp_path / "log"
    main = "import time; print('here', flush=True); time.sleep(600)"
    kept = NURSERY.start(main, [], owner_lock=owner.lock_path, log=log, env=environment({}))
    was_running = kept.is_running

    owner.leave()
    kept.keeper.wait()

    assert was_running
    assert not kept.is_running
    assert not Path(f"/proc/{kept.pid}").exists()


def test_a_server_that_refuses_its_settings_says_which(serve: Serve):
    with pytest.raises(DidNotStart, match="CLINICWEB_NO_SUCH_SETTING"):
        serve(NO_SUCH_SETTING="1")


def test_a_server_sees_the_settings_of_its_test_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLINICWEB_DATABASE_URL", "sqlite:///somebody-elses.db")

    seen = environment({"DATA_DIR": "here"})

    assert {key for key in seen if key.startswith("CLINICWEB_")} == {"CLINICWEB_DATA_DIR"}
