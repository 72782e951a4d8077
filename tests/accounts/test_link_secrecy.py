"""A mailed link is nobody else's to see, and nothing but a link is one (T10)."""

import re

import pytest

from clinicweb.accounts import recovery_actions
from tests.accounts.helped import (
    NEW,
    choose,
    link_for,
)


@pytest.mark.parametrize("token", ["x", "a.b.c", "A" * 200, "%00", "..%2f..", "ñ"])
@pytest.mark.parametrize("address", ["/clave/nueva/", "/clave/otro-enlace/"])
def test_what_is_no_link_is_not_found(page, address, token):
    browser = page()
    browser.get("/ingresar")
    form = browser.form("/ingresar")
    form.element.set("action", address + token)

    assert browser.get(address + token).status_code in (404, 405)
    assert form.submit_anyway().status_code == 404


def test_the_page_of_a_link_tells_its_address_to_nobody(app, page):
    link, browser = link_for(app, page()), page()

    answer = browser.get(link)

    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', answer.get_data(as_text=True))
    assert addresses
    # What stands in the page itself (data:) is asked of nobody.
    own = ("/", "#", "tel:", "data:")
    assert [each for each in addresses if not each.startswith(own)] == []


def test_a_link_never_stands_in_a_log(app, page, caplog):
    caplog.set_level("DEBUG")
    link = link_for(app, page())
    token = link.rpartition("/")[2]
    app.testing = False
    browser = page()
    choose(browser, link)
    browser.get(link)
    browser.get(link + "x")

    assert token not in caplog.text
    assert token.split(".")[2] not in caplog.text


def test_a_link_never_stands_in_a_log_even_when_all_fails(app, page, caplog, monkeypatch):
    link, browser = link_for(app, page()), page()
    browser.get(link)

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(recovery_actions, "reset_password", fail)
    browser.may_fail = True
    answer = browser.form(link).fill(password=NEW, again=NEW).submit()

    assert answer.status_code == 500
    assert caplog.records
    assert link.rpartition("/")[2] not in caplog.text
    assert NEW not in caplog.text
