"""Who confirms an hour that somebody has by now is refused from a read, and nobody else is."""

from types import SimpleNamespace

import pytest

from clinicweb.booking import actions, hour_rows, policy
from clinicweb.booking.flow import book_flow
from clinicweb.core import drafts
from clinicweb.core.errors import Conflict
from clinicweb.core.viewer import Viewer
from clinicweb.web.visit import Visit
from tests.booking.world import RULES, Prepared, answers_for, free_slots, prepare, set_answers

FLOW = book_flow(RULES)


def confirm(draft: Prepared, slot_id: int, digest: str) -> None:
    """As the page does that read the draft before it was booked."""
    owner = drafts.Owner(account_id=draft.viewer.account_id)
    visit = Visit(draft.viewer, draft.id, FLOW, owner, answers=answers_for(slot_id))
    FLOW.finish(visit, SimpleNamespace(digest=SimpleNamespace(data=digest)))


def test_who_comes_later_waits_for_no_writer(
    ana: Viewer, clara: Viewer, monkeypatch: pytest.MonkeyPatch
):
    slot_id = free_slots()[0]
    prepare(clara, slot_id).book()
    draft = prepare(ana, slot_id)
    monkeypatch.setattr(actions, "book_appointment", pytest.fail)

    with pytest.raises(Conflict) as refused:
        confirm(draft, slot_id, draft.digest)

    assert refused.value.code == policy.SLOT_TAKEN


def test_who_pressed_twice_is_not_told_that_their_own_hour_is_taken(ana: Viewer):
    slot_id = free_slots()[0]
    draft = prepare(ana, slot_id)
    draft.book()

    confirm(draft, slot_id, draft.digest)

    assert hour_rows.find_taken(draft.id, [slot_id]) is None


def test_of_several_their_own_are_known_and_of_others_the_first_is_named(
    ana: Viewer, clara: Viewer
):
    first, second, other = free_slots()[0], free_slots()[1], free_slots()[2]
    hers = prepare(ana, first)
    several = {"horas": {"slots": f"{first}-{second}"}, "varias": {"services": "mg,mg"}}
    set_answers(hers, several).book()
    prepare(clara, other).book()

    assert hour_rows.find_taken(hers.id, [first, second]) is None
    assert hour_rows.find_taken(hers.id, [first, other, second]) == other
    assert hour_rows.find_taken("another", [second, other]) == second
