"""Many patients at once against a served portal: their accounts, their browsers, their drafts."""

import http.client
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from urllib.parse import urlencode, urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import TextClause, text

from clinicweb.accounts.models import Account, LoginSession
from clinicweb.accounts.queries import key_hash
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import PATIENT, Viewer
from tests.booking.world import Prepared

KEY = "a key of the tests that is long enough to be one"
SETTINGS = {"SECRET_KEY": KEY, "RATE_LIMIT": "1000000 per minute"}


@dataclass(frozen=True)
class Member:
    """One of the crowd, signed in: the cookie of their browser, the token of its forms."""

    viewer: Viewer
    cookie: str
    token: str


@dataclass(frozen=True)
class Answer:
    """What came back; *status* 0 when the line broke."""

    status: int = 0
    location: str = ""
    body: str = ""

    @property
    def is_booked(self) -> bool:
        return self.status == 303 and self.location.endswith("/lista")


def gather(count: int) -> list[Member]:
    """Write *count* patients with accounts and open sessions; nobody types a password."""
    seal = _Seal()
    with db.current().writing() as session:
        return [_member(session, seal, number) for number in range(count)]


class _Seal:
    """Signs cookies and form tokens as the portal with ``KEY`` does."""

    def __init__(self) -> None:
        app = Flask("crowd")
        app.secret_key = KEY
        self._cookies = SecureCookieSessionInterface().get_signing_serializer(app)
        self._tokens = URLSafeTimedSerializer(KEY, salt="wtf-csrf-token")

    def cookie(self, key: str, token: str) -> str:
        assert self._cookies
        signed = self._cookies.dumps({"_user_id": key, "_fresh": True, "csrf_token": token})
        return f"clinicweb={signed}"

    def token(self, token: str) -> str:
        return str(self._tokens.dumps(token))


def _member(session: db.Session, seal: _Seal, number: int) -> Member:
    now, key, token = clock.now(), secrets.token_urlsafe(32), secrets.token_hex(20)
    name = f"Vecina {number}"
    patient = Patient(
        mrn=f"crowd-{new_public_id()}",
        given_name="Vecina",
        family_name=str(number),
        email=f"vecina{number}@example.test",
    )
    session.add(patient)
    session.flush()
    account = Account(
        name=name, roles=PATIENT, password_hash="-", patient_id=patient.id, created_at=now
    )
    session.add(account)
    session.flush()
    login = LoginSession(
        public_id=new_public_id(),
        key_hash=key_hash(key),
        account_id=account.id,
        credential_version=1,
        device="",
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(hours=1),
    )
    session.add(login)
    session.flush()
    viewer = Viewer(account.id, login.id, name, frozenset({PATIENT}), patient.id)
    return Member(viewer, seal.cookie(key, token), seal.token(token))


class Browser:
    """One kept connection of *member* to the portal at *url*."""

    def __init__(self, url: str, member: Member) -> None:
        self._line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._member = member

    def open(self) -> None:
        """Connect, so that what follows is sent at once."""
        self._line.connect()

    def confirm(self, draft: Prepared, digest: str | None = None) -> Answer:
        """*Confirmar Reserva*, for the answers that *digest* names."""
        form = {"csrf_token": self._member.token, "digest": digest or draft.digest}
        return self._ask("POST", f"/reservar/{draft.id}/confirmar", urlencode(form))

    def release(self, appointment_id: str, agreed: str) -> Answer:
        """Give an hour back, at the cost that *agreed* names."""
        form = {"csrf_token": self._member.token, "agreed": agreed}
        return self._ask("POST", f"/citas/{appointment_id}/liberar", urlencode(form))

    def post(self, path: str, **form: str) -> Answer:
        """A form of another page."""
        return self._ask("POST", path, urlencode({"csrf_token": self._member.token, **form}))

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": self._member.cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
            content = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self._line.close()
            return Answer()
        return Answer(answer.status, answer.getheader("Location", ""), content)

    def close(self) -> None:
        self._line.close()


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Everybody waits for everybody, then all act."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Answer]) -> Answer:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


# What must never be, each as a query that finds it.
WRONGS = {
    "two at once with one practitioner or patient": """
        SELECT one.public_id FROM appointment AS one JOIN appointment AS other
          ON one.id < other.id AND one.IS_LIVE AND other.IS_LIVE
         AND (one.practitioner_id = other.practitioner_id OR one.patient_id = other.patient_id)
         AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at""",
    "a booked hour without an appointment": """
        SELECT id FROM slot WHERE status = 'booked'
           AND id NOT IN (SELECT slot_id FROM appointment WHERE IS_LIVE)""",
    "an appointment whose hour is offered": """
        SELECT slot.id FROM slot JOIN appointment ON appointment.slot_id = slot.id
         WHERE appointment.IS_LIVE AND slot.status NOT IN ('booked', 'withdrawn')""",
    "an hour on offer that cannot be had": """
        SELECT slot.id FROM slot JOIN appointment AS one
            ON one.practitioner_id = slot.practitioner_id AND one.IS_LIVE
           AND one.starts_at < slot.ends_at AND slot.starts_at < one.ends_at
         WHERE slot.status = 'free'""",
    "an appointment without one mail": """
        SELECT public_id FROM appointment WHERE IS_LIVE AND draft_id IS NOT NULL
           AND 1 <> (SELECT count(*) FROM outbox_message WHERE dedupe_key
                       = 'appointment_booked/' || public_id || '/0')""",
    "an appointment without one audit row": """
        SELECT public_id FROM appointment WHERE IS_LIVE AND draft_id IS NOT NULL
           AND 1 <> (SELECT count(*) FROM audit_event WHERE action = 'appointment.book'
                       AND record_id = public_id)""",
    "a mail or audit row of no appointment": """
        SELECT record_id FROM audit_event WHERE action = 'appointment.book'
           AND record_id NOT IN (SELECT public_id FROM appointment)
        UNION ALL
        SELECT dedupe_key FROM outbox_message WHERE template = 'appointment_booked'
           AND (SELECT count(*) FROM appointment
                 WHERE dedupe_key = 'appointment_booked/' || public_id || '/0') <> 1""",
    "a quota that does not count what the web took, or goes over": """
        SELECT web_quota.id FROM web_quota WHERE taken > total OR taken <> (
          SELECT count(*) FROM appointment JOIN slot ON slot.id = appointment.slot_id
           WHERE appointment.status <> 'cancelled' AND appointment.draft_id IS NOT NULL
             AND slot.practitioner_id = web_quota.practitioner_id AND slot.day = web_quota.day
             AND slot.service_id = web_quota.service_id AND slot.site_id = web_quota.site_id
             AND slot.modality = web_quota.modality)
         + (
          SELECT count(*) FROM hour_offer JOIN slot ON slot.id = hour_offer.slot_id
           WHERE hour_offer.answer IS NULL
             AND slot.practitioner_id = web_quota.practitioner_id AND slot.day = web_quota.day
             AND slot.service_id = web_quota.service_id AND slot.site_id = web_quota.site_id
             AND slot.modality = web_quota.modality)""",
    "a draft done without its appointment": """
        SELECT id FROM draft WHERE result IS NOT NULL
           AND id NOT IN (SELECT draft_id FROM appointment WHERE draft_id IS NOT NULL)""",
    "an appointment whose draft is not done": """
        SELECT public_id FROM appointment JOIN draft ON draft.id = appointment.draft_id
         WHERE draft.result IS NULL""",
}


def wrongs() -> list[str]:
    """What is wrong in the database; nothing, it is hoped."""
    with db.reading() as session:
        found = [
            name for name, query in WRONGS.items() if session.execute(_statement(query)).first()
        ]
        if session.get_bind().dialect.name == "sqlite":
            found += _damage(session)
    return found


def _statement(query: str) -> TextClause:
    return text(query.replace("IS_LIVE", "status IN ('booked', 'arrived', 'checked-in')"))


def _damage(session: db.Session) -> list[str]:
    integrity = session.execute(text("PRAGMA integrity_check")).scalars().all()
    orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    return [str(line) for line in (*integrity, *orphans) if line != "ok"]
