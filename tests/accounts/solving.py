"""Answers to captchas: found as the browser's solver finds them, or read as a person reads."""

import base64
import json
from typing import Any

import altcha
import pytest

from clinicweb.accounts import captcha
from clinicweb.clinic.rules import Captcha
from clinicweb.core.errors import NotAllowed
from tests.checked_client import CheckedClient

KEYS = ("a key of the portal, long enough to be one",)
ADDRESS = "192.0.2.7"
EASY = Captcha(work=1000, pictures_per_address_hour=1000)


def worked(challenge: str) -> dict[str, Any]:
    """The payload of the altcha protocol that solves *challenge* (JSON)."""
    asked = altcha.Challenge.from_dict(json.loads(challenge))
    found = altcha.solve_challenge(asked)
    assert found
    return {
        "challenge": json.loads(challenge),
        "solution": {"counter": found.counter, "derivedKey": found.derived_key},
    }


def packed(payload: Any, **how: Any) -> str:
    return base64.b64encode(json.dumps(payload, **how).encode()).decode()


def work_of(keys: tuple[str, ...], purpose: str, rules: Captcha = EASY) -> captcha.Answer:
    """The answer of a browser with scripts."""
    return captcha.Answer(work=packed(worked(captcha.challenge(keys, purpose, rules))))


def reading_of(keys: tuple[str, ...], purpose: str, rules: Captcha = EASY) -> captcha.Answer:
    """The answer of a person without scripts."""
    token = captcha.picture(keys, purpose)
    return captcha.Answer(picture=token, typed=captcha.digits_of(keys, purpose, token, rules))


def accept(
    answer: captcha.Answer, *, purpose: str = captcha.SIGN_IN, keys: tuple[str, ...] = KEYS
) -> None:
    captcha.accept(keys, purpose, answer, rules=EASY, address=ADDRESS)


def refused(answer: captcha.Answer, **where: Any) -> str:
    """The reason."""
    with pytest.raises(NotAllowed) as caught:
        accept(answer, **where)
    return caught.value.reason


def solve(client: CheckedClient) -> str:
    """What the solver would send for the page at hand."""
    assert client.page
    asked = [e.get("data-captcha") for e in client.page.elements("div") if e.get("data-captcha")]
    assert len(asked) == 1, f"{len(asked)} captchas"
    return packed(worked(str(asked[0])))


def digits_in(keys: tuple[str, ...], image_url: str) -> str:
    """What a person reads in the picture at *image_url*: only the portal's keys can tell."""
    _, _, purpose, token, _ = image_url.split("/")
    return captcha.digits_of(keys, purpose, token, Captcha())
