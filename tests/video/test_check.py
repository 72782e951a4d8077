"""«Probar cámara y micrófono»: who may, what it keeps, what a measurement costs."""

import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from clinicweb.core import clock, db
from clinicweb.video import check_actions, check_texts, checks
from clinicweb.video.check_models import DeviceCheck
from clinicweb.video.checks import Found
from tests.accounts.helped import clinic_file
from tests.cast import ANA, CLARA
from tests.chat.talking import CHAT
from tests.chat.world import viewer_of
from tests.pages import make_app, sign_in

PAGE = "/videollamadas/prueba"
ALL_FINE = {
    "microphone": "ok",
    "camera": "ok",
    "speaker": "ok",
    "relay": "ok",
    "relay_ms": "40",
    "speed": "good",
    "down": "5000",
    "up": "1500",
}


@pytest.fixture
def app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    relay = {"turn_url": "turn:turn.example:3478", "turn_secret": "a secret that is long enough"}
    app = make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, CHAT), **relay)
    yield app
    db.current().dispose()


def token_of(browser):
    browser.get(PAGE)
    return browser.form("Guardar el resultado").values["csrf_token"]


def save(browser, **found):
    return browser.post(PAGE, data={"csrf_token": token_of(browser), **found})


def kept():
    with db.reading() as session:
        return session.scalars(select(DeviceCheck).order_by(DeviceCheck.id)).all()


def test_what_came_out_is_kept_and_shown_to_its_owner_alone(page):
    ana, clara = page(ANA), page(CLARA)
    assert "camera=(self)" in ana.get(PAGE).headers["Permissions-Policy"]
    assert "necesitan JavaScript, una cámara y un micrófono" in ana.text()

    assert save(ana, **ALL_FINE | {"camera": "denied", "up": "90"}).status_code == 303

    ana.get(PAGE)
    assert "Por revisar: Cámara, Velocidad de su conexión." in ana.text()
    assert "El navegador no tiene permiso para usar la cámara." in ana.text()
    assert "Recibe 5000 kbit/s, envía 90 kbit/s." in ana.text()
    clara.get(PAGE)
    assert "Sus últimas pruebas" not in clara.text()
    [row] = kept()
    assert row.account_id == viewer_of("Ana").account_id


@pytest.mark.parametrize(
    "wrong",
    [{}, {"camera": "<b>"}, {"relay": "quiet"}, {"down": "-1"}, {"up": "x"}, {"relay_ms": "1e9"}],
)
def test_what_no_test_finds_is_not_kept(page, wrong):
    ana = page(ANA)
    found = ALL_FINE | wrong if wrong else {}

    assert save(ana, **found).status_code == 422

    assert "La prueba no se completó." in ana.text()
    assert kept() == []


def test_the_latest_ten_stay_for_ninety_days(app, page):
    found = Found({"camera": "ok"})
    command = check_actions.SaveCheck(viewer_of("Ana"), "Chrome", found)
    with clock.frozen(clock.now() - timedelta(days=91)):
        oldest = check_actions.save_check(command)
    check_actions.purge_checks()
    assert oldest not in [row.public_id for row in kept()]

    ids = [check_actions.save_check(command) for _ in range(11)]
    check_actions.purge_checks()

    assert [row.public_id for row in kept()] == ids[1:]


def test_a_measurement_is_noise_of_a_bounded_length(app, page):
    ana = page(ANA)
    token = {"csrf_token": token_of(ana)}

    for asked, length in [("16384", 16384), ("524288", 524288), ("9000000", 1024), ("", 1024)]:
        answer = ana.post(
            f"{PAGE}/bajada", data=token | {"bytes": asked}, headers={"Accept-Encoding": "br, gzip"}
        )
        assert len(answer.data) == length
        assert len(zlib.compress(answer.data)) >= length
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"

    headers = {"X-CSRFToken": token["csrf_token"], "Content-Type": "application/octet-stream"}
    assert ana.post(f"{PAGE}/subida", data=bytes(300_000), headers=headers).status_code == 204
    assert ana.post(f"{PAGE}/subida", data=bytes(2_000_000), headers=headers).status_code == 413


def test_the_relay_is_lent_for_a_minute(page):
    ana = page(ANA)
    with clock.frozen(now := clock.now()):
        [relay] = ana.post(f"{PAGE}/paso", data={"csrf_token": token_of(ana)}).json["ice"]

    assert relay["urls"] == ["turn:turn.example:3478"]
    until, _, name = relay["username"].partition(":")
    assert 60 <= int(until) - now.timestamp() <= 120
    assert str(viewer_of("Ana").account_id) != name


def test_measurements_have_an_end(page):
    ana, clara = page(ANA), page(CLARA)
    data = {"csrf_token": token_of(ana)}
    with clock.frozen(clock.now()):
        for _ in range(check_actions.MOST_STEPS):
            check_actions.count_step(viewer_of("Ana"))
        asked = [ana.post(f"{PAGE}/{way}", data=data).status_code for way in ("bajada", "paso")]

    assert asked == [429, 429]
    clara_data = {"csrf_token": token_of(clara)}
    assert clara.post(f"{PAGE}/bajada", data=clara_data).status_code == 200


def test_without_calls_there_is_no_test(clinic_url, tmp_path):
    neither = ("[chat]\nis_on = false\n", "[video]\nin_appointments = false\n")
    app = make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, *neither))
    ana = sign_in(app, ANA)

    assert ana.get(PAGE).status_code == 404
    db.current().dispose()


def test_every_state_has_its_words(app):
    with app.test_request_context():
        with_words = {part.key: part for part in check_texts.parts()}

    assert set(with_words) == set(checks.STATES)
    for key, states in checks.STATES.items():
        for outcome in with_words[key].outcomes:
            assert outcome.text
            assert outcome.is_fine or outcome.advice
        assert tuple(each.state for each in with_words[key].outcomes) == states


@pytest.mark.parametrize(
    ("browser", "own"),
    [
        ("Chrome · Android", "chrome"),
        ("Chrome · iPhone", "safari"),
        ("Safari · Mac", "safari"),
        ("Firefox · Linux", "firefox"),
        ("Edge · Windows", "edge"),
        ("Navegador", "chrome"),
    ],
)
def test_ones_own_browser_is_told_first(app, browser, own):
    with app.test_request_context():
        first, *others = check_texts.fixes(browser)

    assert first.key == own
    assert len(others) == 3
