"""Reading self-tests."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from clinicweb.core.db import reading
from clinicweb.core.viewer import Viewer
from clinicweb.video.check_models import DeviceCheck
from clinicweb.video.checks import Found, from_json

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CheckRow:
    public_id: str
    browser: str
    checked_at: datetime
    found: Found


def list_checks(viewer: Viewer) -> tuple[CheckRow, ...]:
    """The viewer's own, the latest first."""
    query = (
        select(DeviceCheck)
        .where(DeviceCheck.account_id == viewer.account_id)
        .order_by(DeviceCheck.id.desc())
        .limit(_MOST_SHOWN)
    )
    with reading() as session:
        return tuple(
            CheckRow(row.public_id, row.browser, row.checked_at, from_json(row.found))
            for row in session.scalars(query)
        )
