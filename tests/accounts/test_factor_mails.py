"""Whoever did not change their factors themselves learns of it, and nobody is flooded."""

import pytest

from clinicweb.accounts import factor_news as news
from clinicweb.accounts.factor_news import FACTOR_CHANGED
from clinicweb.clinic.installed import current_rules
from clinicweb.core import db
from clinicweb.core.viewer import SYSTEM
from clinicweb.notifications.models import OutboxMessage
from tests.accounts.helped import give_address, mails, text_of
from tests.accounts.strong import account_id, acts
from tests.cast import ANA

CHANGES = {
    news.APP_ON: ("se pide un código de su aplicación", "asks for a code"),
    news.APP_OFF: ("Se quitó la aplicación de códigos", "was removed"),
    news.PASSKEY_ON: ("Se agregó una llave de acceso", "passkey was added"),
    news.PASSKEY_OFF: ("Se quitó una llave de acceso", "passkey was removed"),
    news.CODES_NEW: ("códigos de recuperación nuevos", "New recovery codes"),
    news.CODE_USED: ("Quedan: 4.", "Left: 4."),
    news.RESET: ("La clínica quitó", "The clinic removed"),
}


def tell(app, change):
    with db.transaction(SYSTEM) as session:
        news.tell(session, current_rules(app), account_id(ANA), change, left=4)


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_told_in_the_readers_language(app, change):
    tell(app, change)
    with db.current().writing() as session:
        session.add(_in_english(session.query(OutboxMessage).one()))

    [spanish, english] = mails(app)

    assert CHANGES[change][0] in text_of(spanish)
    assert CHANGES[change][1] in text_of(english)
    for mail in (spanish, english):
        html = mail.get_body(("html",)).get_content()
        assert "/recuperar/clave" in text_of(mail)
        assert "/recuperar/clave" in html


def _in_english(row):
    values = {c.name: getattr(row, c.name) for c in row.__table__.columns if c.name != "id"}
    return OutboxMessage(**values | {"language": "en", "dedupe_key": f"{FACTOR_CHANGED}/en"})


@pytest.mark.parametrize("change", CHANGES)
def test_of_each_kind_three_go_out_in_an_hour(app, change):
    """And each is in the journal nonetheless."""
    for _ in range(5):
        tell(app, change)

    assert len(mails(app)) == 3
    assert acts(f"factor.{change}") == 5


def test_who_has_no_address_is_no_trouble(app):
    give_address(ANA, None)

    tell(app, news.APP_ON)

    assert mails(app) == []
