"""Who may come in, by which names, and the sessions they have open."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinicweb.core.db import Base

# Kinds of names a person signs in with.
DOCUMENT = "document"
USERNAME = "username"
EMAIL = "email"
AFFILIATION = "affiliation"


class Account(Base):
    """A person's way in: a patient's, a practitioner's or a member of staff's."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(260))
    roles: Mapped[str] = mapped_column(String(80))  # words of core.viewer, joined by spaces
    # Empty while an invitation waits: no password is the one of this account.
    password_hash: Mapped[str] = mapped_column(String(200))
    # Rises with each new password: sessions that hold an older number have ended.
    credential_version: Mapped[int] = mapped_column(Integer, default=1)
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"), unique=True)
    practitioner_id: Mapped[int | None] = mapped_column(ForeignKey("practitioner.id"), unique=True)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    # A one-use password lets in once, to choose another.
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    # Their own, where it is not the clinical record's.
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    # What they chose to read, in mails and after signing in; None is what the browser asks for.
    language: Mapped[str | None] = mapped_column(String(5))
    created_at: Mapped[datetime]

    identifiers: Mapped[list["AccountIdentifier"]] = relationship(
        cascade="all, delete-orphan", back_populates="account"
    )


class AccountIdentifier(Base):
    """One name that signs in to an account: a document number or a user name, normalised."""

    __tablename__ = "account_identifier"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(120))

    account: Mapped[Account] = relationship(back_populates="identifiers")


class OneTimeLink(Base):
    """
    Something that can be done once, by whoever holds a signed link to this row.

    Using it is one UPDATE of ``used_at``: of two who press at once, one gets it.
    """

    __tablename__ = "one_time_link"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(30))
    # None for a link that only opens an account.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class EmailChange(Base):
    """An address that somebody wants for their account; the link to it makes the change."""

    __tablename__ = "email_change"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)  # the link's
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]


class PhoneChange(Base):
    """A telephone that somebody wants for their account; a code sent there makes the change."""

    __tablename__ = "phone_change"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    phone: Mapped[str] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class RegistrationRequest(Base):
    """
    Somebody filled in the registration; who they are is found out later, by the worker.

    The page does the same for people the clinic knows, those it does not, and those who have
    an account: only this row is written, and codes are counted on it whether one was sent or not.
    What was typed is deleted when the account is open, or when the answer is that there is none
    and no other channel can be tried.
    """

    __tablename__ = "registration_request"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    typed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5))
    address: Mapped[str] = mapped_column(String(60))
    terms_version: Mapped[str | None] = mapped_column(String(40))
    terms_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(index=True)
    # Where a code can go, and what the page shows of it: {"email": "r•••@correo.example"}.
    channels: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    channel: Mapped[str] = mapped_column(String(10), default="email")
    # When a message was asked for; None while the person still chooses where the code goes (S1-6).
    code_sent_at: Mapped[datetime | None]
    code_attempts: Mapped[int] = mapped_column(Integer, default=0)
    answered_at: Mapped[datetime | None]
    link_id: Mapped[str | None] = mapped_column(String(22), unique=True)


class TermsAcceptance(Base):
    """Which text somebody accepted, when, and from which network address."""

    __tablename__ = "terms_acceptance"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    version: Mapped[str] = mapped_column(String(40))
    text_hash: Mapped[str] = mapped_column(String(64))
    accepted_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(60))


class RecoveryRequest(Base):
    """
    Somebody asked for help to come in; answered by mail, later, by the worker.

    The page that takes it does the same whether the person exists or not: only this row is
    written.  It is deleted as soon as it is answered.
    """

    __tablename__ = "recovery_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # username, password
    identifier: Mapped[str] = mapped_column(String(254))
    # Where it was asked for besides, the address must be the account's too.
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime]


class CaptchaUsed(Base):
    """An answer to a captcha that was accepted, or spent: its challenge counts no more."""

    __tablename__ = "captcha_used"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LoginSession(Base):
    """One signed-in browser.  The cookie holds a random key; here is only its hash."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential_version: Mapped[int]
    device: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # however active: then the person signs in again
    ended_at: Mapped[datetime | None]
    # «Mantener sesión iniciada» (S4-3): it does not end for want of use.
    is_kept: Mapped[bool] = mapped_column(Boolean, default=False)
    # The kind of proof that was shown beside the password (``factors``).
    factor: Mapped[str | None] = mapped_column(String(20))
    # A proof is asked of the account and it has none: may do nothing but set one up.
    must_add_factor: Mapped[bool] = mapped_column(Boolean, default=False)
    # When the person last showed who they are: at sign-in, or asked again later.
    confirmed_at: Mapped[datetime | None]


class SignInRequest(Base):
    """
    Somebody whose password was right, and who has yet to show a second factor.

    It is worth something in one browser alone: the one whose cookie holds what
    ``browser_hash`` is made of.  Using it is one UPDATE of ``used_at``.
    """

    __tablename__ = "sign_in_request"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential_version: Mapped[int]
    browser_hash: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(120))
    is_kept: Mapped[bool] = mapped_column(Boolean)
    target: Mapped[str] = mapped_column(String(500))  # a path of this portal
    created_at: Mapped[datetime]
    # From the beginning, or from the last time that a means was chosen.
    expires_at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str | None] = mapped_column(String(20))  # of the means chosen last
    # How often one was chosen: part of what a code is made of, so that only the last one counts.
    choices: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)  # since the last choice
    used_at: Mapped[datetime | None]


class KnownDevice(Base):
    """
    A browser in which somebody has come in before.  Its cookie holds a random key for each
    account; here is only the hash.
    """

    __tablename__ = "known_device"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(120))
    # A second factor was shown in it; else it only has failures of its own.
    is_proven: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
