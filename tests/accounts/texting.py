"""Registering by telephone: what the tests of it share."""

RITAS_PHONE = "+573001234567"
MASKED = ["Correo electrónico r•••@correo.example", "Mensaje de texto +57 ••• ••• 45 67"]


def offered(browser, button="Enviar"):
    form = browser.form(button)
    return list(form.options("channel").values()) if "channel" in form.names() else []


def forge(browser, channel):
    """What somebody sends who does not use our page."""
    form = browser.form("Enviar")
    form.values["channel"] = channel
    return form.submit_anyway()


def code_of(text):
    return text.text[:6]


def until_channel(portal, browser, **changes):
    """To the page that asks where the code goes."""
    portal.begin(browser)
    assert portal.fill(browser, **changes).submit("Registrar").status_code == 303
    browser.follow()
    browser.follow()


def type_code(browser, code):
    browser.form("Continuar").fill(code=code).submit()
    return browser.last.status_code


def again(browser, channel):
    browser.form("Enviar de nuevo").fill(channel=channel).submit()
    status = browser.last.status_code
    if status == 303:
        browser.follow()
    return status
