"""T14: each answer to a captcha counts exactly once, in its form and in its time, or not at all."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from clinicweb.accounts import captcha
from clinicweb.accounts.captcha import OVER, PURPOSES, SIGN_IN, WRONG, Answer
from clinicweb.accounts.models import CaptchaUsed
from clinicweb.clinic.rules import Captcha
from clinicweb.core import clock, tokens
from clinicweb.core.errors import NotAllowed, NotFound, TooManyAttempts
from tests.accounts.office import rows
from tests.accounts.solving import ADDRESS, EASY, KEYS, accept, reading_of, refused, work_of

OLD, NEW = "an old key of the portal, long enough", "the new key of the portal, long enough"
LONG_AGO = datetime(2026, 1, 2, 12, tzinfo=UTC)

Made = Callable[..., Answer]
WAYS = pytest.mark.parametrize("made", [work_of, reading_of], ids=["work", "reading"])


@WAYS
@pytest.mark.parametrize("purpose", PURPOSES)
def test_an_answer_is_accepted_once_in_its_form(kept, record_property, made: Made, purpose: str):
    answer = made(KEYS, purpose)

    accept(answer, purpose=purpose)

    assert refused(answer, purpose=purpose) == OVER
    assert rows(CaptchaUsed) == 1
    record_property("cases", 1)


@WAYS
@pytest.mark.parametrize(("own", "other"), [*permutations(PURPOSES, 2)])
def test_an_answer_to_another_forms_challenge_is_refused(
    kept, record_property, made: Made, own: str, other: str
):
    answer = made(KEYS, own)

    assert refused(answer, purpose=other) == OVER
    accept(answer, purpose=own)
    record_property("cases", 1)


@WAYS
@pytest.mark.parametrize(("after", "is_good"), [(1199, True), (1200, False), (86400, False)])
def test_an_answer_is_good_until_its_time_is_over(
    kept, record_property, made: Made, after: int, is_good: bool
):
    soon = clock.now().replace(microsecond=0) + timedelta(minutes=1)
    with clock.frozen(soon):
        answer = made(KEYS, SIGN_IN)

    # The picture's own second still counts, the challenge's no more.
    with clock.frozen(soon + timedelta(seconds=after + (made is reading_of))):
        if is_good:
            accept(answer)
        else:
            assert refused(answer) == OVER
    record_property("cases", 1)


@WAYS
def test_an_answer_of_last_winter_is_refused(kept, record_property, made: Made):
    with clock.frozen(LONG_AGO):
        answer = made(KEYS, SIGN_IN)

    assert refused(answer) == OVER
    record_property("cases", 1)


@pytest.mark.parametrize(
    "answer",
    [Answer(), Answer(picture="x"), Answer(typed="123456"), Answer(picture="x", typed="  ")],
    ids=["nothing", "no digits", "no picture", "blanks"],
)
def test_no_answer_is_said_to_be_missing(kept, record_property, answer: Answer):
    assert refused(answer) == captcha.MISSING
    record_property("cases", 1)


def test_wrong_digits_use_their_picture_up(kept, record_property):
    right = reading_of(KEYS, SIGN_IN)
    wrong = Answer(picture=right.picture, typed=f"{(int(right.typed) + 1) % 10**6:06d}")

    assert refused(wrong) == WRONG
    assert refused(right) == OVER
    record_property("cases", 1)


@pytest.mark.parametrize("change", ["last letter", "another's", "cut", "not ours"])
def test_a_pictures_token_cannot_be_altered(kept, record_property, change: str):
    answer, other = reading_of(KEYS, SIGN_IN), captcha.picture(KEYS, SIGN_IN)
    token = {
        "last letter": answer.picture[:-2] + ("AA" if answer.picture[-2:] != "AA" else "BB"),
        "another's": other,
        "cut": answer.picture[:-8],
        "not ours": tokens.issue((NEW,), f"captcha-picture.{SIGN_IN}", "A" * 22),
    }[change]

    assert refused(Answer(picture=token, typed=answer.typed)) in (OVER, WRONG)
    record_property("cases", 1)


def test_several_spellings_of_one_token_are_one_picture(kept, record_property):
    """Its last letter carries two bits that no signature covers."""
    answer = reading_of(KEYS, SIGN_IN)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    same = [Answer(picture=answer.picture[:-1] + letter, typed=answer.typed) for letter in letters]

    outcomes = []
    for spelled in same:
        try:
            accept(spelled)
            outcomes.append("accepted")
        except NotAllowed as refusal:
            outcomes.append(refusal.reason)

    assert outcomes.count("accepted") == 1
    assert len(outcomes) == 64
    record_property("cases", 1)


@pytest.mark.parametrize("typed", ["011580", " 011 580.", "oIlSb0", "0-1-1-5-8-0", "٠١١٥٨٠"])
def test_digits_are_read_as_people_type_them(kept, monkeypatch, record_property, typed: str):
    monkeypatch.setattr(tokens, "code", lambda *_: "011580")

    accept(Answer(picture=captcha.picture(KEYS, SIGN_IN), typed=typed))
    record_property("cases", 1)


@WAYS
def test_keys_are_replaced_without_turning_anybody_away(kept, record_property, made: Made):
    before, after = made((OLD,), SIGN_IN), made((OLD, NEW), SIGN_IN)

    accept(before, keys=(OLD, NEW))
    accept(after, keys=(OLD, NEW))

    assert refused(made((OLD,), SIGN_IN), keys=(NEW,)) == OVER
    record_property("cases", 1)


@WAYS
def test_of_fifty_who_bring_one_answer_at_once_one_is_accepted(
    stored, record_property, crowded, made: Made
):
    answer = made(KEYS, SIGN_IN)

    raised = crowded(50, lambda _: accept(answer))

    assert len(raised) == 49
    assert {getattr(error, "reason", repr(error)) for error in raised} == {OVER}
    assert rows(CaptchaUsed) == 1
    record_property("parallel", 50)
    record_property("replayed", 49 - len(raised))
    record_property("cases", 1)


def test_digits_are_guessed_so_often_from_one_network_and_no_more(kept, record_property):
    few = Captcha(work=1000, pictures_per_address_hour=10)

    def guess(address: str) -> None:
        wrong = Answer(picture=captcha.picture(KEYS, SIGN_IN), typed="x1")
        captcha.accept(KEYS, SIGN_IN, wrong, rules=few, address=address)

    for _ in range(10):
        with pytest.raises(NotAllowed):
            guess(ADDRESS)
    with pytest.raises(TooManyAttempts):
        guess(ADDRESS)
    with pytest.raises(NotAllowed):
        guess("198.51.100.1")
    # Those who have scripts are not held up by those who guess.
    captcha.accept(KEYS, SIGN_IN, work_of(KEYS, SIGN_IN), rules=few, address=ADDRESS)
    record_property("cases", 1)


def test_answers_are_forgotten_only_when_they_could_not_be_brought_again(kept):
    answer = work_of(KEYS, SIGN_IN)
    accept(answer)

    captcha.purge()
    assert refused(answer) == OVER
    with clock.frozen(clock.now() + timedelta(minutes=26)):
        captcha.purge()
        assert refused(answer) == OVER

    assert rows(CaptchaUsed) == 0


def test_a_picture_tells_its_digits_to_nobody():
    token = captcha.picture(KEYS, SIGN_IN)
    digits = captcha.digits_of(KEYS, SIGN_IN, token, EASY)
    said = base64.urlsafe_b64decode(token.split(".")[0] + "===").decode(errors="replace")

    assert len(digits) == 6
    assert digits not in token + said
    for purpose, spelled in (("nowhere", token), (SIGN_IN, token[:-9]), (PURPOSES[1], token)):
        with pytest.raises(NotFound):
            captcha.digits_of(KEYS, purpose, spelled, EASY)


def test_a_challenge_says_how_far_to_try_and_not_where_to_stop():
    asked = json.loads(captcha.challenge(KEYS, SIGN_IN, EASY))

    assert asked["parameters"]["data"] == {"max": 1000, "seconds": 1140}
    assert asked["parameters"]["algorithm"] == "SHA-256"
    assert "keySignature" not in asked["parameters"]
