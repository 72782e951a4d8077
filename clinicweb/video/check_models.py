"""What people's own pages found out about their devices and line, for who helps them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base


class DeviceCheck(Base):
    """One self-test; ``found`` as ``checks.Found`` writes it.  The latest few of an account."""

    __tablename__ = "device_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    checked_at: Mapped[datetime] = mapped_column(index=True)
    browser: Mapped[str] = mapped_column(String(120))
    found: Mapped[dict[str, Any]] = mapped_column(JSON)


class CallIncident(Base):
    """
    Somebody told the clinic's support of a call that failed; one report a call and person.

    ``reference`` is what is said on the telephone; ``cause`` and ``diagnosis`` as in
    ``incidents``: words and numbers that the page measured, of a known set.
    """

    __tablename__ = "call_incident"
    __table_args__ = (UniqueConstraint("call_id", "account_id", name="uq_call_incident_of_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("video_call.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    reported_at: Mapped[datetime] = mapped_column(index=True)
    cause: Mapped[str] = mapped_column(String(10))
    browser: Mapped[str] = mapped_column(String(120))
    diagnosis: Mapped[dict[str, Any]] = mapped_column(JSON)
