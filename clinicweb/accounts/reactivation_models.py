"""Accounts that get another e-mail because their owner lost the one before."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base


class ReactivationRequest(Base):
    """
    Somebody filled in «Reactivar cuenta»; the worker finds out whether there is such a card.

    It is deleted as soon as it is answered.
    """

    __tablename__ = "reactivation_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    affiliation_number: Mapped[str] = mapped_column(String(60))
    card_serial: Mapped[str] = mapped_column(String(60))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime]


class Reactivation(Base):
    """
    One change of an account's e-mail by its card: asked for, made, and perhaps stopped.

    ``link_id`` makes it, from the new mailbox; ``stop_link_id`` stops or undoes it, from the
    old one.
    """

    __tablename__ = "reactivation"

    link_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    stop_link_id: Mapped[str] = mapped_column(String(22), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    # What the account had before: its own address (None: the record's counts), and as a name.
    email_before: Mapped[str | None] = mapped_column(String(254))
    name_before: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(index=True)
    made_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
