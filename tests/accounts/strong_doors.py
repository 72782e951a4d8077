"""At the door with something beside, or in place of, the password."""

import json

from tests.accounts.authenticator import Authenticator
from tests.accounts.door import knock
from tests.cast import ANA
from tests.markup.document import text_of

BASE = "http://localhost"
DOOR, OPTIONS = "/ingresar/llave", "/ingresar/llave/opciones"


def show(browser, code, person=ANA):
    """Password, then *code*, on the page for what the person set up."""
    assert knock(browser, person.username).status_code == 303
    browser.follow()
    return enter(browser, code)


def enter(browser, code):
    return browser.form("Ingresar").fill(code=code).submit("Ingresar")


def by_other_means(browser, words):
    browser.click("Usar otro medio")
    form = browser.form("Continuar")
    form.fill(kind=words).submit("Continuar")
    browser.follow()


def token(browser):
    """As the page's script finds it in its form."""
    browser.get("/ingresar")
    return browser.form(DOOR).values["csrf_token"]


def asked(browser):
    answer = browser.post(OPTIONS, data={"csrf_token": token(browser)})
    assert answer.status_code == 200, answer.status
    return json.loads(answer.data)


def shown(browser, name):
    """The words in the part of the page with this id."""
    return text_of(next(part for part in browser.page.elements() if part.get("id") == name))


def knock_with(browser, answer, **fields):
    data = {"csrf_token": token(browser), "answer": answer, **fields}
    return browser.post(DOOR, data=data)


def as_script(browser, page, below="", **fields):
    """What passkey.js sends of the form that goes to *page*."""
    csrf = browser.form(page).values["csrf_token"]
    return browser.post(page + below, data={"csrf_token": csrf, **fields})


def add_by_page(app, browser):
    """A telephone whose passkey was added on the person's own page."""
    phone, page = Authenticator(BASE), "/mi-perfil/segundo-factor/llave"
    browser.get(page)
    options = json.loads(as_script(browser, page, "/opciones").data)
    answer = as_script(browser, page, answer=phone.make(options), name="Mi teléfono")
    assert answer.status_code == 303, browser.text()
    return phone
