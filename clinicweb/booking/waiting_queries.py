"""Reading the waiting list as somebody sees their own part of it, and offers by their link."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from clinicweb.accounts.models import Account
from clinicweb.booking import offer_rows, waiting_policy
from clinicweb.booking.freed import is_waiting
from clinicweb.booking.holds import DIRECT
from clinicweb.booking.models import LIVE_STATUSES, Appointment, Slot
from clinicweb.booking.policy import hour_rules
from clinicweb.booking.waiting_models import ACCEPTED, HourOffer, WaitingEntry
from clinicweb.clinic.models import Practitioner, Service, Site
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock
from clinicweb.core.db import reading
from clinicweb.core.errors import NotFound
from clinicweb.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Named:
    """Something of the clinic: its *code*, and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody is about to wait for; None is any.  *before*: the start of what they have."""

    service: Named
    practitioner: Named | None
    site: Named | None
    modality: str | None
    before: datetime | None = None
    last_day: date | None = None  # of it
    zone: str = ""


@dataclass(frozen=True, slots=True)
class WaitRow:
    """One of the viewer's own waits; *offer_id*: of the hour that is being offered to them."""

    public_id: str
    person_name: str
    is_own: bool
    service_name: str
    practitioner_name: str | None
    site_name: str | None
    first_day: date
    last_day: date
    part: str
    before: datetime | None
    zone: str
    offer_id: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """
    How an offered hour can be taken now.

    *why_not_keep*: the reason against having it beside all others; *later_id*: of the appointment
    that it can take the place of.
    """

    why_not_keep: str | None
    later_id: str | None
    later_at: datetime | None


@dataclass(frozen=True, slots=True)
class OfferedHour:
    """What the holder of a link may know: never what the hour is for.  *choice*: while open."""

    starts_at: datetime
    zone: str
    practitioner_name: str
    site_text: str
    modality: str
    member_name: str | None
    ends_at: datetime
    is_taken: bool
    choice: Choice | None


def find_wanted(viewer: Viewer, asked: dict[str, str]) -> Wanted:
    """
    The names of what *asked* names by code: service, practitioner, site, modality.

    Raises: ``NotFound`` for what the clinic has not, or not for patients to book.
    """
    with reading() as session:
        service = session.scalar(
            select(Service).where(Service.code == asked.get("service"), Service.booking == DIRECT)
        )
        if service is None:
            raise NotFound
        practitioner = _by_code(session, Practitioner, asked.get("practitioner"))
        site = _by_code(session, Site, asked.get("site"))
        modality = asked.get("modality")
        if modality and modality not in service.modalities.split(";"):
            raise NotFound
        return Wanted(
            service=Named(service.code, service.name),
            practitioner=Named(practitioner.code, practitioner.full_name) if practitioner else None,
            site=Named(site.code, site.name) if site else None,
            modality=modality or None,
        )


def _by_code(session: Session, model: Any, code: str | None) -> Any:
    if not code:
        return None
    found = session.scalar(select(model).where(model.code == code))
    if found is None:
        raise NotFound
    return found


def find_wanted_before(viewer: Viewer, public_id: str) -> Wanted:
    """As an appointment of the viewer's, that is still to come.  Raises ``NotFound``."""
    query = (
        select(Appointment)
        .join(Appointment.service)
        .where(
            Appointment.public_id == public_id,
            Appointment.patient_id == viewer.patient_id,
            Appointment.status.in_(LIVE_STATUSES),
            Appointment.starts_at > clock.now(),
            Service.booking == DIRECT,
        )
        .options(
            contains_eager(Appointment.service),
            joinedload(Appointment.practitioner),
            joinedload(Appointment.site),
        )
    )
    with reading() as session:
        row = session.scalar(query)
        if row is None:
            raise NotFound
        return Wanted(
            service=Named(row.service.code, row.service.name),
            practitioner=Named(row.practitioner.code, row.practitioner.full_name),
            site=Named(row.site.code, row.site.name),
            modality=row.modality,
            before=row.starts_at,
            last_day=clock.local_day(row.starts_at, row.site.timezone),
            zone=row.site.timezone,
        )


def find_patient_of(viewer: Viewer, public_id: str) -> str:
    """The public id of whose appointment it is: ask the family whether the viewer may act."""
    query = select(Appointment).where(Appointment.public_id == public_id)
    with reading() as session:
        row = session.scalar(query.options(joinedload(Appointment.patient)))
        if row is None:
            raise NotFound
        return row.patient.public_id


def list_waits(viewer: Viewer, rules: ClinicRules) -> tuple[WaitRow, ...]:
    """What the viewer waits for, for themselves and others, in the order in which they asked."""
    now = clock.now()
    today = clock.local_day(now, rules.identity.timezone)
    query = (
        select(WaitingEntry, HourOffer.public_id)
        .outerjoin(
            HourOffer,
            (HourOffer.entry_id == WaitingEntry.id)
            & HourOffer.answer.is_(None)
            & (HourOffer.ends_at > now),
        )
        .where(
            WaitingEntry.account_id == viewer.account_id,
            WaitingEntry.last_day >= today,
            is_waiting(now),
        )
        .options(*_loaded())
        .order_by(WaitingEntry.id)
        .limit(100)
    )
    with reading() as session:
        return tuple(_wait_row(viewer, row, offer) for row, offer in session.execute(query))


def _loaded() -> tuple[Any, ...]:
    names = ("patient", "service", "practitioner", "site")
    return (
        *(joinedload(getattr(WaitingEntry, name)) for name in names),
        joinedload(WaitingEntry.appointment).joinedload(Appointment.site),
    )


def _wait_row(viewer: Viewer, row: WaitingEntry, offer_id: str | None) -> WaitRow:
    later = row.appointment
    return WaitRow(
        public_id=row.public_id,
        person_name=row.patient.full_name,
        is_own=row.patient_id == viewer.patient_id,
        service_name=row.service.name,
        practitioner_name=row.practitioner.full_name if row.practitioner else None,
        site_name=row.site.name if row.site else None,
        first_day=row.first_day,
        last_day=row.last_day,
        part=row.part,
        before=later.starts_at if later else None,
        zone=later.site.timezone if later else "",
        offer_id=offer_id,
    )


def find_offered_to(public_id: str) -> Viewer:
    """Whoever the link of an offer speaks for.  Raises ``NotFound``."""
    with reading() as session:
        entry = _found(session, public_id).entry
        account = session.get_one(Account, entry.account_id)
        if not account.is_active:
            raise NotFound
        return offer_rows.viewer_for(account, entry.patient_id)


def find_offered_hour(rules: ClinicRules, public_id: str) -> OfferedHour:
    """An offer as whoever holds its link may see it.  Raises ``NotFound``."""
    with reading() as session:
        offer = _found(session, public_id)
        account = session.get_one(Account, offer.entry.account_id)
        if not account.is_active:
            raise NotFound
        return _offered_hour(session, rules, offer, account)


def _offered_hour(
    session: Session, rules: ClinicRules, offer: HourOffer, account: Account
) -> OfferedHour:
    slot, now = offer.slot, clock.now()
    is_open = waiting_policy.may_answer(offer.ends_at, offer.answer, now=now).allowed
    return OfferedHour(
        starts_at=slot.starts_at,
        zone=slot.site.timezone,
        practitioner_name=slot.practitioner.full_name,
        site_text=slot.site.full_name,
        modality=slot.modality,
        member_name=offer_rows.member_name(offer.entry, account),
        ends_at=offer.ends_at,
        is_taken=offer.answer == ACCEPTED,
        choice=_choice(session, rules, offer) if is_open else None,
    )


def _choice(session: Session, rules: ClinicRules, offer: HourOffer) -> Choice:
    found = offer_rows.candidate_of(session, rules, offer.entry, offer.slot)
    ways = waiting_policy.ways_to_take(
        hour_rules(rules.booking),
        offer_rows.slot_facts(session, offer.slot, offer.public_id),
        found.facts,
        now=clock.now(),
    )
    return Choice(
        why_not_keep=ways.keep.reason,
        later_id=found.later.public_id if found.later and ways.change.allowed else None,
        later_at=found.later.starts_at if found.later else None,
    )


def _found(session: Session, public_id: str) -> HourOffer:
    offer = session.scalar(_offers().where(HourOffer.public_id == public_id))
    if offer is None:
        raise NotFound
    return offer


def _offers() -> Select[HourOffer]:
    of_slot = joinedload(HourOffer.slot)
    return select(HourOffer).options(
        of_slot.joinedload(Slot.practitioner),
        of_slot.joinedload(Slot.site),
        of_slot.joinedload(Slot.service),
        joinedload(HourOffer.entry).joinedload(WaitingEntry.patient),
    )
