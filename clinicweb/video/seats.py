"""By which page somebody is in a call: nobody's record, and gone with the call."""

from clinicweb.core import events
from clinicweb.core.db import bookkeeping
from clinicweb.core.decision import check
from clinicweb.core.errors import NotFound
from clinicweb.core.events import Event
from clinicweb.core.ids import is_public_id
from clinicweb.core.viewer import Viewer
from clinicweb.video import lines, policy
from clinicweb.video.membership import lock_line

_MOST_NUMBERS = 24


def take_seat(viewer: Viewer, call_id: str, seat: str, *, takes_over: bool) -> None:
    """
    The page *seat* is the one by which the viewer is in the call; both sides hear of it.

    Raises: ``NotFound``; ``NotAllowed`` where another page is, and this one did not ask for it.
    """
    if not is_public_id(seat):
        raise NotFound
    with bookkeeping() as session:
        line = lock_line(session, viewer, call_id)
        if not policy.is_live(line.call.status):
            return
        check(policy.may_sit(line.seat, seat, takes_over=takes_over))
        line.sit(seat)
        to = frozenset({viewer.account_id, line.other_id})
        events.announce(session, Event(lines.STATE, to=to, ids={"call": call_id}))


def note_quality(viewer: Viewer, call_id: str, seat: str, numbers: dict[str, float]) -> None:
    """How good the line was, as the page *seat* measured it; the last word counts."""
    with bookkeeping() as session:
        line = lock_line(session, viewer, call_id)
        if line.seat != seat or not policy.is_live(line.call.status):
            raise NotFound
        side = "caller" if line.by_caller else "callee"
        kept = dict(sorted(numbers.items())[:_MOST_NUMBERS])
        line.call.quality = {**(line.call.quality or {}), side: kept}
