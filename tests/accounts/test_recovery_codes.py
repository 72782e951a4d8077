"""Recovery codes: ten on paper, each good once."""

import re
from contextlib import suppress

import pytest
from sqlalchemy import select

from clinicweb.accounts import recovery_code_actions as actions
from clinicweb.accounts.factor_checks import is_recovery_code
from clinicweb.accounts.factor_models import RecoveryCode
from clinicweb.accounts.factor_queries import get_factors
from clinicweb.accounts.totp_actions import WRONG_CODE
from clinicweb.clinic.installed import current_rules
from clinicweb.core import db
from clinicweb.core.errors import NotAllowed, TooManyAttempts
from clinicweb.core.viewer import SYSTEM
from tests.accounts.helped import mails, text_of
from tests.accounts.strong import acts, viewer_of
from tests.cast import ANA, CLARA
from tests.pages import make_app


@pytest.fixture
def app(any_clinic_url, tmp_path):
    yield make_app(any_clinic_url, tmp_path)
    db.current().dispose()


@pytest.fixture
def ana(app):
    return viewer_of(app, ANA)


def is_taken(app, viewer, code):
    """As the door does: what is refused changes nothing."""
    with suppress(NotAllowed), db.transaction(SYSTEM) as session:
        if is_recovery_code(session, current_rules(app), viewer.account_id, code):
            return True
        raise NotAllowed(WRONG_CODE)
    return False


def test_ten_are_made_that_a_person_can_read_and_type(app, ana):
    codes = actions.make_codes(current_rules(app), ana)

    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){2}[a-hjkmnp-z2-9]{4}", code) for code in codes)
    assert get_factors(ana).codes_left == 10


def test_each_is_good_once_however_it_is_typed_and_the_person_is_told(app, ana):
    first, second, *_ = actions.make_codes(current_rules(app), ana)

    taken = [is_taken(app, ana, code) for code in (first, first, second.upper().replace("-", " "))]

    assert taken == [True, False, True]
    assert get_factors(ana).codes_left == 8
    assert acts("factor.code_used") == 2
    made, *used = [text_of(mail) for mail in mails(app)]
    assert "códigos de recuperación nuevos" in made
    assert [re.search(r"Quedan: (\d+)\.", text)[1] for text in used] == ["9", "8"]


@pytest.mark.slow
def test_of_fifty_who_use_it_at_once_one_comes_in(app, ana, crowded, record_property):
    code, taken = actions.make_codes(current_rules(app), ana)[0], []

    raised = crowded(50, lambda _: taken.append(is_taken(app, ana, code)))

    assert raised == []
    assert sorted(taken) == [False] * 49 + [True]
    assert get_factors(ana).codes_left == 9
    record_property("accepted_of_50", sum(taken))


def test_new_ones_end_the_old(app, ana):
    old = actions.make_codes(current_rules(app), ana)

    new = actions.make_codes(current_rules(app), ana)

    assert not any(is_taken(app, ana, code) for code in old)
    assert all(is_taken(app, ana, code) for code in new)
    assert get_factors(ana).codes_left == 0


def test_clara_cannot_use_anas(app, ana):
    clara = viewer_of(app, CLARA)
    code = actions.make_codes(current_rules(app), ana)[0]
    actions.make_codes(current_rules(app), clara)

    assert not is_taken(app, clara, code)
    assert is_taken(app, ana, code)


@pytest.mark.parametrize("typed", ["", "-", "aaaa-aaaa-aaaa", "x" * 200, "ñ' OR 1=1"])
def test_what_is_no_code_is_refused(app, ana, typed):
    actions.make_codes(current_rules(app), ana)

    assert not is_taken(app, ana, typed)


def test_nobody_reads_them_in_the_table(app, ana):
    codes = actions.make_codes(current_rules(app), ana)

    with db.reading() as session:
        kept = [row.code_hash for row in session.scalars(select(RecoveryCode))]

    assert len(kept) == 10
    assert not any(code.replace("-", "") in "".join(kept) for code in codes)


def test_making_them_again_and_again_ends(app, ana):
    for _ in range(10):
        actions.make_codes(current_rules(app), ana)

    with pytest.raises(TooManyAttempts):
        actions.make_codes(current_rules(app), ana)
    assert len(mails(app)) == 3
