"""What was made for one purpose opens no other, whatever link or code it is (T10)."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask

from clinicweb.accounts import captcha, factors, one_time, phone_actions
from clinicweb.booking.change_mail import CHANGE_PURPOSE
from clinicweb.booking.mail import REMINDER_PURPOSE
from clinicweb.booking.offer_mail import PURPOSE as HOUR_OFFER
from clinicweb.core import db, tokens
from clinicweb.core.ids import new_public_id
from clinicweb.core.tokens import Purpose
from clinicweb.feed.views import PURPOSE as FEED
from tests.accounts.helped import clinic_file
from tests.architecture.things import anas_things
from tests.architecture.world import World
from tests.pages import make_app

DAY = timedelta(days=1)
KEYS = ("k" * 32,)
RECORD = "AbCdEfGhIjKlMnOpQrStUv"
PICTURES = {form: tokens.purpose_named(f"captcha-picture.{form}") for form in captcha.PURPOSES}
WORKS = {tokens.purpose_named(f"captcha.{form}") for form in captcha.PURPOSES}

# Where each purpose's links lead to, with rows of which they are good.
PAGES = {
    one_time.RESET_PASSWORD: "/clave/nueva/{}",
    one_time.TEMPORARY_PASSWORD: "/clave/temporal/{}",
    one_time.CHANGE_EMAIL: "/correo/confirmar/{}",
    one_time.INVITE: "/invitacion/{}",
    one_time.ACTIVATE: "/cuenta/activar/{}",
    one_time.REACTIVATE: "/cuenta/reactivar/{}",
    one_time.STOP_REACTIVATION: "/cuenta/no-fui-yo/{}",
    REMINDER_PURPOSE: "/citas/aviso/{}",
    HOUR_OFFER: "/citas/oferta/{}",
    CHANGE_PURPOSE: "/citas/cambio/{}",
    FEED: "/calendario/{}.ics",
}
IMAGES = {PICTURES[form]: f"/captcha/{form}/{{}}/imagen.png" for form in PICTURES}
ADDRESSES = PAGES | IMAGES
NAMES = {
    one_time.RESET_PASSWORD: "token",
    one_time.TEMPORARY_PASSWORD: "temporary_token",
    one_time.CHANGE_EMAIL: "email_token",
    one_time.INVITE: "invite_token",
    one_time.ACTIVATE: "activation_token",
    one_time.REACTIVATE: "reactivation_token",
    one_time.STOP_REACTIVATION: "stop_token",
    REMINDER_PURPOSE: "reminder_token",
    HOUR_OFFER: "offer_token",
    CHANGE_PURPOSE: "change_token",
    FEED: "feed_token",
}
# These have no page that a link opens: a code is typed, or a browser works.
TYPED = {factors.SIGN_IN, phone_actions.PURPOSE}


class NobodyInside(World):
    """A portal that only mails have left."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url


@pytest.fixture
def app(clinic_url, tmp_path):
    """A portal where every way of recovery is open."""
    clinic = clinic_file(tmp_path, "[recovery]\nreactivation = true\n")
    yield make_app(clinic_url, tmp_path, clinic=clinic)
    db.current().dispose()


@pytest.fixture
def links(app, clinic_url):
    """A good link of each purpose."""
    found = anas_things(NobodyInside(app, clinic_url))
    pictures = {
        each: tokens.issue(keys_of(app), each, new_public_id()) for each in PICTURES.values()
    }
    return {purpose: found[name] for purpose, name in NAMES.items()} | pictures


def keys_of(app):
    return app.extensions["clinicweb.settings"].keys()


def record_of(keys, purpose, link):
    if purpose == FEED:
        return tokens.read_lasting(keys, purpose, link)
    return tokens.read(keys, purpose, link, max_age=DAY)


def signed(keys, purpose, record):
    return (tokens.issue_lasting if purpose == FEED else tokens.issue)(keys, purpose, record)


def test_every_purpose_is_in_these_tests():
    """A new one is, as soon as it is declared, and wants its line here."""
    assert tokens.purposes() == {*ADDRESSES, *TYPED, *WORKS}
    assert set(NAMES) == set(PAGES)


# How a purpose's proofs are made and checked: made(purpose), then is_good(purpose, proof).
Proof = tuple[Callable[[Purpose], str], Callable[[Purpose, str], bool]]


def reads(read: Callable[[Purpose, str], object]) -> Callable[[Purpose, str], bool]:
    def is_good(purpose: Purpose, proof: str) -> bool:
        try:
            return bool(read(purpose, proof))
        except tokens.BadToken:
            return False

    return is_good


PROOFS: dict[str, Proof] = {
    "link": (
        lambda purpose: tokens.issue(KEYS, purpose, RECORD),
        reads(lambda purpose, link: tokens.read(KEYS, purpose, link, max_age=DAY)),
    ),
    "lasting link": (
        lambda purpose: tokens.issue_lasting(KEYS, purpose, RECORD),
        reads(lambda purpose, link: tokens.read_lasting(KEYS, purpose, link)),
    ),
    "code": (
        lambda purpose: tokens.code(KEYS[-1], purpose, RECORD),
        lambda purpose, code: tokens.is_code(KEYS, purpose, RECORD, code),
    ),
    "password": (
        lambda purpose: tokens.password(KEYS[-1], purpose, RECORD),
        lambda purpose, password: tokens.password(KEYS[-1], purpose, RECORD) == password,
    ),
    "key": (
        lambda purpose: tokens.subkey(KEYS[-1], purpose).hex(),
        lambda purpose, key: tokens.subkey(KEYS[-1], purpose).hex() == key,
    ),
}


def test_every_proof_is_good_for_its_kind_and_purpose_alone(record_property):
    everything = list(product(PROOFS, sorted(tokens.purposes())))
    made = {(kind, purpose): PROOFS[kind][0](purpose) for kind, purpose in everything}

    accepted = {
        (source, asked)
        for source, asked in product(everything, repeat=2)
        if PROOFS[asked[0]][1](asked[1], made[source])
    }

    assert accepted == {(each, each) for each in everything}
    record_property("checks", len(everything) ** 2)


def test_every_link_opens_its_own_page_alone(page, links, record_property):
    visitor = page()
    statuses = {
        (made, asked): visitor.get(ADDRESSES[asked].format(links[made])).status_code
        for made, asked in product(ADDRESSES, repeat=2)
    }

    assert statuses == {
        (made, asked): 200 if made == asked else 404 for made, asked in product(ADDRESSES, repeat=2)
    }
    record_property("checks", len(statuses))


def test_a_rows_own_purpose_counts_besides_the_signature(app, page, links, record_property):
    keys, visitor = keys_of(app), page()
    rows = {purpose: record_of(keys, purpose, links[purpose]) for purpose in PAGES}

    for made, asked in product(PAGES, repeat=2):
        forged = signed(keys, asked, rows[made])
        wanted = 200 if made == asked else 404
        assert visitor.get(PAGES[asked].format(forged)).status_code == wanted, (made, asked)
    record_property("checks", len(PAGES) ** 2)


def test_no_altered_link_opens_anything(page, links, record_property):
    visitor, refused = page(), 0
    for purpose, link in links.items():
        # Two bits of the last character say nothing: see tests/core/test_tokens.py.
        for place in range(0, len(link) - 1, 3):
            altered = link[:place] + ("A" if link[place] != "A" else "B") + link[place + 1 :]
            assert visitor.get(ADDRESSES[purpose].format(altered)).status_code == 404
            refused += 1
    record_property("refused", refused)
