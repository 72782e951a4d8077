"""A mailed link opens what it was made for and nothing else (T10)."""

from itertools import product

import pytest

from clinicweb.accounts import one_time
from clinicweb.core import tokens
from tests.architecture.world import World, anas_things

PATHS = {
    one_time.RESET_PASSWORD: "/clave/nueva/",
    one_time.TEMPORARY_PASSWORD: "/clave/temporal/",
    one_time.CHANGE_EMAIL: "/correo/confirmar/",
    one_time.INVITE: "/invitacion/",
    one_time.ACTIVATE: "/cuenta/activar/",
}
NAMES = {
    one_time.RESET_PASSWORD: "token",
    one_time.TEMPORARY_PASSWORD: "temporary_token",
    one_time.CHANGE_EMAIL: "email_token",
    one_time.INVITE: "invite_token",
    one_time.ACTIVATE: "activation_token",
}


@pytest.fixture
def links(app, clinic_url):
    """A good link of each purpose."""
    found = anas_things(World(app, clinic_url))
    return {purpose: found[name] for purpose, name in NAMES.items()}


def test_every_purpose_opens_its_own_page_alone(page, links, record_property):
    statuses = {
        (made, asked): page().get(PATHS[asked] + links[made]).status_code
        for made, asked in product(PATHS, repeat=2)
    }

    assert statuses == {
        (made, asked): 200 if made == asked else 404 for made, asked in product(PATHS, repeat=2)
    }
    record_property("checks", len(statuses))


def test_a_rows_own_purpose_counts_besides_the_signature(app, page, links):
    keys = app.extensions["clinicweb.settings"].keys()
    visitor = page()

    for made, asked in product(PATHS, repeat=2):
        row = tokens.read(keys, made, links[made], max_age=one_time.REMEMBERED)
        forged = tokens.issue(keys, asked, row)
        wanted = 200 if made == asked else 404
        assert visitor.get(PATHS[asked] + forged).status_code == wanted


def test_no_altered_link_opens_anything(page, links, record_property):
    visitor, refused = page(), 0
    for purpose, link in links.items():
        for place in range(0, len(link), 3):
            altered = link[:place] + ("A" if link[place] != "A" else "B") + link[place + 1 :]
            assert visitor.get(PATHS[purpose] + altered).status_code == 404
            refused += 1
    record_property("refused", refused)
