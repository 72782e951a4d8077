"""A clinic with conversations, and what its people do on their pages."""

CHAT = """[chat]
is_on = true
opens = "appointment"
emergency = "En una emergencia llame al 131."
hours = "Respondemos de 9 a 18."
quick_answers = ["Le respondo pronto."]
longest_message = 200
"""


def begin(browser, words="Dr. Pablo Díaz"):
    """The browser's person presses the button of a clinician; the conversation's address."""
    browser.get("/conversaciones/nueva")
    answer = browser.form(words).submit(words)
    assert answer.status_code == 303
    browser.follow()
    return answer.headers["Location"]


def write(browser, address, text):
    browser.get(address)
    answer = browser.form("Enviar").fill(text=text).submit("Enviar")
    assert answer.status_code == 303, browser.text()
    browser.follow()


def shown(browser, address):
    browser.get(address)
    return browser.text()
