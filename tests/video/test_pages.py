"""The pages of a call without a script: who may, what it says, what the browser may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from clinicweb.core import db
from tests.accounts.helped import clinic_file
from tests.cast import ANA, DIAZ
from tests.chat.talking import CHAT, begin
from tests.pages import make_app

QUESTION = (
    "¿Desea iniciar una videollamada con el paciente? "
    "La duración máxima de la llamada es de 20 minutos."
)


@pytest.fixture
def app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    rules = CHAT + "\n[video]\nmax_minutes = 20\n"
    app = make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, rules))
    yield app
    db.current().dispose()


@pytest.fixture
def pair(page):
    """Ana, Dr. Díaz, and the address of their conversation."""
    ana, diaz = page(ANA), page(DIAZ)
    return ana, diaz, begin(ana)


def ring(diaz, talk):
    """He presses both buttons; the address of the call."""
    diaz.get(f"{talk}/videollamada")
    answer = diaz.form("Iniciar Llamada").submit("Iniciar Llamada")
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_the_window_says_how_long_a_call_lasts_here(pair):
    ana, diaz, talk = pair

    assert QUESTION in diaz.get(f"{talk}/videollamada").get_data(as_text=True)
    assert "Iniciar Video" in diaz.get(talk).get_data(as_text=True)
    assert "Iniciar Video" not in ana.get(talk).get_data(as_text=True)
    assert ana.get(f"{talk}/videollamada").status_code == 404


def test_camera_and_microphone_are_the_calls_own(pair):
    ana, diaz, talk = pair
    call = ring(diaz, talk)

    assert "camera=(self), microphone=(self)" in diaz.get(call).headers["Permissions-Policy"]
    for browser, address in [(ana, call), (ana, "/"), (diaz, talk)]:
        assert "camera=(), microphone=()" in browser.get(address).headers["Permissions-Policy"]


def test_the_patient_finds_it_and_declines_with_a_reason(pair):
    ana, diaz, talk = pair
    call = ring(diaz, talk)

    assert "Dr. Pablo Díaz le llama por video." in ana.get("/").get_data(as_text=True)
    assert call in ana.get(talk).get_data(as_text=True)
    ana.get(call)
    answer = ana.form(f"{call}/rechazar").fill(reason="Voy en la micro").submit("Rechazar")

    assert answer.status_code == 303
    assert "«Voy en la micro»" in diaz.get(call).get_data(as_text=True)
    assert "no tomó la videollamada: «Voy en la micro»" in diaz.get(talk).get_data(as_text=True)
    assert "le llama" not in ana.get("/").get_data(as_text=True)


def test_answered_and_put_down_it_can_be_started_again(pair):
    ana, diaz, talk = pair
    call = ring(diaz, talk)
    ana.get(call)
    assert ana.form(f"{call}/contestar").submit("Aceptar videollamada").status_code == 303
    ana.get(call)
    ana.form(f"{call}/colgar").submit("Colgar llamada")

    over = diaz.get(call).get_data(as_text=True)
    assert "La videollamada terminó" in over
    assert "Iniciar otra videollamada" in over
    assert ring(diaz, talk) != call
