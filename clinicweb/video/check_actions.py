"""Keeping what a self-test found, and counting what a measurement costs."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clinicweb.audit import actions as audit
from clinicweb.core import clock
from clinicweb.core.db import bookkeeping, transaction
from clinicweb.core.ids import new_public_id
from clinicweb.core.limits import count_attempt
from clinicweb.core.viewer import Viewer
from clinicweb.video.check_models import DeviceCheck
from clinicweb.video.checks import Found

MOST_KEPT = 10
KEPT_FOR = timedelta(days=90)
# A whole test takes seven; each is half a megabyte at most.
MOST_STEPS, STEPS_WINDOW = 60, timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SaveCheck:
    """``browser``: as its owner would say it."""

    viewer: Viewer
    browser: str
    found: Found


def save_check(command: SaveCheck) -> str:
    """The latest few of an account stay.  Returns: its public id."""
    with transaction(command.viewer) as session:
        row = DeviceCheck(
            public_id=new_public_id(),
            account_id=command.viewer.account_id,
            checked_at=clock.now(),
            browser=command.browser[:120],
            found=command.found.as_json(),
        )
        session.add(row)
        session.flush()
        _keep_the_latest(session, command.viewer)
        audit.record(session, "device.check", record_type="device_check", record_id=row.public_id)
        return row.public_id


def _keep_the_latest(session: Session, viewer: Viewer) -> None:
    mine = DeviceCheck.account_id == viewer.account_id
    ids = select(DeviceCheck.id).where(mine).order_by(DeviceCheck.id.desc()).limit(MOST_KEPT)
    latest = list(session.scalars(ids))
    session.execute(delete(DeviceCheck).where(mine, DeviceCheck.id.not_in(latest)))


def count_step(viewer: Viewer) -> None:
    """
    One more measurement, which costs the clinic's line.

    Raises: ``TooManyAttempts``.
    """
    with bookkeeping() as session:
        key = f"device-check:{viewer.account_id}"
        count_attempt(session, key, limit=MOST_STEPS, window=STEPS_WINDOW)


def purge_checks() -> None:
    """What was found so long ago helps nobody."""
    with bookkeeping() as session:
        session.execute(delete(DeviceCheck).where(DeviceCheck.checked_at < clock.now() - KEPT_FOR))
