"""What one patient can learn of, or do to, the things of another: it must be nothing (T02)."""

import inspect
import re
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from clinicweb.accounts.models import USERNAME, Account, AccountIdentifier
from clinicweb.booking import left_hours, queries
from clinicweb.booking.models import FREE, Appointment, Slot
from clinicweb.clinic.models import Agreement, Patient, PatientAgreement, Practitioner
from clinicweb.core import db
from clinicweb.core.drafts import Draft
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import PATIENT, Viewer
from tests.architecture.access import UNSAFE, endpoint_of
from tests.architecture.digest import Snapshot
from tests.architecture.world import World
from tests.cast import ANAS_APPOINTMENT

IDS = ("appointment_id", "session_id", "draft_id", "second_factor.request_id", "device_id")
IDS += ("passkey_id", "change_id", "wait_id", "person_id", "prescription_id", "sick_leave_id")
IDS += ("contact_id",)
IDS += ("conversation_id", "chat.message_id", "file_id", "upload_id", "call_id")
IDS += ("attention.appointment_id",)
# The demo's mailbox; and what a mailed link shows to whoever holds it.
SHOWN_TO_ANYBODY = ("demo.", "invitation.", "reminders.", "offers.", "feed.calendar")
# A number alone, for whoever sent the form without an account.
SHOWN_TO_ANYBODY += ("contact.sent",)
SHOWN_TO_ANYBODY += ("booking.changed",)
STEPS = ("buscar", "hora", "confirmar", "lista")
AGREEMENT = "Convenio Canario"
CLARAS_DELAY = timedelta(hours=4)
USER = "canarita"
FAMILY_NAME = "Canaria-Núñez"
# One of each person's: what the clinic cannot attend keeps nobody busy.
# Of several, the farthest: by hour, the last one of a name counts.
_KEPT = select(Appointment).where(Appointment.affected_at.is_(None)).order_by(Appointment.starts_at)


def plant_canaries(world: World) -> None:
    """Give Ana what nobody else has: two agreements, a name, a finished draft and a held hour."""
    with db.current().writing() as session:
        ana = session.scalars(select(Patient).where(Patient.given_name == "Ana")).one()
        ana.family_name = FAMILY_NAME
        agreement = Agreement(code="canario", name=AGREEMENT)
        session.add(agreement)
        session.flush()
        session.add(PatientAgreement(patient_id=ana.id, agreement_id=agreement.id))
        slot = session.scalars(select(Slot).where(Slot.status == FREE).limit(1)).one()
        draft = session.get_one(Draft, world.parameters["draft_id"])
        draft.answers = {
            "buscar": {"service": "mg", "practitioner": "diaz", "day": slot.day.isoformat()},
            "hora": {"slot": str(slot.id)},
            "confirmar": {},
        }
        draft.result = {"appointment": ANAS_APPOINTMENT}
        _make_busy(session)
        account = select(Account.id).where(Account.name == "Ana").scalar_subquery()
        session.add(AccountIdentifier(account_id=account, kind=USERNAME, value=USER))
        session.execute(update(Account).where(Account.id == account).values(name=FAMILY_NAME))
    world.snapshot = Snapshot(world.url)


def _make_busy(session: Session) -> None:
    """Give Dra. Soto a free hour while Ana is with somebody, and one while Clara is."""
    by_name = {row.patient.given_name: row for row in session.scalars(_KEPT)}
    soto = session.scalars(select(Practitioner).where(Practitioner.code == "soto")).one()
    by_name["Clara"].starts_at += CLARAS_DELAY
    by_name["Clara"].ends_at += CLARAS_DELAY
    for busy in by_name.values():
        session.add(
            Slot(
                practitioner_id=soto.id,
                service_id=by_name["Ana"].service_id,
                site_id=busy.site_id,
                modality=busy.modality,
                starts_at=busy.starts_at,
                ends_at=busy.ends_at,
                day=busy.starts_at.date(),
                source="import",
                status=FREE,
            )
        )


def leaks(world: World, *, first: str = "") -> Iterator[str]:
    """Every way in which Clara meets something of Ana's; the pages of the slice *first* lead."""
    yield from _offered_by_anothers_day()
    planted = (world.parameters[name] for name in (*IDS, "feed_token"))
    canaries = {FAMILY_NAME, AGREEMENT, USER, *planted}
    for path, twin in paths(world, first=first):
        for method in ("GET", "POST"):
            endpoint = endpoint_of(world.app, path, method)
            if endpoint is None or endpoint.startswith(SHOWN_TO_ANYBODY):
                continue
            yield from _met(world, method, path, canaries)
            if twin != path:
                yield from _told_apart(world, method, path, twin)


def _offered_by_anothers_day() -> Iterator[str]:
    """Clara is offered what is free for her, whatever Ana does at that time."""
    with db.reading() as session:
        rows = session.scalars(_KEPT).all()
        busy = {row.patient.given_name: row.starts_at for row in rows}
        clara = session.scalars(select(Account).where(Account.name == "Clara")).one()
        viewer = Viewer(clara.id, 0, clara.name, frozenset({PATIENT}), clara.patient_id)
        any_slot = session.scalars(select(Slot.id).where(Slot.status == FREE).limit(1)).one()
    search = queries.HourSearch("mg", None, new_public_id())
    found = left_hours.list_nearest_hours(viewer, search, any_slot, count=100)
    offered = {hour.starts_at for hour in found}
    if busy["Ana"] not in offered:
        yield "an hour is hidden from Clara because Ana is busy then"
    if busy["Clara"] in offered:
        yield "Clara is offered an hour at which she is busy"


def paths(world: World, *, first: str = "") -> Iterator[tuple[str, str]]:
    """Each address that names Ana's things, and the same with ids that nothing has."""

    def is_elsewhere(rule: Rule) -> bool:
        view = inspect.unwrap(world.app.view_functions[rule.endpoint])
        return not view.__module__.startswith(f"clinicweb.{first}.")

    mine = world.parameters
    nothing = {name: new_public_id() for name in IDS}
    # A socket's address names nothing of anybody's; what comes through is asked elsewhere.
    pages = (rule for rule in world.app.url_map.iter_rules() if not rule.websocket)
    for rule in sorted(pages, key=is_elsewhere):
        for step in STEPS if "step_key" in rule.arguments else ("",):
            world.parameters = mine | {"step_key": step}
            path = world.path_of(rule)
            world.parameters = mine | {"step_key": step} | nothing
            twin = world.path_of(rule)
            world.parameters = mine
            yield path, twin


def _met(world: World, method: str, path: str, canaries: set[str]) -> Iterator[str]:
    response = world.client.open(path, method=method, **_sent(world, method))
    is_harmless = world.snapshot.is_unchanged() or not _names_anas(world, path)
    world.snapshot.restore()
    if not is_harmless:
        yield f"{method} {path} as Clara changed something"
    shown = f"{response.headers}{response.data.decode(errors='replace')}"
    for canary in canaries:
        if canary in shown and canary not in path:
            yield f"{method} {path} shows {canary} to Clara"


def _told_apart(world: World, method: str, path: str, twin: str) -> Iterator[str]:
    """Another's thing and no thing at all look the same, but for what was asked."""
    answers = []
    for asked in (path, twin):
        response = world.client.open(asked, method=method, **_sent(world, method))
        world.snapshot.restore()
        answers.append((response.status_code, _normal(response, asked)))
    if answers[0] != answers[1]:
        yield f"{method} {path} differs from {twin}: {answers[0][0]}, {answers[1][0]}"


def _normal(response: object, asked: str) -> str:
    body = response.data.decode(errors="replace")  # type: ignore[attr-defined]
    text = f"{response.headers}{body}"  # type: ignore[attr-defined]
    for part in asked.split("/"):
        if re.fullmatch(r"[\w-]{22}", part):
            text = text.replace(part, "ID")
    text = re.sub(r"nonce-[\w-]+|\?nonce=[\w-]+|nonce=\"[^\"]+\"", "X", text)
    text = re.sub(r"csrf_token\" value=\"[^\"]+\"", "X", text)
    text = re.sub(r"Set-Cookie: [^\n]+|Content-Length: \d+", "", text)
    return re.sub(r"/reservar/[\w-]{22}/", "/reservar/ID/", text)


def _names_anas(world: World, path: str) -> bool:
    return any(world.parameters[name] in path for name in ("appointment_id", "session_id"))


def _sent(world: World, method: str) -> dict[str, object]:
    clara = world.actor("clara")
    headers = {"Cookie": clara.cookie, "Origin": "http://localhost"}
    data = {"csrf_token": clara.token} if method in UNSAFE else None
    return {"headers": headers, "data": data}
