"""Whether the sessions behind open pages go on: asked by ``web.live``, told when they change."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, UOWTransaction

from clinicweb.accounts import queries
from clinicweb.accounts.models import Account, LoginSession
from clinicweb.accounts.session_actions import touch_session
from clinicweb.clinic.sign_in_rules import SignIn
from clinicweb.core import events
from clinicweb.core.events import ACCOUNT_CHANGED, Event
from clinicweb.core.viewer import Viewer

# What ends a session, or makes it another's who may do other things.
_ENDING: dict[type, tuple[str, ...]] = {
    LoginSession: ("ended_at", "credential_version"),
    Account: ("is_active", "credential_version", "roles", "patient_id", "practitioner_id"),
}


class OpenSessions:
    """For ``web.delivery``."""

    def __init__(self, rules: SignIn) -> None:
        self._rules = rules

    def find(self, session_ids: Collection[int]) -> Mapping[int, Viewer]:
        return queries.find_viewers(session_ids, idle=self._rules.idle)

    def touch(self, session_id: int) -> None:
        touch_session(session_id)


# Here and not in each action: whatever ends a session, its sockets hear of it.
@event.listens_for(Session, "after_flush")
def _tell_open_pages(session: Session, _: UOWTransaction) -> None:
    changed = {_account_of(row) for row in session.dirty if _is_another(row)}
    if changed:
        events.announce(session, Event(ACCOUNT_CHANGED, frozenset(changed)))


def _is_another(row: Any) -> bool:
    state = inspect(row)
    names = _ENDING.get(type(row), ())
    return any(state.attrs[name].history.has_changes() for name in names)


def _account_of(row: Any) -> int:
    return int(row.account_id if isinstance(row, LoginSession) else row.id)
