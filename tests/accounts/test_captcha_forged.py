"""T14: a solution that was altered, respelled or made up is worth nothing, and spends nothing."""

import base64
import copy
from collections.abc import Callable
from typing import Any

import pytest

from clinicweb.accounts import captcha
from clinicweb.accounts.captcha import OVER, SIGN_IN, Answer
from clinicweb.accounts.models import CaptchaUsed
from clinicweb.clinic.rules import Captcha
from tests.accounts.office import rows
from tests.accounts.solving import EASY, KEYS, accept, packed, refused, worked


def changed(part: str, name: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    def change(payload: dict[str, Any]) -> Any:
        challenge, solution = payload["challenge"], payload["solution"]
        place = {"p": challenge["parameters"], "c": challenge, "s": solution}[part]
        place[name] = value(place[name]) if callable(value) else value
        return payload

    return change


def without(part: str, name: str) -> Callable[[dict[str, Any]], Any]:
    def change(payload: dict[str, Any]) -> Any:
        places = {"p": payload["challenge"]["parameters"], "c": payload["challenge"]}
        del {**places, "s": payload["solution"], "": payload}[part][name]
        return payload

    return change


FORGED = {
    "weaker: a shorter prefix": changed("p", "keyPrefix", "00"),
    "weaker: no prefix": changed("p", "keyPrefix", ""),
    "a shorter key": changed("p", "keyLength", 0),
    "another cost": changed("p", "cost", 2),
    "no cost": changed("p", "cost", 0),
    "another algorithm": changed("p", "algorithm", "SHA-512"),
    "an algorithm that takes our time": changed("p", "algorithm", "SCRYPT"),
    "a harder one that takes our time": changed("p", "cost", 10**9),
    "another nonce": changed("p", "nonce", "00" * 16),
    "the nonce spelled otherwise": changed("p", "nonce", str.upper),
    "no hexadecimal nonce": changed("p", "nonce", "zz"),
    "another salt": changed("p", "salt", "00" * 16),
    "the salt spelled otherwise": changed("p", "salt", lambda salt: salt + " "),
    "a later end": changed("p", "expiresAt", lambda at: at + 3600),
    "no end": changed("p", "expiresAt", None),
    "the end left out": without("p", "expiresAt"),
    "an end that is no number": changed("p", "expiresAt", "tomorrow"),
    "less to try": changed("p", "data", {"max": 1}),
    "data left out": without("p", "data"),
    "deep data": changed("p", "data", {"a": [[[[[[]]]]]]}),
    "another signature": changed("c", "signature", "00" * 32),
    "the signature spelled otherwise": changed("c", "signature", str.upper),
    "no signature": changed("c", "signature", None),
    "an empty signature": changed("c", "signature", ""),
    "a signature that is no text": changed("c", "signature", 7),
    "the signature left out": without("c", "signature"),
    "the number before": changed("s", "counter", lambda found: found - 1),
    "the number after": changed("s", "counter", lambda found: found + 1),
    "a negative number": changed("s", "counter", -1),
    "a number too large": changed("s", "counter", 2**32),
    "half a number": changed("s", "counter", 0.5),
    "true": changed("s", "counter", True),
    "a number in words": changed("s", "counter", str),
    "another key": changed("s", "derivedKey", "00" * 32),
    "the key spelled otherwise": changed("s", "derivedKey", str.upper),
    "half a key": changed("s", "derivedKey", lambda key: key[:32]),
    "no key": changed("s", "derivedKey", None),
    "the key left out": without("s", "derivedKey"),
    "the number left out": without("s", "counter"),
    "no solution": without("", "solution"),
    "no challenge": without("", "challenge"),
    "a list": lambda payload: [payload],
    "a word": lambda _: "captcha",
    "nothing": lambda _: None,
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_an_altered_solution_is_refused_and_spends_nothing(kept, record_property, forge: Any):
    payload = worked(captcha.challenge(KEYS, SIGN_IN, Captcha(work=1100)))
    forged = forge(copy.deepcopy(payload))

    assert refused(Answer(work=packed(forged))) == OVER
    assert rows(CaptchaUsed) == 0
    accept(Answer(work=packed(payload)))
    record_property("cases", 1)


RUBBISH = ["x", "=", "ñandú", "e30=", "W10=", "bnVsbA==", "A" * 1999, packed(0)]
RUBBISH.append(base64.b64encode(b"[" * 1400).decode())


@pytest.mark.parametrize("work", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_refused(kept, record_property, work: str):
    assert refused(Answer(work=work)) == OVER
    record_property("cases", 1)


RESPELLED: dict[str, Callable[[Any], str]] = {
    "spaces": lambda payload: packed(payload, indent=1),
    "another order": lambda payload: packed(payload, sort_keys=True),
    "more fields": lambda payload: packed(payload | {"took": 5}),
    "a later time": lambda payload: packed(payload | {"time": 1}),
    "an end with a point": lambda payload: packed(
        changed("p", "expiresAt", float)(copy.deepcopy(payload))
    ),
    "more padding": lambda payload: packed(payload) + "====",
    "a new line": lambda payload: packed(payload)[:40] + "\n" + packed(payload)[40:],
}


@pytest.mark.parametrize("spell", RESPELLED.values(), ids=RESPELLED)
def test_a_solution_spelled_otherwise_is_the_same_one(kept, record_property, spell: Any):
    payload = worked(captcha.challenge(KEYS, SIGN_IN, EASY))
    accept(Answer(work=packed(payload)))

    assert refused(Answer(work=spell(payload))) == OVER
    assert rows(CaptchaUsed) == 1
    record_property("cases", 1)
