"""What adults of a family allowed; who belongs to one stands in the clinic's own records."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from clinicweb.core.db import Base

IN_FORCE = text("revoked_at IS NULL")


class FamilyConsent(Base):
    """An adult told the clinic that the holder of the family's account may act for them."""

    __tablename__ = "family_consent"
    __table_args__ = (
        Index(
            "uq_family_consent_in_force", "patient_id",
            unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    # Consent is given to a person: another head of the family has to ask again.
    holder_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    given_at: Mapped[datetime]
    given_how: Mapped[str] = mapped_column(String(200))
    revoked_at: Mapped[datetime | None]
