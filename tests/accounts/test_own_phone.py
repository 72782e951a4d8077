"""«Mis datos»: a mobile is the account's once the code sent there was typed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.accounts import phone_actions
from clinicweb.accounts.models import PhoneChange
from clinicweb.core import clock, db, tokens
from clinicweb.core.i18n import SOURCE_LANGUAGE
from clinicweb.notifications.models import SMS, OutboxMessage
from tests.accounts.own_pages import OLD, acts, call, shown, to
from tests.cast import ANA, CLARA
from tests.pages import make_app

MOBILE = "+56 9 6123 4567"
KEPT = "+56961234567"


@pytest.fixture
def app(any_clinic_url, tmp_path):
    """A portal that can send texts."""
    app = make_app(any_clinic_url, tmp_path, sms_gateway_url="https://sms.example/send")
    yield app
    db.current().dispose()


def code_of(app, client):
    change_id = client.last.headers["Location"].rpartition("/")[2]
    keys = app.extensions["clinicweb.settings"].keys()
    return tokens.code(keys[-1], phone_actions.PURPOSE, change_id)


def type_code(client, code):
    client.get(client.url)
    return client.form("Continuar").fill(code=code).submit()


def texts():
    with db.reading() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.channel == SMS)))


def asked(app, page, person=ANA):
    """Somebody at the page of the code, and the code that their mobile shows."""
    client = page(person)
    assert call(client, MOBILE).status_code == 303
    code = code_of(app, client)
    client.follow()
    return client, code


def test_a_code_changes_the_number_once(app, page):
    ana, code = asked(app, page)
    [text] = texts()
    assert (text.recipient, text.language) == (KEPT, SOURCE_LANGUAGE)
    assert code not in str(text.context)
    assert KEPT not in shown(page(ANA))

    assert type_code(ana, code).headers["Location"] == "/mis-datos"

    assert KEPT in shown(ana)
    assert len(to_mail(app)) == 1
    assert acts("phone.change") == 1


def to_mail(app):
    """The mails; texts are made elsewhere."""
    with db.reading() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == OLD))
        return [row.template for row in rows]


def test_a_used_code_changes_nothing_again(app, page):
    ana, code = asked(app, page)
    address = ana.url
    type_code(ana, code)

    ana.get(address)
    again = ana.form("Continuar").fill(code=code).submit()

    assert again.status_code == 422
    assert acts("phone.change") == 1


def test_guessing_ends_at_five(app, page):
    ana, code = asked(app, page)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    statuses = [type_code(ana, wrong).status_code for _ in range(5)]
    last = type_code(ana, code)

    assert statuses == [422] * 5
    assert last.status_code == 422
    assert "Este código ya no vale." in ana.text()
    assert acts("phone.change") == 0


def test_a_code_is_good_for_ten_minutes(app, page):
    began = clock.now()
    with clock.frozen(began):
        ana, code = asked(app, page)
    with db.current().writing() as session:
        session.scalars(select(PhoneChange)).one().expires_at = began - timedelta(seconds=1)

    assert type_code(ana, code).status_code == 422


def test_another_number_replaces_the_one_before(app, page):
    ana, code = asked(app, page)
    first = ana.url
    call(ana, "+56 9 7123 4567")

    ana.get(first)

    assert ana.form("Continuar").fill(code=code).submit().status_code == 422


def test_claras_code_is_nobody_elses(app, page):
    clara, _code = asked(app, page, CLARA)

    assert page(ANA).get(clara.url).status_code == 404


def test_one_mobile_gets_three_texts_an_hour(app, page):
    statuses = [call(page(who), MOBILE).status_code for who in (ANA, CLARA, ANA, CLARA)]

    assert statuses == [303, 303, 303, 429]
    assert len(texts()) == 3


def test_a_number_that_is_not_texted_counts_at_once_and_a_mail_tells(app, page):
    ana = page(ANA)

    assert call(ana, "+57 601 555 0160").headers["Location"] == "/mis-datos"

    assert texts() == []
    assert len(to(app, OLD)) == 1
