"""A portal with everybody at its door: each actor's cookie and token, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from clinicweb.accounts import captcha, one_time
from clinicweb.accounts.factor_models import Passkey
from clinicweb.accounts.models import (
    Account,
    EmailChange,
    KnownDevice,
    LoginSession,
    PhoneChange,
    RegistrationRequest,
    SignInRequest,
)
from clinicweb.accounts.reactivation_models import Reactivation
from clinicweb.booking.change_mail import CHANGE_PURPOSE
from clinicweb.booking.mail import REMINDER_PURPOSE
from clinicweb.booking.models import FREE, AgendaChange, Appointment, Slot
from clinicweb.core import clock, db, drafts, tokens
from clinicweb.core.ids import new_public_id
from clinicweb.feed.models import CalendarFeed
from clinicweb.feed.views import PURPOSE as FEED_PURPOSE
from clinicweb.web import assets
from tests.architecture.digest import Snapshot
from tests.architecture.policy_table import ACTORS
from tests.architecture.talk import a_conversation
from tests.architecture.waiting import an_offer
from tests.cast import ADA, ANA, ANAS_APPOINTMENT, CLARA, DIAZ, DORA, ELSA, Person
from tests.checked_client import CheckedClient
from tests.pages import sign_in

LIFETIME = timedelta(hours=1)
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
SAME_ORIGIN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Actor:
    """Somebody with a browser: its cookie, and the token of the forms it was shown."""

    name: str
    cookie: str
    token: str


class World:
    def __init__(self, app: Flask, url: str) -> None:
        self.app = app
        self.url = url
        self.parameters: dict[str, str] = {}
        self.client = CheckedClient(app, use_cookies=False)
        people = {"ana": ANA, "clara": CLARA, "diaz": DIAZ, "elsa": ELSA, "ada": ADA}
        self.actors = [
            self._visitor(),
            *(self._signed_in(name, person) for name, person in people.items()),
            self._of_a_closed_account(),
            self._of_an_ended_session(),
        ]
        assert tuple(actor.name for actor in self.actors) == ACTORS
        self.snapshot = Snapshot(url)

    def actor(self, name: str) -> Actor:
        return next(actor for actor in self.actors if actor.name == name)

    def send(
        self,
        path: str,
        method: str,
        actor: Actor,
        *,
        headers: dict[str, str] | None = None,
        data: dict[str, Any] | None = None,
    ) -> TestResponse:
        """One request with the actor's cookie, and, when unsafe, token and origin; then undone."""
        sent = {"Cookie": actor.cookie} if actor.cookie else {}
        if method in UNSAFE:
            data = {"csrf_token": actor.token} if data is None else data
            sent |= SAME_ORIGIN
        response = self.client.open(path, method=method, headers=sent | (headers or {}), data=data)
        if method in UNSAFE:
            self.snapshot.restore()
        return response

    def path_of(self, rule: Rule) -> str:
        """The address of *rule*, with Ana's things where it names one."""
        with self.app.test_request_context():
            values = {name: self._value(rule, name) for name in rule.arguments}
            _, path = rule.build(values, append_unknown=False) or ("", "")
            return path

    def _value(self, rule: Rule, name: str) -> str:
        of_slice = f"{str(rule.endpoint).partition('.')[0]}.{name}"
        return self.parameters[of_slice if of_slice in self.parameters else name]

    def _visitor(self) -> Actor:
        return self._actor("anonymous", CheckedClient(self.app, use_cookies=True), "/ingresar")

    def _signed_in(self, name: str, person: Person) -> Actor:
        return self._actor(name, sign_in(self.app, person), "/mis-sesiones")

    def _of_a_closed_account(self) -> Actor:
        self._set(Account, Account.name == "Dora", is_active=True)
        actor = self._signed_in("closed", DORA)
        self._set(Account, Account.name == "Dora", is_active=False)
        return actor

    def _of_an_ended_session(self) -> Actor:
        actor = self._signed_in("ended", ANA)
        newest = select(func.max(LoginSession.id)).scalar_subquery()
        self._set(LoginSession, LoginSession.id == newest, ended_at=clock.now())
        return actor

    def _actor(self, name: str, client: CheckedClient, page: str) -> Actor:
        client.get(page)
        assert client.page is not None
        token = next(
            field.get("value", "")
            for field in client.page.elements("input")
            if field.get("name") == "csrf_token"
        )
        cookie_name = self.app.config["SESSION_COOKIE_NAME"]
        cookie = client.get_cookie(cookie_name)
        assert cookie is not None
        return Actor(name, f"{cookie_name}={cookie.value}", token)

    def _set(self, model: Any, condition: Any, **values: Any) -> None:
        with db.current().writing() as session:
            session.execute(update(model).where(condition).values(**values))


def anas_things(world: World) -> dict[str, str]:
    """What the addresses of the portal may name: Ana's session, appointment, draft and link."""
    draft_id = new_public_id()
    keys = world.app.extensions["clinicweb.settings"].keys()
    with db.reading() as session:
        ana = session.scalars(select(Account).where(Account.name == "Ana")).one()
        hers = select(LoginSession.public_id).where(LoginSession.account_id == ana.id)
        session_id = session.scalars(hers.order_by(LoginSession.id)).first()
        known = select(KnownDevice.public_id).where(KnownDevice.account_id == ana.id)
        device_id = session.scalars(known.order_by(KnownDevice.id)).first()
    with db.bookkeeping() as session:
        drafts.start(session, draft_id, "reserva", drafts.Owner(account_id=ana.id))
        hers_by_mail = anas_links(session, keys, ana) | a_conversation(session, ana)
        request = somebody_registers(session)
        registered, link_id = request.id, str(request.link_id)
        asked = somebody_waits(session, ana)
        passkey_id = a_passkey(session, ana)
    with world.app.test_request_context():
        digest = assets.url("css/app.css").split("/")[2]
    world.snapshot = Snapshot(world.url)
    return {
        "appointment_id": ANAS_APPOINTMENT,
        "session_id": str(session_id),
        "draft_id": draft_id,
        "step_key": "buscar",
        "registration.step_key": "datos",
        "digest": digest,
        "name": "css/app.css",
        **dict.fromkeys(("member_id", "message_id"), new_public_id()),
        "number": "0",
        **hers_by_mail,
        "request_id": registered,
        "purpose": captcha.SIGN_IN,
        "captcha_token": captcha.picture(keys, captcha.SIGN_IN),
        "second_factor.request_id": asked,
        "device_id": str(device_id),
        "passkeys.request_id": asked,
        "passkey_id": passkey_id,
        "activation_token": tokens.issue(keys, one_time.ACTIVATE, link_id),
    }


def a_change(session: Session) -> str:
    """The clinic cannot attend Ana, and told her so."""
    query = select(Appointment).where(Appointment.public_id == ANAS_APPOINTMENT)
    appointment = session.scalars(query).one()
    appointment.affected_at = clock.now()
    change = AgendaChange(id=new_public_id(), told_at=clock.now())
    change.appointment_id = appointment.id
    session.add(change)
    return change.id


def an_hour_for_ana(session: Session) -> str:
    """One that her appointment could be changed for."""
    hers = select(Appointment.practitioner_id).where(Appointment.public_id == ANAS_APPOINTMENT)
    free = select(Slot.id).where(
        Slot.status == FREE,
        Slot.practitioner_id == hers.scalar_subquery(),
        Slot.held_until.is_(None),
    )
    return str(session.scalars(free.order_by(Slot.starts_at).limit(1)).one())


def anas_links(session: Session, keys: tuple[str, ...], ana: Account) -> dict[str, str]:
    """What mails to her lead to, by the name that addresses have for it."""
    purposes = {
        "token": one_time.RESET_PASSWORD,
        "temporary_token": one_time.TEMPORARY_PASSWORD,
        "email_token": one_time.CHANGE_EMAIL,
        "reactivation_token": one_time.REACTIVATE,
        "stop_token": one_time.STOP_REACTIVATION,
        "invite_token": one_time.INVITE,
    }
    ids = {
        name: one_time.make(session, purpose, ana.id, lifetime=LIFETIME)
        for name, purpose in purposes.items()
    }
    change = EmailChange(id=ids["email_token"], account_id=ana.id, created_at=clock.now())
    change.email = "ana@nuevo.example"
    feed = CalendarFeed(id=new_public_id(), account_id=ana.id, created_at=clock.now())
    phone = PhoneChange(id=new_public_id(), account_id=ana.id, phone="+56961234567")
    phone.created_at, phone.expires_at = clock.now(), clock.now() + LIFETIME
    session.add_all([change, feed, phone, reactivation_of(ana, ids)])
    offer = an_offer(session, keys, ana)
    session.flush()  # its hour is kept for her
    return {
        "change_id": phone.id,
        "change_token": tokens.issue(keys, CHANGE_PURPOSE, a_change(session)),
        "slot_id": an_hour_for_ana(session),
        **{name: tokens.issue(keys, purposes[name], link_id) for name, link_id in ids.items()},
        "feed_token": tokens.issue_lasting(keys, FEED_PURPOSE, feed.id),
        "reminder_token": tokens.issue(keys, REMINDER_PURPOSE, ANAS_APPOINTMENT),
        **offer,
    }


def reactivation_of(account: Account, ids: Mapping[str, str]) -> Reactivation:
    """Another e-mail for it was asked for by its card."""
    return Reactivation(
        link_id=ids["reactivation_token"],
        stop_link_id=ids["stop_token"],
        account_id=account.id,
        email="ana@otro.example",
        created_at=clock.now(),
    )


def a_passkey(session: Session, account: Account) -> str:
    """One of the account's, that nobody has."""
    passkey = Passkey(
        public_id=new_public_id(),
        account_id=account.id,
        credential_id="A" * 43,
        public_key=b"",
        sign_count=0,
        transports="internal",
        name="Teléfono canario",
        created_at=clock.now(),
    )
    session.add(passkey)
    return passkey.public_id


def somebody_waits(session: Session, account: Account) -> str:
    """The password of *account* was right in a browser that is nobody's here."""
    now = clock.now()
    request = SignInRequest(
        id=new_public_id(),
        account_id=account.id,
        credential_version=account.credential_version,
        browser_hash="0" * 64,
        device="",
        is_kept=False,
        target="/",
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(request)
    return request.id


def somebody_registers(session: Session) -> RegistrationRequest:
    """A person whom nobody knows yet has their mail with the link."""
    now = clock.now()
    link_id = one_time.make_for_nobody(
        session, one_time.ACTIVATE, lifetime=LIFETIME, instead_of=None
    )
    request = RegistrationRequest(
        id=new_public_id(),
        typed={"document": "5126663-3", "full_name": "Rita Mora", "email": "rita@example.test"},
        password_hash="$none",
        language="es",
        address="127.0.0.1",
        created_at=now,
        code_sent_at=now,
        answered_at=now,
        link_id=link_id,
    )
    session.add(request)
    return request
