"""What people's own pages found out about their devices and line, for who helps them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
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
