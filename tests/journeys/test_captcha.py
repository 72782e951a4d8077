"""«No soy un robot»: solved while one types, or read, or heard; and never a dead end."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from clinicweb.clinic.rules import PRESETS
from tests.accounts.solving import digits_in
from tests.cast import PASSWORD
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.visitor import SECRET_KEY, Visitor
from tests.journeys.world import Clinics, Portal

TICK, DIGITS = "No soy un robot", "Escriba los seis números de la imagen"
WRONG = "El usuario o la contraseña no son correctos."
NAME = "RUT o nombre de usuario"
DESK = {"width": 1280, "height": 800}


def careful_clinic(folder: Path, work: int) -> str:
    """Asks at the door, and those who ask for help; *work* says how long a browser takes."""
    preset = (PRESETS / "teleconsulta.toml").read_text("utf-8")
    preset = preset.replace("[sign_in]\n", '[sign_in]\ncaptcha = "always"\n')
    path = folder / f"careful-{work}.toml"
    more = f"\n[recovery]\ncaptcha = true\n\n[captcha]\nwork = {work}\n"
    path.write_text(preset + more, "utf-8")
    return str(path)


@pytest.fixture
def work() -> int:
    return 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("careful")


@pytest.fixture
def portal(clinics: Clinics, folder: Path, work: int) -> Portal:
    return clinics(careful_clinic(folder, work))


def solved(visitor: Visitor) -> None:
    expect(visitor.page.get_by_label(TICK)).to_be_checked()
    expect(visitor.page.locator("#captcha progress")).to_be_hidden()


def type_in(visitor: Visitor, password: str = PASSWORD) -> None:
    visitor.type(NAME, "ana")
    visitor.page.get_by_label("Contraseña", exact=True).fill(password)


def heard(visitor: Visitor) -> list[str]:
    """The requests of *visitor* from now on, as they come: method and path."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(f"{request.method} {request.url.removeprefix(visitor.url)}")

    visitor.page.on("request", note)
    return asked


def test_the_box_ticks_itself_while_ana_types_and_is_asked_each_time(enter: Enter):
    """S1-9, S1-10."""
    ana = enter()
    for _ in range(2):
        ana.open("/ingresar")
        expect(ana.page.get_by_label(TICK)).not_to_be_checked()
        type_in(ana)
        solved(ana)
        ana.press("Iniciar sesión")
        ana.arrive(walk.ANAS_GREETING)
        ana.press("Cerrar sesión")
        ana.arrive("Iniciar sesión")


def test_nothing_is_computed_before_a_field_is_touched(enter: Enter):
    ana = enter()
    asked = heard(ana)
    ana.open("/ingresar")
    expect(ana.page.get_by_label(TICK)).to_be_visible()

    ana.page.wait_for_load_state("networkidle")
    expect(ana.page.get_by_label(TICK)).not_to_be_checked()
    assert not [each for each in asked if "/captcha/" in each]

    ana.page.get_by_label(TICK).click()
    solved(ana)


@pytest.mark.parametrize("work", [400_000])
def test_a_button_pressed_too_early_waits_and_sends_once(enter: Enter):
    ana = enter()
    ana.open("/ingresar")
    # Filled in by the browser itself: no field was touched.
    ana.page.evaluate(
        "password => { document.querySelector('#identifier').value = 'ana';"
        "document.querySelector('#password').value = password }",
        PASSWORD,
    )
    asked = heard(ana)

    ana.page.get_by_role("button", name="Iniciar sesión").dblclick()
    ana.arrive(walk.ANAS_GREETING)

    assert asked.count("POST /ingresar") == 1


def test_after_a_wrong_password_the_box_is_asked_again_and_back_is_no_trap(enter: Enter):
    ana = enter()
    ana.open("/ingresar")
    type_in(ana, "otra cosa")
    ana.press("Iniciar sesión")
    expect(ana.page.locator("#errors")).to_contain_text(WRONG)
    expect(ana.page.get_by_label(TICK)).not_to_be_checked()

    ana.page.go_back()
    type_in(ana)
    ana.press("Iniciar sesión")

    ana.arrive(walk.ANAS_GREETING)


def test_a_page_left_open_too_long_asks_for_another_challenge(enter: Enter):
    ana = enter()
    ana.open("/ingresar")
    type_in(ana)
    solved(ana)
    ana.page.evaluate("document.querySelector('#captcha').born = 1")
    first = ana.page.locator("#captcha").get_attribute("data-captcha")

    ana.press("Iniciar sesión")
    ana.arrive(walk.ANAS_GREETING)

    assert first


def test_the_box_works_in_a_page_that_htmx_swapped_in_and_brings_no_picture(enter: Enter):
    ana = enter()
    ana.open("/ingresar")
    asked = heard(ana)
    ana.press("Recuperar contraseña")
    ana.arrive("Recuperar contraseña")
    expect(ana.page.get_by_label(TICK)).not_to_be_checked()
    expect(ana.page.get_by_label(DIGITS)).to_have_count(0)

    ana.type("RUT, usuario o correo electrónico", "ana")
    ana.press("Enviar")
    ana.arrive("Revise su correo")

    assert not [each for each in asked if each.startswith("GET /captcha/")]
    assert "GET /ingresar" not in asked
    assert len(ana.watch.loads) == 1


def without_worker(visitor: Visitor) -> None:
    visitor.page.add_init_script("delete self.Worker")


def with_broken_worker(visitor: Visitor) -> None:
    visitor.page.add_init_script(
        "self.Worker = class { postMessage() { setTimeout(() => this.onerror({})) } }"
    )


def without_crypto(visitor: Visitor) -> None:
    """As over plain http, where the portal is not localhost."""
    visitor.page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")


@pytest.mark.parametrize("hinder", [without_worker, with_broken_worker, without_crypto])
def test_a_browser_that_lacks_something_solves_it_all_the_same(
    enter: Enter, hinder: Callable[[Visitor], None]
):
    ana = enter()
    hinder(ana)
    ana.open("/ingresar")
    type_in(ana)
    solved(ana)

    ana.press("Iniciar sesión")

    ana.arrive(walk.ANAS_GREETING)


def test_who_did_not_get_the_script_gets_the_picture(enter: Enter):
    ana = enter()
    ana.watch.is_line_broken = True
    ana.page.route("**/portal-captcha.js", lambda route: route.abort())
    ana.open("/ingresar")
    type_in(ana)
    ana.press("Iniciar sesión")
    expect(ana.page.locator("#errors")).to_contain_text("Falta comprobar que no es un robot.")
    assert list(measure.barriers(ana.page)) == []

    type_in(ana)
    ana.read_picture()
    ana.press("Iniciar sesión")

    ana.arrive(walk.ANAS_GREETING)


def test_without_scripts_the_digits_are_read_and_another_picture_keeps_the_name(enter: Enter):
    """S1-9."""
    ana = enter(scripts=False)
    ana.open("/ingresar")
    expect(ana.page.get_by_label(TICK)).to_be_hidden()
    assert fits(ana)
    first = picture(ana)

    ana.type(NAME, "ana")
    ana.page.get_by_role("button", name="Otra imagen").click()
    expect(ana.page.locator("#captcha img")).not_to_have_attribute("src", first)
    expect(ana.page.get_by_label(NAME)).to_have_value("ana")
    expect(ana.page.locator("#errors")).to_have_count(0)

    type_in(ana)
    ana.type(DIGITS, "x")
    ana.page.get_by_label(DIGITS).press("Enter")
    expect(ana.page.locator("#errors")).to_contain_text("Esos no eran los números.")
    expect(ana.page.get_by_label(NAME)).to_have_value("ana")
    assert fits(ana)
    type_in(ana)
    ana.press("Iniciar sesión")
    ana.arrive(walk.ANAS_GREETING)


def picture(visitor: Visitor) -> str:
    return visitor.page.locator("#captcha img").get_attribute("src") or ""


def fits(visitor: Visitor) -> bool:
    """Nothing is too wide or too small; the picture is drawn and small, the sound there."""
    page, address = visitor.page, picture(visitor)
    drawn = page.request.get(visitor.url + address)
    spoken = page.request.get(visitor.url + address.replace("imagen.png", "audio.wav"))
    assert (drawn.headers["content-type"], len(drawn.body()) <= 6 * 1024) == ("image/png", True)
    assert (spoken.headers["content-type"], len(spoken.body()) <= 100_000) == ("audio/wav", True)
    expect(page.locator("#captcha img")).to_have_js_property("naturalWidth", 240)
    assert len(digits_in((SECRET_KEY,), address)) == 6
    found = [*measure.squeezes(page), *measure.small_targets(page)]
    found += measure.barriers_without_scripts(page)
    assert found == []
    return True


def test_a_screen_reader_tells_what_happens_and_no_more(enter: Enter):
    ana = enter(viewport=DESK)
    ana.open("/ingresar")
    ana.page.evaluate(
        "() => { window.told = []; new MutationObserver(() =>"
        " told.push(document.querySelector('#captcha [role=status]').textContent))"
        ".observe(document.querySelector('#captcha [role=status]'), { childList: true }) }"
    )
    assert list(measure.barriers(ana.page)) == []
    place = ana.page.get_by_role("button", name="Iniciar sesión").bounding_box()
    ana.type(NAME, "ana")
    solved(ana)
    assert ana.page.get_by_role("button", name="Iniciar sesión").bounding_box() == place

    assert ana.page.evaluate("told") == ["Comprobando…", "Comprobado."]
    spoken = ana.page.locator("#captcha").aria_snapshot()
    assert f'checkbox "{TICK}" [checked]' in spoken
    assert "status: Comprobado." in spoken
    assert "img" not in spoken
    assert list(measure.barriers(ana.page)) == []
