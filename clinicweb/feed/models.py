"""Who has a calendar address."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base


class CalendarFeed(Base):
    """The one calendar address of an account; the address holds this id, signed."""

    __tablename__ = "calendar_feed"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    created_at: Mapped[datetime]
