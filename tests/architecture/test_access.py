"""Every route × every method × everybody × page and fragment, against the one table (T01)."""

import pytest

from clinicweb.web import guards
from tests.architecture.access import FEW, METHODS, cells, mismatches
from tests.architecture.policy_table import ACTORS
from tests.architecture.routes import stored

METHODS_OF = {line.split(" | ")[0]: line.split(" | ")[1].split() for line in stored()}
RULES = set(METHODS_OF)
GUARDED = sorted(line.split(" | ")[2] for line in stored() if not line.endswith(" | public"))


def rules_of(world, address):
    return [rule for rule in world.app.url_map.iter_rules() if rule.rule == address]


@pytest.mark.parametrize("address", sorted(RULES))
def test_everybody_gets_what_the_table_says(world, address, record_property):
    asked, wrong = mismatches(world, cells(world, rules_of(world, address)[0]))
    ways = METHODS_OF[address]

    record_property("cells", asked)
    assert asked >= 2 * (len(ACTORS) * len(ways) + FEW * (len(METHODS) - len(ways)))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("endpoint", GUARDED)
def test_without_its_guard_a_route_is_found_open(world, endpoint, monkeypatch):
    monkeypatch.setattr(world.client, "may_fail", True)
    rule = next(rule for rule in world.app.url_map.iter_rules() if rule.endpoint == endpoint)
    nobody = guards.public(lambda: "").guard
    monkeypatch.setattr(world.app.view_functions[endpoint], "guard", nobody)

    asked = [cell for cell in cells(world, rule) if cell.endpoint == endpoint]
    visitors = [cell for cell in asked if cell.actor.name == "anonymous"]
    _, wrong = mismatches(world, visitors)

    assert len(wrong) == len(visitors) > 0


def test_the_table_is_not_asked_in_vain(world):
    assert len(GUARDED) >= 8
    assert len(RULES) >= 10
