"""What the addresses of the portal may name of Ana's: one of each, and how it is called there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

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
from clinicweb.booking.models import BOOKED, FREE, AgendaChange, Appointment, Slot
from clinicweb.core import clock, db, drafts, tokens
from clinicweb.core.ids import new_public_id
from clinicweb.feed.models import CalendarFeed
from clinicweb.feed.views import PURPOSE as FEED_PURPOSE
from clinicweb.notifications.models import PushDevice
from clinicweb.web import assets
from tests.architecture.digest import Snapshot
from tests.architecture.letters import hers_to_the_clinic
from tests.architecture.papers import hers_on_paper
from tests.architecture.talk import a_conversation
from tests.architecture.waiting import an_offer
from tests.architecture.world import World
from tests.cast import ANAS_APPOINTMENT, an_appointment

LIFETIME = timedelta(hours=1)


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
        hers_by_mail = anas_links(session, keys, ana) | hers_in_talks(session, ana)
        hers_by_mail |= hers_on_paper(session, ana) | hers_to_the_clinic(session, ana)
        request = somebody_registers(session)
        registered, link_id = request.id, str(request.link_id)
        asked = somebody_waits(session, ana)
        passkey_id = a_passkey(session, ana)
    world.snapshot = Snapshot(world.url)
    return {
        "appointment_id": ANAS_APPOINTMENT,
        "session_id": str(session_id),
        "draft_id": draft_id,
        "step_key": "buscar",
        "registration.step_key": "datos",
        "digest": digest_of_the_style(world),
        "name": "css/app.css",
        **dict.fromkeys(("member_id", "message_id"), new_public_id()),
        "topic_key": "ingreso",
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


def digest_of_the_style(world: World) -> str:
    with world.app.test_request_context():
        return assets.url("css/app.css").split("/")[2]


def hers_in_talks(session: Session, ana: Account) -> dict[str, str]:
    """A conversation, and a browser that tells her of messages."""
    device = PushDevice(
        public_id=new_public_id(), account_id=ana.id, endpoint="https://push.example/canary",
        endpoint_hash="0" * 64, p256dh="Canary", auth="Canary", device="Canary",
        created_at=clock.now(),
    )  # fmt: skip
    session.add(device)
    return a_conversation(session, ana) | {"push_device_id": device.public_id}


def a_change(session: Session) -> str:
    """The clinic cannot attend Ana at another hour that she has, and told her so."""
    query = select(Appointment).where(Appointment.public_id == ANAS_APPOINTMENT)
    hers = session.scalars(query).one()
    slot = session.get_one(Slot, int(an_hour_for_ana(session)))
    slot.status = BOOKED
    appointment = an_appointment("anas-appointment-00002", hers.patient_id, slot)
    appointment.affected_at = clock.now()
    session.add(appointment)
    session.flush()
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
