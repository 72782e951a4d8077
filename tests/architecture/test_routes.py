"""Every route says who may call it, and stands in the stored list."""

import difflib

import pytest
from flask import Flask

from clinicweb.accounts import views
from clinicweb.web import guards
from tests.architecture.policy_table import ACTORS, TABLE
from tests.architecture.routes import listed, stored
from tests.pages import make_app

ANEW = "write it anew: python -m tests.architecture.routes"


def test_the_routes_are_those_of_the_stored_list(world):
    changes = list(difflib.unified_diff(stored(), listed(world.app), "stored", "now", lineterm=""))

    assert not changes, "\n".join([*changes, ANEW])


def test_the_table_of_access_names_every_route_and_no_other(world):
    assert set(TABLE) == set(world.app.view_functions)
    assert all(set(row) == set(ACTORS) for row in TABLE.values())


def test_the_portal_does_not_start_with_a_route_that_says_nothing(
    clinic_url, tmp_path, monkeypatch
):
    monkeypatch.delattr(views.sign_in, "guard")

    with pytest.raises(RuntimeError, match="/ingresar"):
        make_app(clinic_url, tmp_path)


def test_an_unguarded_route_is_named():
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/open", "open", lambda: "")

    with pytest.raises(guards.MissingGuard, match="/open"):
        guards.init_app(app)


def test_a_new_route_shows_up_in_the_list():
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/new", "new", guards.public(lambda: ""))

    assert listed(app) == ["/new | GET | new | public"]
    assert set(listed(app)).isdisjoint(stored())
