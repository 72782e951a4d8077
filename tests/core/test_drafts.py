"""Drafts: whose they are, and how long they last."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from clinicweb.accounts.models import Account
from clinicweb.core import clock, drafts
from clinicweb.core.db import Database, bookkeeping, reading
from clinicweb.core.drafts import LIFETIME, Draft, Owner
from clinicweb.core.errors import NotFound
from clinicweb.core.ids import new_public_id

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
STRANGER = Owner(nonce="a long random word")


def account_id(name: str) -> int:
    with reading() as session:
        return session.scalars(select(Account.id).where(Account.name == name)).one()


def a_draft(owner: Owner) -> str:
    draft_id = new_public_id()
    with clock.frozen(NOON), bookkeeping() as session:
        drafts.start(session, draft_id, "reserva", owner).answers = {"a": {"b": "Ñuñoa"}}
    return draft_id


def is_found(draft_id: str, owner: Owner, *, flow: str = "reserva", at: datetime = NOON) -> bool:
    """Asked both ways, which must agree."""
    found = []
    for ask, door in ((drafts.find, reading), (drafts.lock, bookkeeping)):
        try:
            with clock.frozen(at), door() as session:
                found.append(ask(session, draft_id, flow, owner).id == draft_id)
        except NotFound:
            found.append(False)
    assert found[0] == found[1]
    return found[0]


def test_a_draft_is_its_owners_alone(database: Database):
    ana, clara = Owner(account_id("Ana")), Owner(account_id("Clara"))
    draft_id = a_draft(ana)

    assert is_found(draft_id, ana)
    assert not is_found(draft_id, clara)
    assert not is_found(draft_id, STRANGER)
    assert not is_found(draft_id, Owner())


def test_a_strangers_draft_belongs_to_the_browser_that_holds_its_nonce(database: Database):
    draft_id = a_draft(STRANGER)

    assert is_found(draft_id, STRANGER)
    assert not is_found(draft_id, Owner(nonce="another word"))
    assert not is_found(draft_id, Owner(account_id("Ana")))
    assert not is_found(draft_id, Owner())


def test_a_draft_of_nobody_is_found_by_nobody(database: Database):
    draft_id = a_draft(Owner())

    assert not is_found(draft_id, Owner())
    assert not is_found(draft_id, Owner(nonce=""))


def test_signing_in_does_not_make_a_known_nonce_open_an_accounts_draft(database: Database):
    ana = account_id("Ana")
    draft_id = a_draft(Owner(ana, nonce="a long random word"))

    assert not is_found(draft_id, STRANGER)


def test_the_nonce_itself_is_not_kept(database: Database):
    draft_id = a_draft(STRANGER)

    with reading() as session:
        kept = session.get_one(Draft, draft_id).nonce_hash
    assert kept
    assert STRANGER.nonce not in kept


def test_a_draft_of_another_flow_or_of_none_is_not_there(database: Database):
    draft_id = a_draft(STRANGER)

    assert not is_found(draft_id, STRANGER, flow="registro")
    assert not is_found(new_public_id(), STRANGER)


def test_a_draft_lasts_its_lifetime_to_the_very_end(database: Database):
    draft_id = a_draft(STRANGER)

    assert is_found(draft_id, STRANGER, at=NOON + LIFETIME - TICK)
    assert not is_found(draft_id, STRANGER, at=NOON + LIFETIME)


def test_only_what_has_expired_is_purged(database: Database):
    a_draft(STRANGER)

    left = []
    for at in (NOON + LIFETIME - TICK, NOON + LIFETIME):
        with clock.frozen(at), bookkeeping() as session:
            drafts.purge(session)
        with reading() as session:
            left.append(session.scalar(select(func.count()).select_from(Draft)))

    assert left == [1, 0]


def test_a_finished_draft_remembers_what_came_of_it(database: Database):
    draft_id = a_draft(STRANGER)

    with clock.frozen(NOON), bookkeeping() as session:
        drafts.finish(drafts.lock(session, draft_id, "reserva", STRANGER), {"appointment": "x"})

    with clock.frozen(NOON), reading() as session:
        draft = drafts.find(session, draft_id, "reserva", STRANGER)
        assert draft.result == {"appointment": "x"}
        assert draft.answers == {"a": {"b": "Ñuñoa"}}
