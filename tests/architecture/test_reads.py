"""A GET never commits: the doors to the database are shut while one is served."""

import pytest
from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from clinicweb.core import db
from clinicweb.core.errors import Unavailable
from clinicweb.core.viewer import SYSTEM
from clinicweb.web import security
from clinicweb.web.guards import public

DOORS = {
    "transaction": lambda: db.transaction(SYSTEM),
    "bookkeeping": db.bookkeeping,
}


@pytest.fixture
def opened(app):
    """Tries a door while serving a request; tells which error stood in the way."""

    @public
    def broken(door):
        try:
            with DOORS[door]():
                word = "open"
        except db.WriteInGet:
            word = "shut"
        return Response(word, mimetype="text/plain")

    methods = ["GET", "POST"]
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.add_url_rule("/broken/<door>", "broken", broken, methods=methods)
    browser = app.test_client()

    return lambda door, method: browser.open(f"/broken/{door}", method=method).get_data(
        as_text=True
    )


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_cannot_open_a_door_to_write(opened, door, method):
    assert opened(door, method) == ("shut" if method == "GET" else "")
    assert opened(door, "POST") == "open"


@pytest.mark.parametrize("door", DOORS)
def test_without_its_hook_a_get_could_write(app, opened, door, monkeypatch):
    hooks = app.before_request_funcs[None]
    kept = [hook for hook in hooks if hook is not security._shut_the_writing_doors]
    assert len(kept) == len(hooks) - 1
    monkeypatch.setitem(app.before_request_funcs, None, kept)

    assert opened(door, "GET") == "open"


def test_the_shut_doors_open_again_after_the_request(opened):
    opened("transaction", "GET")

    with db.bookkeeping():
        pass


@pytest.mark.parametrize("statement", ["DELETE FROM slot", "UPDATE account SET name = ''"])
def test_a_reading_session_cannot_write(any_clinic_url, statement):
    database = db.Database(any_clinic_url)
    db.configure(database)

    with pytest.raises((SQLAlchemyError, Unavailable)), db.reading() as session:
        session.connection().exec_driver_sql(statement)
    database.dispose()
