"""Word of messages by the browser, from «Avisarme en este equipo» to what it shows."""

import base64
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import select

from clinicweb.chat.marks import mark_read
from clinicweb.chat.unread_actions import push_unread
from clinicweb.core import clock, db
from clinicweb.notifications.models import OutboxMessage, PushDevice
from clinicweb.notifications.push_delivery import PushDelivery
from clinicweb.notifications.sender import Courier, send_due
from clinicweb.notifications.vapid import key_of
from tests.accounts.helped import clinic_file
from tests.cast import ANA, CLARA
from tests.chat.talking import CHAT, shown
from tests.chat.world import RULES, open_with, post, viewer_of
from tests.notifications.push_service import push_service
from tests.notifications.texts import LETTERHEAD
from tests.pages import make_app

KEY = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"
NOW = clock.now()
PAGE = "/mi-perfil/avisos"


@pytest.fixture
def service():
    with push_service() as found:
        yield found


@pytest.fixture
def app(clinic_url, tmp_path, service):
    """A portal that may send to that service alone."""
    clinic = clinic_file(tmp_path, CHAT)
    own = {"push_key": KEY, "push_services": (service.origin,)}
    app = make_app(clinic_url, tmp_path, clinic=clinic, **own)
    yield app
    db.current().dispose()


def allow(browser, fields):
    """The page's script fills the hidden fields in."""
    browser.get(PAGE)
    form = browser.form("Avisarme en este equipo")
    return browser.post(form.action, data={**dict(form.values), **fields})


def a_message(seconds=31):
    """Dr. Díaz writes to Ana, and the worker comes by."""
    with clock.frozen(NOW):
        conversation = open_with(viewer_of("Ana"))
        post(viewer_of("Diaz"), conversation, "Su biopsia llegó")
    work(seconds)
    return conversation


def work(seconds):
    with clock.frozen(NOW + timedelta(seconds=seconds)):
        push_unread(RULES)


def send(app):
    way = PushDelivery(key_of(KEY), LETTERHEAD.sender_address, timeout_seconds=5)
    with app.app_context(), clock.frozen(NOW + timedelta(hours=2)):
        return send_due(Courier(LETTERHEAD, pushes=way))


def devices():
    with db.reading() as session:
        return session.scalars(select(PushDevice.account_id)).all()


def test_a_browser_shows_that_there_is_a_message_and_not_a_word_of_it(app, page, service):
    ana = page(ANA)
    assert allow(ana, service.fields).status_code == 303
    ana.follow()
    assert "No avisar más" in ana.text()
    conversation = a_message()

    assert send(app) == 1
    work(3600)
    assert send(app) == 0

    [request] = service.requests
    assert b"biopsia" not in request.body
    assert service.shown(request) == {
        "title": RULES.identity.name,
        "body": "Tiene un mensaje nuevo",
        "url": f"{LETTERHEAD.base_url}/conversaciones/{conversation}",
    }
    assert int(request.headers["ttl"]) > 0
    assert is_signed(request.headers["authorization"], service.origin)


def is_signed(authorization, origin):
    """By the portal's key, for that service, with an address for complaints."""
    parts = dict(part.split("=", 1) for part in authorization.removeprefix("vapid ").split(","))
    signed, _, signature = parts["t"].rpartition(".")
    raw, point = (from_text(text) for text in (signature, parts["k"]))
    r, s = (int.from_bytes(half) for half in (raw[:32], raw[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    der = utils.encode_dss_signature(r, s)
    key.verify(der, signed.encode(), ec.ECDSA(SHA256()))  # raises for another's
    claims = json.loads(from_text(signed.split(".")[1]))
    return claims["aud"] == origin and claims["sub"].startswith("mailto:")


def from_text(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_who_looks_at_the_page_is_not_told(app, page, service):
    allow(page(ANA), service.fields)
    with clock.frozen(NOW):
        conversation = open_with(viewer_of("Ana"))
        post(viewer_of("Diaz"), conversation)
    mark_read(viewer_of("Ana"), RULES, conversation, 1)
    work(60)

    assert send(app) == 0


@pytest.mark.parametrize(
    ("status", "is_kept", "state"),
    [(404, False, "failed"), (410, False, "failed"), (503, True, "queued"), (307, True, "failed")],
)
def test_what_a_push_service_answers(app, page, service, status, is_kept, state):  # noqa: PLR0917
    allow(page(ANA), service.fields)
    a_message()
    service.status = status

    assert send(app) == 0

    assert bool(devices()) is is_kept
    assert [request.path for request in service.requests] == ["/send/of-this-browser"]
    with db.reading() as session:
        assert session.scalars(select(OutboxMessage.status)).all() == [state]


def test_the_portal_sends_to_no_other_place_nor_with_other_keys(page, service):
    ana = page(ANA)
    elsewhere = (
        "https://evil.example/x",
        "http://127.0.0.1:1/x",
        "https://fcm.googleapis.com.evil.example/x",
        "file:///etc/passwd",
        "x",
    )
    wrong = [{"endpoint": endpoint} for endpoint in elsewhere]
    wrong += [{"p256dh": "A" * 87}, {"auth": "A" * 21}, {"p256dh": "ñ" * 87}]

    for fields in wrong:
        assert allow(ana, service.fields | fields).status_code == 422, fields
    assert devices() == []


def test_a_browser_tells_one_person_alone_and_nobody_ends_anothers(page, service):
    ana, clara = page(ANA), page(CLARA)
    allow(ana, service.fields)
    ana.get(PAGE)
    end = end_of(ana)
    token = clara.get(PAGE) and clara.form("Avisarme en este equipo").values["csrf_token"]
    assert clara.post(end, data={"csrf_token": token}).status_code == 404

    allow(clara, service.fields)

    assert devices() == [viewer_of("Clara").account_id]
    assert "No avisar más" not in shown(ana, PAGE)
    clara.get(PAGE)
    clara.form(end_of(clara)).submit()
    assert devices() == []


def end_of(browser):
    """Where the form of the page's one device leads."""
    actions = [form.get("action", "") for form in browser.page.elements("form")]
    return next(action for action in actions if action.endswith("/quitar"))


def test_the_service_worker_is_served_from_the_root(page):
    answer = page().get("/sw.js")

    assert answer.mimetype == "text/javascript"
    assert answer.cache_control.no_store
    assert "showNotification" in answer.get_data(as_text=True)
