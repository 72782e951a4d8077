"""«Mi perfil»: language, accepted terms, and the menu that leads there (S0-39, S3-82, S4-20)."""

import pytest
from sqlalchemy import select

from clinicweb.accounts.models import Account, TermsAcceptance
from clinicweb.accounts.registration_actions import terms_hash
from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock, db
from tests.accounts.door import knock
from tests.accounts.helped import CHANGE_PAGE, NEW, change, mails
from tests.cast import ANA, CLARA, PASSWORD
from tests.pages import make_app, sign_in

# preset → the menu's side, its words (None: the person's name), and its words for the password.
MENUS = {
    "teleconsulta": ("left", "Mi perfil", "Cambiar contraseña"),
    "afiliados": ("right", "Opciones", "Cambiar contraseña"),
    "historia-clinica": ("right", "Ana", "Cambiar Contraseña"),
    "oficina-virtual": ("right", "Ana", "Cambiar contraseña"),
    "chat-clinico": ("right", "Ana", "Cambiar contraseña"),
}


def choose(client, language):
    client.get("/mi-perfil")
    return client.form("/mi-perfil/idioma").fill(language=language).submit()


def language_of(client):
    client.get("/mi-perfil")
    [html] = client.page.elements("html")
    return html.get("lang")


def accept(person, text_hash, version="2025-01"):
    with db.current().writing() as session:
        owner = select(Account.id).where(Account.name == person.username.title())
        session.add(
            TermsAcceptance(
                account_id=session.scalar(owner),
                version=version,
                text_hash=text_hash,
                accepted_at=clock.now(),
                address="127.0.0.1",
            )
        )


@pytest.mark.parametrize("preset", MENUS)
def test_the_menu_stands_where_the_manual_says_with_its_words(preset, clinic_url, tmp_path):
    """S0-39, S3-82, S4-20."""
    app = make_app(clinic_url, tmp_path, clinic=preset)
    side, title, password = MENUS[preset]
    ana = sign_in(app, ANA)
    ana.get("/")

    [menu] = [d for d in ana.page.elements("details") if d.get("id") == "menu"]

    assert menu.get("class") == f"menu {side}"
    assert "".join(menu.find("summary").itertext()).strip() == title
    assert ana.click(password).status_code == 200
    db.current().dispose()


def test_who_is_not_signed_in_has_no_menu(page):
    visitor = page()
    visitor.get("/ingresar")

    assert not list(visitor.page.elements("details"))


def test_a_chosen_language_is_spoken_at_once_and_in_every_browser(page):
    ana = page(ANA)

    answer = choose(ana, "en")

    assert answer.headers["Location"] == "/mi-perfil"
    assert language_of(ana) == "en"
    assert language_of(page(ANA)) == "en"
    assert language_of(page(CLARA)) == "es"


def test_what_was_chosen_in_this_browser_counts_first(page):
    choose(page(ANA), "en")
    browser = page()
    browser.get("/ingresar", headers={"Accept-Language": "en"})
    browser.form("/idioma").submit("Español")
    knock(browser, "ana")

    assert language_of(browser) == "es"


def test_mails_speak_it_whoever_caused_them(app, page):
    choose(page(ANA), "en")
    spanish = page(ANA)
    spanish.get("/mi-perfil")
    spanish.form("/idioma").submit("Español")
    change(spanish, PASSWORD)

    assert "password" in mails(app)[-1]["Subject"]


def test_an_unknown_language_is_refused(page):
    ana = page(ANA)
    ana.get("/mi-perfil")
    form = ana.form("/mi-perfil/idioma")
    form.values["language"] = "xx"

    assert form.submit().status_code == 422


def test_accepted_terms_are_told_with_their_text_while_it_is_held(app, page):
    held = terms_hash(current_rules(app).terms)
    accept(ANA, held, "2026-11")
    accept(ANA, "f" * 64)
    accept(CLARA, "c" * 64, "de Clara")
    ana = page(ANA)
    ana.get("/mi-perfil")

    ana.click("Términos aceptados")

    assert held in ana.text()
    assert "Versión 2025-01" in ana.text()
    assert "pídalo con su huella" in ana.text()
    assert "de Clara" not in ana.text()
    ana.click("Leer el texto")
    assert ana.url == "/terminos"


def test_who_accepted_nothing_reads_so(page):
    ana = page(ANA)

    ana.get("/mi-perfil/terminos")

    assert "No hay términos" in ana.text()


@pytest.mark.parametrize("way", ["Mis datos", "Cambiar contraseña", "Mis sesiones"])
def test_ones_page_leads_to_all_of_ones_account(page, way):
    ana = page(ANA)
    ana.get("/mi-perfil")

    assert ana.click(way).status_code == 200


def test_a_new_password_does_not_forget_the_language(page):
    ana = page(ANA)
    choose(ana, "en")
    ana.get(CHANGE_PAGE)
    change(ana, PASSWORD)

    browser = page()
    knock(browser, "ana", NEW)
    assert language_of(browser) == "en"
