"""The browsers in which somebody is told of messages."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from clinicweb.core.db import reading
from clinicweb.core.viewer import Viewer
from clinicweb.notifications.models import PushDevice


@dataclass(frozen=True, slots=True)
class PushDeviceRow:
    """``mark``: by which the browser knows that it is this one."""

    public_id: str
    device: str
    mark: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PushAddress:
    """Where one device is sent to."""

    endpoint: str
    p256dh: str
    auth: str


def list_push_devices(viewer: Viewer) -> tuple[PushDeviceRow, ...]:
    """The viewer's own, the latest first."""
    query = (
        select(PushDevice)
        .where(PushDevice.account_id == viewer.account_id)
        .order_by(PushDevice.id.desc())
    )
    with reading() as session:
        return tuple(
            PushDeviceRow(row.public_id, row.device, row.endpoint_hash[:16], row.created_at)
            for row in session.scalars(query)
        )


def find_address(public_id: str) -> PushAddress | None:
    """For the worker; None once nobody wants to be told there."""
    with reading() as session:
        row = session.scalar(select(PushDevice).where(PushDevice.public_id == public_id))
        return PushAddress(row.endpoint, row.p256dh, row.auth) if row else None


def hash_of(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
