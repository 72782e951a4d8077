"""The padlock beside a password shows what was typed, and only that (S4-11)."""

from playwright.sync_api import Locator, expect

from tests.cast import PASSWORD
from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor

SHOW = "Mostrar lo escrito"


def padlocks(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("button", name=SHOW)


def password(visitor: Visitor) -> Locator:
    return visitor.page.get_by_label("Contraseña", exact=True)


def test_the_padlock_shows_and_hides_what_ana_typed_and_sends_nothing(enter: Enter):
    """S4-11."""
    ana = enter()
    ana.open("/ingresar")
    asked: list[str] = []
    ana.page.on("request", lambda request: asked.append(request.url))
    password(ana).fill(PASSWORD)
    padlock = padlocks(ana)

    expect(padlock.locator("svg:visible")).to_have_count(1)
    padlock.focus()
    ana.page.keyboard.press("Space")
    expect(padlock).to_have_attribute("aria-pressed", "true")
    expect(password(ana)).to_have_attribute("type", "text")
    assert list(measure.barriers(ana.page)) == []
    padlock.click()
    expect(padlock).to_have_attribute("aria-pressed", "false")
    expect(password(ana)).to_have_attribute("type", "password")

    expect(password(ana)).to_have_value(PASSWORD)
    assert [url for url in asked if "/static/" not in url] == []


def test_a_password_is_hidden_again_before_it_is_sent(enter: Enter):
    """A browser keeps what stands in a field of plain text for the next person at it."""
    ana = enter()
    ana.open("/ingresar")
    password(ana).fill("no es la clave")
    padlocks(ana).click()

    sent_as = ana.page.evaluate("""() => {
        const form = document.querySelector("form.card");
        form.addEventListener("submit", (event) => event.preventDefault());
        form.identifier.value = "ana";
        form.requestSubmit();
        return form.password.type;
    }""")

    assert sent_as == "password"


def test_every_password_of_a_page_that_htmx_brought_has_its_own(enter: Enter):
    ana = enter()
    walk.sign_in(ana)
    ana.own_menu("Ver mi perfil")
    ana.arrive("Mi perfil")
    ana.press("Cambiar contraseña")
    ana.arrive("Cambiar contraseña")

    padlocks(ana).nth(1).click()

    kinds = [field.get_attribute("type") for field in ana.page.locator(".field input").all()]
    assert kinds == ["password", "text", "password"]


def test_without_scripts_there_is_no_padlock(enter: Enter):
    ana = enter(scripts=False)

    ana.open("/ingresar")

    expect(password(ana)).to_be_visible()
    expect(padlocks(ana)).to_have_count(0)
