"""Allowing a browser to show word of messages, and taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.core import clock
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.decision import check
from clinicweb.core.errors import NotFound
from clinicweb.core.ids import new_public_id
from clinicweb.core.viewer import Viewer
from clinicweb.notifications import push_addresses
from clinicweb.notifications.models import PushDevice
from clinicweb.notifications.push_queries import hash_of

_MOST_DEVICES = 10


@dataclass(frozen=True, slots=True)
class AllowPush:
    """What a browser says of itself; ``device``: its name, as its owner would say it."""

    viewer: Viewer
    endpoint: str
    p256dh: str
    auth: str
    device: str


def allow_push(services: Sequence[str], command: AllowPush) -> None:
    """
    From now on this browser shows word of messages, to *viewer* and nobody else.

    Raises: ``NotAllowed`` with the policy's reason.
    """
    check(push_addresses.may_push(services, command.endpoint, command.p256dh, command.auth))
    found = hash_of(command.endpoint)
    with transaction(command.viewer) as session:
        session.execute(delete(PushDevice).where(PushDevice.endpoint_hash == found))
        row = PushDevice(
            public_id=new_public_id(),
            account_id=command.viewer.account_id,
            endpoint=command.endpoint,
            endpoint_hash=found,
            p256dh=command.p256dh,
            auth=command.auth,
            device=command.device[:120],
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
        _keep_the_latest(session, command.viewer)
        _note(session, "push.allow", row.public_id)


def _keep_the_latest(session: Session, viewer: Viewer) -> None:
    mine = PushDevice.account_id == viewer.account_id
    ids = select(PushDevice.id).where(mine).order_by(PushDevice.id.desc()).limit(_MOST_DEVICES)
    latest = list(session.scalars(ids))
    session.execute(delete(PushDevice).where(mine, PushDevice.id.not_in(latest)))


def end_push(viewer: Viewer, public_id: str) -> None:
    """That browser is told no more.  Raises: ``NotFound``, also for another's."""
    query = select(PushDevice).where(
        PushDevice.public_id == public_id, PushDevice.account_id == viewer.account_id
    )
    with transaction(viewer) as session:
        row = session.scalar(query)
        if row is None:
            raise NotFound
        session.delete(row)
        _note(session, "push.end", public_id)


def forget_device(public_id: str) -> None:
    """Its push service says that there is no such browser any more."""
    with bookkeeping() as session:
        session.execute(delete(PushDevice).where(PushDevice.public_id == public_id))


def _note(session: Session, action: str, public_id: str) -> None:
    audit.record(session, action, record_type="push_device", record_id=public_id)
