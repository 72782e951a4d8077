"""Who is called and is not in the portal is told once, while it rings, without a word too many."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from clinicweb.accounts.models import Account
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.notifications.models import PUSH, SMS, OutboxMessage
from clinicweb.notifications.push_delivery import PushDelivery
from clinicweb.notifications.sender import Courier, _letter, send_due
from clinicweb.notifications.sms import render
from clinicweb.notifications.vapid import key_of
from clinicweb.video import called_actions
from clinicweb.video.actions import answer_call, hang_up, start_call
from clinicweb.video.called_actions import tell_called
from clinicweb.web import live
from tests.accounts.helped import clinic_file
from tests.cast import ANA
from tests.chat.talking import CHAT
from tests.chat.test_push import KEY, allow
from tests.chat.world import RULES, open_with, viewer_of
from tests.notifications.push_service import push_service
from tests.notifications.texts import LETTERHEAD
from tests.pages import make_app
from tests.video.calling import RINGS, journal

WITH_TEXTS = RULES.model_copy(
    update={
        "video": RULES.video.model_copy(update={"texts_when_called": True}),
        "sms": RULES.sms.model_copy(update={"countries": ("CL",)}),
    }
)
PHONE = "+56961234567"


@pytest.fixture
def service():
    with push_service() as found:
        yield found


@pytest.fixture
def app(clinic_url, tmp_path, service):
    own = {"push_key": KEY, "push_services": (service.origin,)}
    own["sms_gateway_url"] = "http://127.0.0.1:9/"
    app = make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, CHAT), **own)
    with db.current().writing() as session:
        session.execute(update(Patient).where(Patient.mrn == "1001").values(phone=PHONE))
        session.execute(update(Account).where(Account.name == "Ana").values(language=None))
    yield app
    db.current().dispose()


def ring():
    ana, diaz = viewer_of("Ana"), viewer_of("Diaz")
    return start_call(RULES, diaz, open_with(ana))


def work(app, rules=RULES, seconds=0):
    with app.app_context(), clock.frozen(clock.now() + timedelta(seconds=seconds)):
        return tell_called(rules)


def messages():
    with db.reading() as session:
        query = select(OutboxMessage).where(OutboxMessage.template == called_actions.RINGS)
        return list(session.scalars(query.order_by(OutboxMessage.id)))


def test_a_browser_rings_as_long_as_the_call_and_says_nothing_of_it(app, page, service):
    allow(page(ANA), service.fields)
    call = ring()

    assert work(app) == 1
    assert work(app, seconds=20) == 0

    way = PushDelivery(key_of(KEY), LETTERHEAD.sender_address, timeout_seconds=5)
    with app.app_context():
        assert send_due(Courier(LETTERHEAD, pushes=way)) == 1
    [request] = service.requests
    assert 0 < int(request.headers["ttl"]) <= RINGS
    assert request.headers["urgency"] == "high"
    assert service.shown(request) == {
        "title": RULES.identity.name,
        "body": "Le llaman por video. Pulse para contestar.",
        "url": f"{LETTERHEAD.base_url}/videollamadas/{call}",
    }
    assert journal(call)[-1] == ("call.notify", "called-people")


def test_what_stopped_ringing_is_not_told_nor_sent(app, page, service):
    allow(page(ANA), service.fields)
    assert ring()
    assert work(app, seconds=RINGS + 1) == 0
    assert work(app) == 1
    way = PushDelivery(key_of(KEY), LETTERHEAD.sender_address, timeout_seconds=5)
    with app.app_context(), clock.frozen(clock.now() + timedelta(seconds=RINGS + 1)):
        assert send_due(Courier(LETTERHEAD, pushes=way)) == 0

    assert service.requests == []


@pytest.mark.parametrize("act", ["answer", "cancel"])
def test_who_has_answered_or_need_not_is_not_told(app, act):
    call = ring()
    if act == "answer":
        answer_call(RULES, viewer_of("Ana"), call)
    else:
        hang_up(viewer_of("Diaz"), call)

    assert work(app, seconds=15) == 0


def test_who_has_a_page_open_is_told_after_ten_seconds(app, monkeypatch):
    now = clock.now()
    with clock.frozen(now):
        ring()
        monkeypatch.setattr(live, "present", set)
        assert work(app, seconds=5) == 0
        assert work(app, seconds=11) == 1


def test_a_text_goes_where_the_clinic_says_so_and_few_to_one_telephone(app, monkeypatch):
    monkeypatch.setattr(called_actions, "MOST_TEXTS_AN_HOUR", 2)
    calls = []
    for _ in range(3):
        calls.append(ring())
        assert work(app, WITH_TEXTS) == 1
        hang_up(viewer_of("Diaz"), calls[-1])

    texts = [row for row in messages() if row.channel == SMS]
    assert [row.recipient for row in texts] == [PHONE, PHONE]
    assert all(row.expires_at <= row.created_at + timedelta(seconds=RINGS) for row in texts)
    with app.app_context():
        text = render(_letter(texts[0]), LETTERHEAD).text
    assert text.endswith(
        f"le llaman por video. Conteste aqui: {LETTERHEAD.base_url}/videollamadas/{calls[0]}"
    )
    assert "Diaz" not in text


def test_without_the_rule_no_text_goes(app):
    ring()

    assert work(app) == 1

    assert [row for row in messages() if row.channel != PUSH] == []
