"""Who may act for whom: every combination, and the days on which it changes."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicweb.family.policy import (
    ADULT,
    AFFILIATION_ENDED,
    NOT_OF_FAMILY,
    FamilyRules,
    MemberFacts,
    is_adult,
    may_act_for,
)

TODAY = date(2026, 3, 4)
DAY = timedelta(days=1)
RULES = FamilyRules(majority_age=18, adults="consent")
days = st.dates(min_value=date(1920, 1, 1), max_value=date(2060, 12, 31))
facts_of_anybody = st.builds(
    MemberFacts,
    is_self=st.booleans(),
    is_of_family=st.booleans(),
    birth_date=st.none() | days,
    affiliation_ends_on=st.none() | days,
    has_consented=st.booleans(),
)
EITHER = (True, False)


def a_member(**changes: object) -> MemberFacts:
    values = {
        "is_self": False,
        "is_of_family": True,
        "birth_date": date(2017, 5, 5),
        "affiliation_ends_on": None,
        "has_consented": False,
    }
    return MemberFacts(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("born", "of_age"),
    [
        (date(2008, 3, 4), True),
        (date(2008, 3, 5), False),
        (date(2008, 3, 3), True),
        (None, True),
    ],
)
def test_somebody_is_of_age_from_their_birthday_on(born: date | None, of_age: bool):
    assert is_adult(born, majority_age=18, today=TODAY) == of_age


@pytest.mark.parametrize(
    ("today", "of_age"),
    [(date(2026, 2, 28), False), (date(2026, 3, 1), True)],
)
def test_who_was_born_on_a_leap_day_is_of_age_on_the_first_of_march(today: date, of_age: bool):
    assert is_adult(date(2008, 2, 29), majority_age=18, today=today) == of_age


@pytest.mark.parametrize(
    ("ends_on", "reason"),
    [(None, None), (TODAY, None), (TODAY + DAY, None), (TODAY - DAY, AFFILIATION_ENDED)],
)
@pytest.mark.parametrize("is_self", EITHER)
def test_the_last_day_of_an_affiliation_is_still_one(
    ends_on: date | None, reason: str | None, is_self: bool
):
    facts = a_member(affiliation_ends_on=ends_on, is_self=is_self)

    assert may_act_for(RULES, facts, today=TODAY).reason == reason


@pytest.mark.parametrize(
    ("is_self", "of_family", "grown", "ended", "consented", "asked"),
    list(product(EITHER, repeat=6)),
)
def test_every_combination(
    *, is_self: bool, of_family: bool, grown: bool, ended: bool, consented: bool, asked: bool
):
    rules = FamilyRules(18, "consent" if asked else "all")
    facts = MemberFacts(
        is_self=is_self,
        is_of_family=of_family,
        birth_date=date(1990 if grown else 2020, 1, 1),
        affiliation_ends_on=TODAY - DAY if ended else None,
        has_consented=consented,
    )

    decision = may_act_for(rules, facts, today=TODAY)

    against = [
        (not is_self and not of_family, NOT_OF_FAMILY),
        (ended, AFFILIATION_ENDED),
        (not is_self and asked and grown and not consented, ADULT),
    ]
    assert decision.reason == next((reason for holds, reason in against if holds), None)
    assert decision.allowed == (decision.reason is None)


@given(facts=facts_of_anybody, today=days, age=st.integers(1, 30))
def test_nobody_acts_for_an_adult_who_did_not_say_so_nor_for_a_stranger(
    facts: MemberFacts, today: date, age: int
):
    if not may_act_for(FamilyRules(age, "consent"), facts, today=today).allowed:
        return
    assert facts.is_self or facts.is_of_family
    assert facts.affiliation_ends_on is None or today <= facts.affiliation_ends_on
    assert (
        facts.is_self
        or facts.has_consented
        or not is_adult(facts.birth_date, majority_age=age, today=today)
    )


@given(born=days, today=days, later=st.integers(0, 9000), age=st.integers(1, 30))
def test_who_is_of_age_stays_so(born: date, today: date, later: int, age: int):
    if is_adult(born, majority_age=age, today=today):
        assert is_adult(born, majority_age=age, today=today + timedelta(days=later))
