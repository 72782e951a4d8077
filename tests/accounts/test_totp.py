"""The authenticator app: each code good once, for a minute and a half, and hard to guess."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from clinicweb.accounts import factor_checks, totp_actions
from clinicweb.accounts.factor_models import TotpSecret
from clinicweb.accounts.factor_queries import BEGUN_FOR, get_begun_app, get_factors
from clinicweb.clinic.installed import current_rules
from clinicweb.core import clock, db
from clinicweb.core.errors import NotAllowed, NotFound, TooManyAttempts
from tests.accounts.helped import mails, text_of
from tests.accounts.strong import (
    acts,
    code_at,
    is_taken,
    keys_of,
    secrets_kept,
    set_up_app,
    viewer_of,
)
from tests.cast import ANA, CLARA
from tests.pages import make_app

OLD_KEY, NEW_KEY = ("a key of the tests that is long enough " + name for name in "ab")
TRIES = 20


@pytest.fixture
def app(any_clinic_url, tmp_path):
    yield make_app(any_clinic_url, tmp_path)
    db.current().dispose()


@pytest.fixture
def ana(app):
    return viewer_of(app, ANA)


@pytest.fixture
def now():
    """The clock stands still in the middle of a half minute."""
    with clock.frozen(clock.now().replace(second=15, microsecond=0)):
        yield


def test_it_counts_from_its_first_code_on_and_the_person_is_told(app, ana, now):
    totp_actions.begin_app(keys_of(app), ana)
    secret = get_begun_app(ana, keys_of(app))
    before = get_factors(ana).app_since, is_taken(app, ana, code_at(secret))

    totp_actions.confirm_app(current_rules(app), keys_of(app), ana, code_at(secret))

    assert before == (None, False)
    assert get_factors(ana).app_since == clock.now()
    assert get_begun_app(ana, keys_of(app)) is None
    assert acts("factor.app_on") == 1
    [mail] = mails(app)
    assert mail["To"] == "ana@pacientes.example"
    assert "código de su aplicación" in text_of(mail)


@pytest.mark.parametrize(
    ("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_the_code_before_and_the_one_after_are_good_and_no_others(app, ana, now, steps, is_good):
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        secret = set_up_app(app, ana)

    assert is_taken(app, ana, code_at(secret, steps)) == is_good


def test_each_code_is_good_once_and_none_before_it_any_more(app, ana, now):
    secret = set_up_app(app, ana)

    taken = [is_taken(app, ana, code_at(secret, steps)) for steps in (1, 1, 0, -1)]

    assert taken == [True, False, False, False]


def test_the_code_that_set_it_up_does_not_open_the_door(app, ana, now):
    secret = set_up_app(app, ana, steps=0)

    assert not is_taken(app, ana, code_at(secret))
    assert is_taken(app, ana, code_at(secret, 1))


@pytest.mark.slow
def test_of_fifty_who_send_it_at_once_one_comes_in(app, ana, crowded, record_property):
    secret = set_up_app(app, ana)
    code, taken, instant = code_at(secret, 1), [], clock.now()

    def send(_: int) -> None:
        with clock.frozen(instant):
            taken.append(is_taken(app, ana, code))

    raised = crowded(50, send)

    assert raised == []
    assert sorted(taken) == [False] * 49 + [True]
    record_property("accepted_of_50", sum(taken))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "000 000 000", "١٢٣٤٥٦"])
def test_what_is_no_code_is_refused(app, ana, now, typed):
    set_up_app(app, ana)

    assert not is_taken(app, ana, typed)


def test_clara_does_not_come_in_with_anas_code(app, ana, now):
    clara = viewer_of(app, CLARA)
    secret = set_up_app(app, ana)
    set_up_app(app, clara)

    assert not is_taken(app, clara, code_at(secret))
    assert is_taken(app, ana, code_at(secret))


def test_nobody_reads_it_in_the_table(app, ana, now):
    secret = set_up_app(app, ana)

    [row] = secrets_kept()

    assert secret not in row.sealed
    assert ana.name not in row.sealed


def test_a_secret_put_in_anothers_row_is_worth_nothing_there(app, ana, now):
    clara = viewer_of(app, CLARA)
    secret = set_up_app(app, ana)
    set_up_app(app, clara)
    with db.current().writing() as session:
        anas, claras = session.scalars(select(TotpSecret)).all()
        claras.sealed = anas.sealed

    assert not is_taken(app, clara, code_at(secret))


def test_keys_are_changed_one_after_the_other_and_nobody_is_locked_out(clinic_url, tmp_path, now):
    def portal(*keys):
        return make_app(clinic_url, tmp_path, secret_key=",".join(keys))

    app = portal(OLD_KEY)
    ana = viewer_of(app, ANA)
    secret = set_up_app(app, ana)

    rotated = is_taken(portal(NEW_KEY, OLD_KEY), ana, code_at(secret))
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        without_the_old = is_taken(portal(NEW_KEY), ana, code_at(secret))
        with_the_old_alone = is_taken(portal(OLD_KEY), ana, code_at(secret, 1))

    assert (rotated, without_the_old, with_the_old_alone) == (True, True, False)
    db.current().dispose()


def test_setting_it_up_anew_keeps_the_old_until_the_new_is_confirmed(app, ana, now):
    old = set_up_app(app, ana)
    totp_actions.begin_app(keys_of(app), ana)
    new = get_begun_app(ana, keys_of(app))

    assert is_taken(app, ana, code_at(old))
    totp_actions.confirm_app(current_rules(app), keys_of(app), ana, code_at(new))

    assert not is_taken(app, ana, code_at(old, 1))
    assert is_taken(app, ana, code_at(new, 1))
    assert len(secrets_kept()) == 1


def test_one_begun_long_ago_is_over(app, ana, now):
    totp_actions.begin_app(keys_of(app), ana)
    secret = get_begun_app(ana, keys_of(app))

    with clock.frozen(clock.now() + BEGUN_FOR), pytest.raises(NotFound):
        totp_actions.confirm_app(current_rules(app), keys_of(app), ana, code_at(secret))

    assert get_factors(ana).app_since is None


def test_a_wrong_code_does_not_set_it_up_and_guesses_end(app, ana, now):
    totp_actions.begin_app(keys_of(app), ana)
    rules, keys = current_rules(app), keys_of(app)

    def guess():
        totp_actions.confirm_app(rules, keys, ana, "000000")

    for _ in range(TRIES):
        with pytest.raises(NotAllowed, match=totp_actions.WRONG_CODE):
            guess()
    with pytest.raises(TooManyAttempts):
        guess()

    assert get_factors(ana).app_since is None


def test_taken_away_it_opens_nothing_and_the_person_is_told(app, ana, now):
    secret = set_up_app(app, ana)

    totp_actions.remove_app(current_rules(app), ana)

    assert not is_taken(app, ana, code_at(secret))
    assert secrets_kept() == []
    assert "Se quitó la aplicación" in text_of(mails(app)[-1])
    with pytest.raises(NotFound):
        totp_actions.remove_app(current_rules(app), ana)


def test_it_is_the_standard_that_apps_speak():
    """RFC 6238's own example, cut to six digits: any app shows the same."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    with clock.frozen(datetime.fromtimestamp(1111111109, UTC)):
        assert factor_checks._step_of(secret, "081 804") == 1111111109 // 30
