"""Publishing: making the slots that agendas promise, and taking back those they no longer do."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.booking import quotas
from clinicweb.booking.freed import is_wished, note_opened
from clinicweb.booking.models import (
    BLOCKED,
    BOOKED,
    FREE,
    IS_LIVE,
    WITHDRAWN,
    Agenda,
    Appointment,
    Closure,
    Slot,
)
from clinicweb.booking.publishing import AgendaRule, Closed, PlannedHour, plan_hours, plan_quotas
from clinicweb.clinic.models import Site
from clinicweb.core import clock
from clinicweb.core.db import again_after_a_ring, transaction
from clinicweb.core.viewer import Actor

FROM_AGENDA = "agenda"
SlotKey = tuple[int, datetime, int, int, str]
_PUBLISHING = 20260301  # any number of our own names the lock


@dataclass(slots=True)
class Published:
    """What publishing did; *stranded* are the appointments whose hour no agenda gives now."""

    counts: Counter[str] = field(default_factory=Counter)
    stranded: list[str] = field(default_factory=list)


@again_after_a_ring
def publish_hours(actor: Actor, *, horizon_days: int) -> Published:
    """Publish from now to *horizon_days* ahead; a booked hour is never touched."""
    with transaction(actor) as session:
        return publish_in(session, horizon_days=horizon_days)


def publish_in(session: Session, *, horizon_days: int) -> Published:
    """As ``publish_hours``, within the caller's transaction."""
    _one_at_a_time(session)
    published, now = Published(), clock.now()
    until = now + timedelta(days=horizon_days)
    closures = _closures(session)
    for practitioner_id, rules in _rules_by_practitioner(session).items():
        first, last = _days(rules, now, until)
        planned = plan_hours(rules, closures, first=first, last=last)
        wanted = [hour for hour in planned if now < hour.starts_at <= until]
        _Practitioner(session, practitioner_id, now).publish(wanted, published)
        totals = plan_quotas(rules, first=first, last=last)
        changed = quotas.settle(session, practitioner_id, totals, since=first)
        published.counts["quotas"] += changed
    if any(published.counts.values()):
        audit.record(
            session, "hours.publish", record_type="slot", record_id="-",
            detail=dict(published.counts),
        )  # fmt: skip
    return published


def _one_at_a_time(session: Session) -> None:
    """Two publishers would plan the same hours; on SQLite the transaction itself sees to it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_PUBLISHING)))


def _days(rules: Sequence[AgendaRule], now: datetime, until: datetime) -> tuple[date, date]:
    """From the first site's today to the last site's last day."""
    zones = {rule.zone for rule in rules} or {"UTC"}
    return (
        min(clock.local_day(now, zone) for zone in zones),
        max(clock.local_day(until, zone) for zone in zones),
    )


def _rules_by_practitioner(session: Session) -> dict[int, list[AgendaRule]]:
    """The rules of everybody who has any, or who has hours published from one."""
    of: dict[int, list[AgendaRule]] = {
        practitioner_id: []
        for practitioner_id in session.scalars(
            select(Slot.practitioner_id)
            .where(Slot.source == FROM_AGENDA, Slot.starts_at > clock.now())
            .distinct()
        )
    }
    for agenda, zone in session.execute(select(Agenda, Site.timezone).join(Site)):
        rule = AgendaRule(
            practitioner_id=agenda.practitioner_id,
            service_id=agenda.service_id,
            site_id=agenda.site_id,
            modality=agenda.modality,
            weekday=agenda.weekday,
            from_time=agenda.from_time,
            to_time=agenda.to_time,
            slot_minutes=agenda.slot_minutes,
            valid_from=agenda.valid_from,
            valid_to=agenda.valid_to,
            zone=zone,
            web_quota=agenda.web_quota,
        )
        of.setdefault(agenda.practitioner_id, []).append(rule)
    return of


def _closures(session: Session) -> list[Closed]:
    query = select(Closure).where(Closure.ends_at > clock.now())
    return [
        Closed(row.practitioner_id, row.site_id, row.starts_at, row.ends_at)
        for row in session.scalars(query)
    ]


class _Practitioner:
    """One practitioner's slots, brought in line with what the agendas want."""

    def __init__(self, session: Session, practitioner_id: int, now: datetime) -> None:
        self.session, self.practitioner_id = session, practitioner_id
        # Locked before the appointments are read: nobody books or releases in between.
        slots = (
            select(Slot)
            .where(Slot.practitioner_id == practitioner_id, Slot.starts_at > now)
            .order_by(Slot.id)
            .with_for_update(of=Slot)
        )
        self.slots = {_key(slot): slot for slot in session.scalars(slots)}
        live = select(Appointment.slot_id, Appointment.starts_at, Appointment.ends_at).where(
            Appointment.practitioner_id == practitioner_id, Appointment.ends_at > now, IS_LIVE
        )
        self.live = session.execute(live).all()

    def publish(self, wanted: Sequence[PlannedHour], published: Published) -> None:
        by_key = {hour.key: hour for hour in wanted}
        missing = [hour for key, hour in by_key.items() if key not in self.slots]
        published.counts["created"] += self._create(missing)
        opened = {hour.key for hour in missing}
        for key, slot in self.slots.items():
            if key in by_key:
                if self._restore(slot, by_key[key]):
                    published.counts["restored"] += 1
                    opened.add(key)
            elif slot.source == FROM_AGENDA and slot.status != WITHDRAWN:
                slot.status = WITHDRAWN
                published.counts["withdrawn"] += 1
                published.stranded += self._live_on(slot)
        self._offer_first(opened)

    def _offer_first(self, opened: Collection[SlotKey]) -> None:
        """Who waits has the first word about hours that can be had since now."""
        if opened:
            mine = Slot.practitioner_id == self.practitioner_id
            wished = select(Slot).where(mine, Slot.status == FREE, is_wished(clock.now()))
            found = self.session.scalars(wished).all()
            note_opened(self.session, [slot for slot in found if _key(slot) in opened])

    def _create(self, hours: Sequence[PlannedHour]) -> int:
        rows = [
            {**asdict(hour), "source": FROM_AGENDA, "status": self._status(hour)} for hour in hours
        ]
        if rows:
            self.session.execute(insert(Slot), rows)
        return len(rows)

    def _restore(self, slot: Slot, hour: PlannedHour) -> bool:
        """An hour that an agenda gives again, or with another length; a booked one stays."""
        if slot.status == BOOKED or (slot.status != WITHDRAWN and slot.ends_at == hour.ends_at):
            return False
        slot.ends_at, slot.source = hour.ends_at, FROM_AGENDA
        slot.status = BOOKED if self._is_taken(slot) else self._status(hour)
        return True

    def _status(self, hour: PlannedHour) -> str:
        overlaps = (
            starts_at < hour.ends_at and hour.starts_at < ends_at
            for _slot_id, starts_at, ends_at in self.live
        )
        return BLOCKED if any(overlaps) else FREE

    def _is_taken(self, slot: Slot) -> bool:
        return any(slot_id == slot.id for slot_id, _starts_at, _ends_at in self.live)

    def _live_on(self, slot: Slot) -> list[str]:
        query = select(Appointment.public_id).where(Appointment.slot_id == slot.id, IS_LIVE)
        return list(self.session.scalars(query)) if self._is_taken(slot) else []


def _key(slot: Slot) -> SlotKey:
    return (slot.practitioner_id, slot.starts_at, slot.service_id, slot.site_id, slot.modality)
