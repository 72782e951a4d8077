"""Messages to the clinic and their answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinicweb.core.db import Base
from clinicweb.core.ids import new_public_id


class ContactNotice(Base):
    """The notices as they stood when somebody accepted them."""

    __tablename__ = "contact_notice"

    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class ContactMessage(Base):
    """
    One message to the clinic (S3-52), or the report of a call that failed (S2-22).

    ``account_id`` None: nobody was signed in.  ``patient_id``: whom it is about, as far as known.
    ``reference`` is what is said on the telephone.
    """

    __tablename__ = "contact_message"
    __table_args__ = (Index(None, "closed_at", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    # Of the form: sent again, it is the same message.
    client_key: Mapped[str] = mapped_column(String(22), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    kind: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(260))
    # Empty where who reports a call has none: they read the answer here.
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5))
    body: Mapped[str] = mapped_column(Text)
    # What the page of a call measured.
    diagnosis: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    notices_version: Mapped[str | None] = mapped_column(String(40))
    notices_hash: Mapped[str | None] = mapped_column(ForeignKey("contact_notice.text_hash"))
    search_key: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(index=True)
    # When somebody of the staff first opened it.
    read_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    answers: Mapped[list["ContactAnswer"]] = relationship(order_by="ContactAnswer.id")


class ContactAnswer(Base):
    """What somebody of the staff answered; never changed."""

    __tablename__ = "contact_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_key: Mapped[str] = mapped_column(String(22), unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("contact_message.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    author_name: Mapped[str] = mapped_column(String(260))
    body: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime]
