"""Whose record a registration means: every case, against a second telling of the rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicweb.accounts.matching import (
    NEW,
    NO_MATCH,
    OPEN,
    TAKEN,
    Claim,
    Found,
    Match,
    match,
    must_show_address,
)

PROOFS = ("none", "document", "affiliation", "email")
ADDRESS = "rita@correo.example"
ADDRESSES = st.sampled_from([ADDRESS, "Rita@Correo.example", "otra@correo.example"])
NAMES = st.sampled_from(["Rita Mora", "mora RITA", "Ríta Mora", "Beto Mora"])
RECORDS = st.builds(
    Found,
    patient_id=st.integers(1, 9),
    name=NAMES,
    email=st.one_of(st.none(), st.just(""), ADDRESSES),
    has_account=st.booleans(),
)
CLAIMS = st.builds(
    Claim, proof=st.sampled_from(PROOFS), email=ADDRESSES, name=st.one_of(st.none(), NAMES)
)


def record(patient_id=1, name="Rita Mora", email=ADDRESS, *, has_account=False):
    return Found(patient_id, name, email, has_account)


def claim(proof="document", email=ADDRESS, name="Rita Mora"):
    return Claim(proof, email, name)


@pytest.mark.parametrize("proof", PROOFS)
def test_somebody_unknown_is_new_only_where_no_proof_is_asked(proof):
    assert match(claim(proof), []) == Match(NEW if proof == "none" else NO_MATCH)


@pytest.mark.parametrize("proof", PROOFS)
@pytest.mark.parametrize("email", [ADDRESS, "otra@correo.example", "", None])
@pytest.mark.parametrize("has_account", [False, True])
def test_one_record_is_opened_by_its_address_or_by_the_card(proof, email, has_account):
    found = match(claim(proof), [record(email=email, has_account=has_account)])

    is_theirs = proof == "affiliation" or email == ADDRESS
    outcome = (TAKEN if has_account else OPEN) if is_theirs else NO_MATCH
    assert found == Match(outcome, *((1, "Rita Mora") if is_theirs else ()))


def test_an_address_counts_in_any_case():
    assert match(claim(email=ADDRESS.upper()), [record()]).outcome == OPEN


def test_nothing_typed_is_nobodys_address():
    assert match(claim(email=""), [record(email="")]).outcome == NO_MATCH


@pytest.mark.parametrize(
    ("name", "patient_id"),
    [("Beto Mora", 2), ("mora BETO", 2), ("Ríta  Mora", 1), ("Rita", None), (None, None)],
)
def test_of_several_with_one_address_the_name_tells_which(name, patient_id):
    family = [record(), record(2, "Beto Mora")]

    assert match(claim(name=name), family).patient_id == patient_id


def test_of_two_namesakes_nobody_is_guessed():
    assert match(claim(), [record(), record(2)]) == Match(NO_MATCH)


@given(CLAIMS, st.lists(RECORDS, max_size=4))
def test_no_record_is_opened_without_its_address_or_the_card(claimed, found):
    result = match(claimed, found)

    opened = [each for each in found if each.patient_id == result.patient_id]
    if result.outcome in (OPEN, TAKEN):
        assert any(
            claimed.proof == "affiliation"
            or (each.email or "").casefold() == claimed.email.casefold()
            for each in opened
        )
        assert {each.has_account for each in opened} >= {result.outcome == TAKEN}
    else:
        assert result.patient_id is None
        assert (result.outcome == NEW) == (not found and claimed.proof == "none")


@pytest.mark.parametrize(
    ("activation", "outcome", "must"),
    [
        ("none", NEW, False), ("none", OPEN, True),
        ("link", NEW, True), ("link", OPEN, True),
        ("code", NEW, True), ("code", OPEN, True),
    ],
)  # fmt: skip
def test_only_new_people_come_in_without_opening_their_mailbox(activation, outcome, must):
    assert must_show_address(activation, outcome) is must
