"""The forms that ask for a captcha: whom, when, and what stays of what was typed."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from clinicweb.accounts.models import CaptchaUsed, RegistrationRequest
from clinicweb.clinic.rules import PRESETS
from clinicweb.core import db
from clinicweb.core.drafts import Draft
from tests.accounts.door import knock, typed, without_secrets
from tests.accounts.helped import clinic_file
from tests.accounts.office import rows
from tests.accounts.solving import solve
from tests.cast import ANA, CLARA, PASSWORD
from tests.checked_client import CheckedClient
from tests.pages import make_app

Opened = Callable[[str], CheckedClient]


@pytest.fixture
def clinic(clinic_url: str, tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """``clinic("always")`` asks at the door as it says, and those who need help."""

    def opened(asks: str) -> Flask:
        preset = (PRESETS / "teleconsulta.toml").read_text("utf-8")
        preset = preset.replace("[sign_in]\n", f'[sign_in]\ncaptcha = "{asks}"\n')
        path = tmp_path / "careful.toml"
        few = "[captcha]\nwork = 1000\npictures_per_address_hour = 10\n"
        path.write_text(f"{preset}\n[recovery]\ncaptcha = true\n\n{few}", "utf-8")
        return make_app(clinic_url, tmp_path, clinic=str(path))

    yield opened
    db.current().dispose()


def visitor(app: Flask) -> CheckedClient:
    return CheckedClient(app, use_cookies=True)


def fields(client: CheckedClient, action: str = "/ingresar") -> set[str]:
    return {name for name in client.form(action).names() if name.startswith("captcha")}


def send(client: CheckedClient, name: str, password: str, **captcha_fields: str):
    """The form as the solver sends it: a hidden field filled, no digits typed."""
    form = client.form("/ingresar").fill(identifier=name, password=password)
    for field, value in captcha_fields.items():
        form.values[field] = value
    return form.submit_anyway()


def test_a_solved_challenge_lets_in_once(clinic):
    """S1-9."""
    ana = visitor(clinic("always"))
    ana.get("/ingresar")
    work = solve(ana)

    assert send(ana, ANA.username, PASSWORD, captcha=work).status_code == 303

    thief = visitor(ana.application)
    thief.get("/ingresar")
    assert send(thief, ANA.username, PASSWORD, captcha=work).status_code == 422
    assert "La comprobación ya no vale" in thief.text()


def test_each_sign_in_is_asked_anew(clinic):
    """S1-10: after a wrong password too."""
    ana = visitor(clinic("always"))
    ana.get("/ingresar")
    work = solve(ana)

    assert send(ana, ANA.username, "otra cosa", captcha=work).status_code == 422
    assert "no son correctos" in ana.text()
    assert ana.form("/ingresar").values["captcha"] == ""
    assert solve(ana) != work


@pytest.mark.parametrize("name", [ANA.username, "nadie"])
@pytest.mark.parametrize("work", ["", "rubbish"])
def test_without_it_no_password_is_looked_at(clinic, name: str, work: str):
    client = visitor(clinic("always"))
    client.get("/ingresar")

    answer = send(client, name, PASSWORD, captcha=work)

    assert answer.status_code == 422
    assert "no son correctos" not in client.text()
    assert typed(client, "identifier") == name
    assert typed(client, "password") == ""
    assert rows(CaptchaUsed) == 0


def test_known_and_unknown_people_are_asked_alike(clinic):
    app = clinic("always")
    shown = {}
    for name in (ANA.username, "nadie"):
        client = visitor(app)
        client.get("/ingresar")
        answer = send(client, name, "otra cosa", captcha="")
        shown[name] = without_secrets(answer.get_data(as_text=True)), len(client.last_queries)

    pages = {_without_pictures(text) for text, _ in shown.values()}
    assert len(pages) == 1
    assert len({queries for _, queries in shown.values()}) == 1


def _without_pictures(text: str) -> str:
    lines = [line for line in text.splitlines() if "/captcha/" not in line]
    return "\n".join(line for line in lines if "captcha_picture" not in line)


def test_what_was_solved_stays_while_something_else_is_corrected(clinic):
    ana = visitor(clinic("always"))
    ana.get("/ingresar")
    work = solve(ana)

    assert send(ana, ANA.username, "", captcha=work).status_code == 422
    assert ana.form("/ingresar").values["captcha"] == work
    assert rows(CaptchaUsed) == 0

    assert send(ana, ANA.username, PASSWORD).status_code == 303


def test_digits_that_were_read_stay_too(clinic):
    ana = visitor(clinic("always"))
    ana.get("/ingresar")
    form = ana.form("/ingresar").fill(identifier=ANA.username)
    form.fill(captcha_digits=form._read())
    picture = form.values["captcha_picture"]

    assert form.submit_anyway().status_code == 422
    again = ana.form("/ingresar")
    assert again.values["captcha_picture"] == picture
    assert again.fill(password=PASSWORD).submit().status_code == 303


def test_another_picture_keeps_what_was_typed_and_complains_of_nothing(clinic):
    ana = visitor(clinic("always"))
    ana.get("/ingresar")
    form = ana.form("/ingresar").fill(identifier=ANA.username, password=PASSWORD)
    first = form.values["captcha_picture"]

    answer = form.submit_anyway("Otra imagen")

    assert answer.status_code == 422
    assert typed(ana, "identifier") == ANA.username
    assert typed(ana, "captcha_picture") not in ("", first)
    assert "Revise" not in ana.text()


def test_enter_in_a_form_with_digits_typed_sends_it(clinic):
    """Some browsers press the first button that they see, and that may be «Otra imagen»."""
    ana = visitor(clinic("always"))
    ana.get("/ingresar")
    form = ana.form("/ingresar").fill(identifier=ANA.username, password=PASSWORD)
    form.fill(captcha_digits=form._read())

    assert form.submit_anyway("Otra imagen").status_code == 303


def test_guessing_digits_has_an_end_and_says_how_long(clinic):
    ana = visitor(clinic("always"))
    for expected in [422] * 10 + [429]:
        ana.get("/ingresar")
        form = ana.form("/ingresar").fill(identifier=ANA.username, password=PASSWORD)
        assert form.fill(captcha_digits="1x").submit_anyway().status_code == expected

    assert "Retry-After" in ana.last.headers
    assert "minutos" in ana.text()


def test_after_some_failures_a_network_is_asked_whoever_is_tried(clinic):
    app = clinic("after_failures")
    for _ in range(3):
        client = visitor(app)
        client.get("/ingresar")
        assert fields(client) == set()
        assert send(client, "nadie", "otra cosa").status_code == 422

    assert "captcha" in fields(client)
    assert "captcha_picture" in fields(client)
    clara = visitor(app)
    clara.get("/ingresar")
    assert "captcha" in fields(clara)
    assert send(clara, CLARA.username, PASSWORD).status_code == 422
    clara.get("/ingresar")
    assert send(clara, CLARA.username, PASSWORD, captcha=solve(clara)).status_code == 303

    elsewhere = {"REMOTE_ADDR": "198.51.100.4"}
    other = visitor(app)
    other.get("/ingresar", environ_base=elsewhere)
    assert fields(other) == set()


def test_a_clinic_that_asks_for_none_sends_no_script_and_no_field(clinic_url, tmp_path):
    rules = clinic_file(tmp_path, "[contact]\ncaptcha = false\n")
    ana = visitor(make_app(clinic_url, tmp_path, clinic=rules))
    answer = ana.get("/ingresar")

    assert "captcha" not in answer.get_data(as_text=True)
    assert knock(ana, ANA.username).status_code == 303
    db.current().dispose()


def test_who_has_signed_in_asks_for_no_other_scripts_than_before(clinic):
    ana = visitor(clinic("always"))
    at_the_door = scripts_of(ana.get("/ingresar"))
    assert knock(ana, ANA.username).status_code == 303

    assert scripts_of(ana.get("/mis-sesiones")) == at_the_door


def scripts_of(answer) -> set[str]:
    return set(re.findall(r'<script src="([^"]+)"', answer.get_data(as_text=True)))


@pytest.mark.parametrize("path", ["/recuperar/clave", "/recuperar/usuario"])
def test_help_is_asked_for_with_a_captcha(clinic, path: str):
    client = visitor(clinic("off"))
    client.get(path)
    form = client.form(path).fill(identifier="ana@pacientes.example")
    assert form.submit_anyway().status_code == 422
    assert "Falta comprobar" in client.text()
    assert typed_in(client, path, "identifier") == "ana@pacientes.example"

    assert client.form(path).submit().status_code == 303


def typed_in(client: CheckedClient, action: str, name: str) -> str:
    return client.form(action).values.get(name, "")


def test_a_challenge_of_one_form_is_worth_nothing_in_another(clinic):
    ana = visitor(clinic("always"))
    ana.get("/recuperar/clave")
    work = solve(ana)
    ana.get("/ingresar")

    assert send(ana, ANA.username, PASSWORD, captcha=work).status_code == 422


def test_registration_asks_at_its_last_step_and_keeps_no_answer(office):
    """S1-5."""
    portal = office("oficina-virtual")
    rita = portal.visitor()
    rita.get("/ingresar")
    portal.begin(rita)
    assert "captcha" in rita.form("Registrar").names()

    assert portal.fill(rita).submit_anyway("Registrar").status_code == 422
    assert "Falta comprobar" in rita.text()
    assert rows(RegistrationRequest) == 0
    form = portal.fill(rita)
    assert form.submit("Registrar").status_code == 303

    assert rows(RegistrationRequest) == 1
    with db.reading() as session:
        kept = [str(draft.answers) for draft in session.query(Draft)]
        kept += [str(request.typed) for request in session.query(RegistrationRequest)]
    assert not [text for text in kept if "captcha" in text]


def test_a_second_press_of_registrar_is_not_asked_again(office):
    portal = office("oficina-virtual")
    rita = portal.visitor()
    portal.begin(rita)
    form = portal.fill(rita)

    assert form.submit("Registrar").status_code == 303
    assert form.submit("Registrar").status_code == 303
    assert rows(RegistrationRequest) == 1


def test_pictures_and_sounds_are_only_for_tokens_of_ours(clinic):
    client = visitor(clinic("always"))
    client.get("/ingresar")
    token = client.form("/ingresar").values["captcha_picture"]

    for name, kind in (("imagen.png", b"\x89PNG"), ("audio.wav", b"RIFF")):
        answer = client.get(f"/captcha/ingresar/{token}/{name}")
        assert answer.data.startswith(kind)
        assert answer.headers["Cache-Control"] == "no-store"
        for wrong in (f"registro/{token}", f"nada/{token}", f"ingresar/{token[:-7]}"):
            assert client.get(f"/captcha/{wrong}/{name}").status_code == 404
    assert rows(CaptchaUsed) == 0
