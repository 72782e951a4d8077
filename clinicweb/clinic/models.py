"""The clinic's own records: places, services, people.  Names follow FHIR where it has one."""

from datetime import date

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinicweb.core.db import Base
from clinicweb.core.ids import new_public_id


class Site(Base):
    """A place where people are attended (FHIR Location)."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(300))
    city: Mapped[str | None] = mapped_column(String(120))
    timezone: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(40))

    @property
    def full_name(self) -> str:
        """With its address, where it has one."""
        return ", ".join(filter(None, (self.name, self.address)))


class Service(Base):
    """What can be booked: a specialty, general medicine or a procedure (FHIR HealthcareService)."""

    __tablename__ = "service"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    search_key: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # general, specialty, procedure
    modalities: Mapped[str] = mapped_column(String(60))  # in_person;virtual
    duration_minutes: Mapped[int]
    recommendations: Mapped[str | None]
    booking: Mapped[str] = mapped_column(String(10))  # direct, view, off
    area: Mapped[str | None] = mapped_column(String(60))  # Odontología…; None: medicine


class Practitioner(Base):
    """A doctor or other professional (FHIR Practitioner)."""

    __tablename__ = "practitioner"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    prefix: Mapped[str | None] = mapped_column(String(20))
    given_name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120))
    search_key: Mapped[str] = mapped_column(String(260), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    shift: Mapped[str | None] = mapped_column(String(60))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)

    services: Mapped[list[Service]] = relationship(
        secondary="practitioner_service", order_by=Service.code
    )

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.prefix, self.given_name, self.family_name)))


class PractitionerService(Base):
    """Who gives which service (FHIR PractitionerRole)."""

    __tablename__ = "practitioner_service"

    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioner.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)


class CatalogueVersion(Base):
    """One row; its number rises when services, or who gives them, change."""

    __tablename__ = "catalogue_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


class Agreement(Base):
    """A convenio: who pays and under which conditions (FHIR InsurancePlan)."""

    __tablename__ = "agreement"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class Patient(Base):
    """A person the clinic attends, whether or not they have an account (FHIR Patient)."""

    __tablename__ = "patient"
    __table_args__ = (Index("uq_patient_public_id", "public_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # What addresses name: the number of a record is nobody's business in one.
    public_id: Mapped[str] = mapped_column(String(22), default=new_public_id)
    mrn: Mapped[str] = mapped_column(String(120), unique=True)
    document_type: Mapped[str | None] = mapped_column(String(20))
    document_number: Mapped[str | None] = mapped_column(String(60), index=True)
    given_name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120))
    birth_date: Mapped[date | None]
    sex: Mapped[str | None] = mapped_column(String(10))
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    affiliation_number: Mapped[str | None] = mapped_column(String(60), index=True)
    card_serial: Mapped[str | None] = mapped_column(String(60))
    relationship_code: Mapped[str | None] = mapped_column("relationship", String(30))
    family_head_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"), index=True)
    affiliation_ends_on: Mapped[date | None]  # the last day of it

    agreements: Mapped[list[Agreement]] = relationship(
        secondary="patient_agreement", order_by=Agreement.code
    )

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class PatientAgreement(Base):
    """Which agreements a patient has (FHIR Coverage)."""

    __tablename__ = "patient_agreement"

    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("agreement.id"), primary_key=True, index=True
    )


class Identifier(Base):
    """A number that another system gave to one of our records, with that system's name."""

    __tablename__ = "identifier"
    __table_args__ = (UniqueConstraint("record_type", "record_id", "system", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_type: Mapped[str] = mapped_column(String(20))  # site, service, practitioner, patient
    record_id: Mapped[int]
    system: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(String(200), index=True)
