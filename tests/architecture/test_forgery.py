"""No unsafe request from another page is obeyed, and no safe one changes anything (T04)."""

import pytest
from werkzeug.datastructures import MultiDict

from clinicweb.web import security
from tests.architecture.access import UNSAFE
from tests.architecture.routes import stored
from tests.architecture.world import SAME_ORIGIN

POSTED = sorted(
    line.split(" | ")[0] for line in stored() if set(line.split(" | ")[1].split()) & set(UNSAFE)
)
READ = sorted(line.split(" | ")[0] for line in stored() if "GET" in line.split(" | ")[1].split())
REFUSED = {400, 403}


def forged(world, actor, **changed):
    """What the portal's own page would send, but for *changed*."""
    request = {
        "method": "POST",
        "headers": SAME_ORIGIN | {"Cookie": actor.cookie},
        "data": {"csrf_token": actor.token},
    }
    request["headers"] |= changed.pop("headers", {})
    return request | changed


def tampered(token):
    return token[:-3] + ("AAA" if not token.endswith("AAA") else "BBB")


# What an evil page, or a curious visitor, may send: name → the request that Ana's browser makes.
ATTACKS = {
    "no token": lambda w, a: forged(w, a, data={}),
    "an empty token": lambda w, a: forged(w, a, data={"csrf_token": ""}),
    "another person's token": lambda w, a: forged(
        w, a, data={"csrf_token": w.actor("clara").token}
    ),
    "the token of an ended session": lambda w, a: forged(
        w, a, data={"csrf_token": w.actor("ended").token}
    ),
    "a visitor's token": lambda w, a: forged(w, a, data={"csrf_token": w.actor("anonymous").token}),
    "a tampered token": lambda w, a: forged(w, a, data={"csrf_token": tampered(a.token)}),
    "the token in the address": lambda w, a: forged(
        w, a, data={}, query_string={"csrf_token": a.token}
    ),
    "an evil origin": lambda w, a: forged(w, a, headers={"Origin": "https://evil.example"}),
    "an origin that looks alike": lambda w, a: forged(
        w, a, headers={"Origin": "http://localhost.evil.example"}
    ),
    "another port": lambda w, a: forged(w, a, headers={"Origin": "http://localhost:8081"}),
    "the origin null": lambda w, a: forged(w, a, headers={"Origin": "null"}),
    "a cross-site fetch": lambda w, a: forged(w, a, headers={"Sec-Fetch-Site": "cross-site"}),
    "a same-site fetch": lambda w, a: forged(w, a, headers={"Sec-Fetch-Site": "same-site"}),
    "plain text": lambda w, a: forged(
        w, a, data=f"csrf_token={a.token}", content_type="text/plain"
    ),
    "JSON": lambda w, a: forged(
        w, a, data=f'{{"csrf_token": "{a.token}"}}', content_type="application/json"
    ),
}
OVERRIDES = {
    "_method in the address": {"query_string": {"_method": "POST"}},
    "_method in the body": {"data": MultiDict({"_method": "POST"})},
    "a header": {"headers": {"X-HTTP-Method-Override": "POST"}},
}


def path_of(world, address):
    rules = [rule for rule in world.app.url_map.iter_rules() if rule.rule == address]
    return world.path_of(rules[0])


def obeyed(world, address, attack):
    """Whether Ana's browser, sending *attack*, was not refused or changed anything."""
    response = world.client.open(path_of(world, address), **attack)
    is_unchanged = world.snapshot.is_unchanged()
    world.snapshot.restore()
    return response.status_code not in REFUSED or not is_unchanged


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("address", POSTED)
def test_a_forged_request_is_refused(world, address, attack):
    assert not obeyed(world, address, ATTACKS[attack](world, world.actor("ana")))


@pytest.mark.parametrize("address", POSTED)
def test_the_same_request_of_our_own_page_is_obeyed(world, address):
    assert obeyed(world, address, forged(world, world.actor("ana")))


@pytest.mark.parametrize("override", OVERRIDES)
@pytest.mark.parametrize("address", POSTED)
def test_a_get_stays_a_get_whatever_it_says(world, address, override):
    ana = world.actor("ana")
    request = forged(world, ana, **{"data": None} | OVERRIDES[override])

    world.client.open(path_of(world, address), **request | {"method": "GET"})

    assert world.snapshot.is_unchanged()


@pytest.mark.parametrize("address", READ)
def test_no_safe_request_changes_anything(world, address):
    path = path_of(world, address)

    for actor in world.actors:
        for method in ("GET", "HEAD", "OPTIONS"):
            world.send(path, method, actor)
            assert world.snapshot.is_unchanged(), f"{method} {path} as {actor.name}"


def test_without_the_token_check_forged_requests_are_found(world, monkeypatch):
    monkeypatch.setitem(world.app.config, "WTF_CSRF_CHECK_DEFAULT", False)

    for name in ("no token", "another person's token", "a tampered token", "plain text"):
        assert obeyed(world, "/salir", ATTACKS[name](world, world.actor("ana"))), name


@pytest.mark.parametrize("name", ["an evil origin", "the origin null", "a cross-site fetch"])
def test_without_the_origin_check_forged_requests_are_found(world, name, monkeypatch):
    hooks = world.app.before_request_funcs[None]
    others = [hook for hook in hooks if hook is not security._refuse_cross_site]
    assert len(others) == len(hooks) - 1
    monkeypatch.setitem(world.app.before_request_funcs, None, others)

    assert obeyed(world, "/salir", ATTACKS[name](world, world.actor("ana")))


def test_the_attacks_have_something_to_attack():
    assert len(POSTED) >= 6
    assert len(READ) >= 8
    assert len(ATTACKS) == 15
