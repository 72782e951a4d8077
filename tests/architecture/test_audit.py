"""Who changes a record leaves a line in the journal, or nothing is changed."""

import pytest
from sqlalchemy import func, select

from clinicweb.audit import actions as audit
from clinicweb.audit.models import AuditEvent
from clinicweb.core import db
from tests.architecture.policy_table import PASS, TABLE
from tests.architecture.routes import stored
from tests.architecture.world import SAME_ORIGIN

# They change no record: a cookie, a draft, a counter (signing in with nothing typed fails).
NO_RECORDS = {"web.language", "booking.reserva_answer", "accounts.enter"}
ACTS = sorted(
    line.split(" | ")[0]
    for line in stored()
    if line.split(" | ")[1] == "POST" and line.split(" | ")[2] not in NO_RECORDS
)


def act(world, address):
    """Ana does it; how many lines the journal has grown by, and whether anything changed."""
    rule = next(rule for rule in world.app.url_map.iter_rules() if rule.rule == address)
    ana, before = world.actor("ana"), lines()
    headers = SAME_ORIGIN | {"Cookie": ana.cookie}
    world.client.post(world.path_of(rule), headers=headers, data={"csrf_token": ana.token})
    grown, is_changed = lines() - before, not world.snapshot.is_unchanged()
    world.snapshot.restore()
    return grown, is_changed


def lines():
    with db.reading() as session:
        return session.scalar(select(func.count(AuditEvent.id)))


@pytest.mark.parametrize("address", ACTS)
def test_an_act_leaves_a_line(world, address):
    grown, is_changed = act(world, address)

    assert is_changed
    assert grown >= 1


@pytest.mark.parametrize("address", ACTS)
def test_without_its_line_an_act_does_not_happen(world, address, monkeypatch):
    monkeypatch.setattr(audit, "record", lambda *_, **__: None)
    monkeypatch.setattr(world.client, "may_fail", True)

    assert act(world, address) == (0, False)


def test_the_acts_are_not_forgotten():
    assert len(ACTS) >= 3
    assert all(TABLE[endpoint]["ana"] == PASS for endpoint in NO_RECORDS)
