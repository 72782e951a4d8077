"""The checked client finds what a person finds, and refuses what a browser refuses."""

import pytest
from flask import Flask, Response, redirect, request
from sqlalchemy import create_engine, text

from tests.architecture.broken.pages import GOOD_FRAGMENT, GOOD_PAGE
from tests.architecture.test_headers import GOOD as GOOD_HEADERS
from tests.checked_client import CheckedClient
from tests.query_log import collected_queries

FORM = """<form id="visit" action="/sent" method="post">
<input type="hidden" name="csrf_token" value="abc"><input type="hidden" name="step" value="2">
<label>Nombre <input name="who" maxlength="10" required autocomplete="name"></label>
<label>Sede <select name="site"><option value="">—</option>
<option value="n">Norte</option></select></label>
<label><input type="radio" name="mode" value="v"> Video</label>
<label><input type="radio" name="mode" value="p"> En persona</label>
<label><input type="checkbox" name="news" value="y"> Avisos</label>
<label>Nota <textarea name="note">hola</textarea></label>
<button type="submit" name="go" value="on">Seguir</button>
<button type="submit" name="go" value="back">Volver</button></form>"""
FORM_PAGE = GOOD_PAGE.replace('<form id="search"', FORM + '<form id="search"')
ENGINE = create_engine("sqlite://")
SENT = []


class Public:
    name = "public"


def answer(html: str, **headers: str) -> Response:
    return Response(html, headers=GOOD_HEADERS | headers)


def sent():
    SENT.append(request.form)
    response = redirect("/form?a=1", 303)
    response.headers.update(GOOD_HEADERS)
    return response


def page_with_queries():
    with ENGINE.connect() as connection:
        for _ in range(int(request.args["n"])):
            connection.execute(text("SELECT 1"))
    return answer(GOOD_PAGE)


VIEWS = {
    "/good": lambda: answer(GOOD_PAGE),
    "/fragment": lambda: answer(GOOD_FRAGMENT),
    "/form": lambda: answer(FORM_PAGE),
    "/bad": lambda: answer(GOOD_PAGE.replace("<h1>", "<h1 style='x'>")),
    "/bare": lambda: Response(GOOD_PAGE),
    "/queries": page_with_queries,
    "/sent": sent,
}


@pytest.fixture
def client():
    app = Flask(__name__)
    for url, view in VIEWS.items():
        guarded = lambda view=view: view()  # noqa: E731
        guarded.guard = Public()
        app.add_url_rule(url, url.strip("/"), guarded, methods=["GET", "POST"])
    return CheckedClient(app, use_cookies=True)


def test_good_answers_pass(client):
    assert client.get("/good").status_code == 200
    assert client.htmx_get("/fragment").status_code == 200


@pytest.mark.parametrize(
    ("url", "words"),
    [("/bad", "style attribute"), ("/bare", "no Permissions-Policy"), ("/fragment", "DOCTYPE")],
)
def test_a_bad_answer_is_an_error(client, url, words):
    with pytest.raises(AssertionError, match=words):
        client.get(url)


def test_a_whole_page_is_no_fragment(client):
    with pytest.raises(AssertionError, match="not HTML5"):
        client.htmx_get("/good")


def test_a_page_may_take_eight_queries_and_no_more(client):
    client.get("/queries?n=8")
    assert len(client.last_queries) == 8

    with pytest.raises(AssertionError, match="9 queries"):
        client.get("/queries?n=9")


def test_setting_up_a_transaction_is_no_query():
    with collected_queries() as queries, ENGINE.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys")
        connection.exec_driver_sql("SELECT 2")

    assert queries == ["SELECT 2"]


def test_a_form_is_sent_as_a_browser_sends_it(client):
    client.get("/form")
    form = client.form("#visit").fill(who="Ana", site="Norte", mode="En persona", news=True)

    assert form.submit("Seguir").status_code == 303
    assert sorted(SENT[-1].items(multi=True)) == [
        ("csrf_token", "abc"),
        ("go", "on"),
        ("mode", "p"),
        ("news", "y"),
        ("note", "hola"),
        ("site", "n"),
        ("step", "2"),
        ("who", "Ana"),
    ]
    assert client.follow().request.query_string == b"a=1"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"nobody": "x"}, "no field 'nobody'"),
        ({"step": "3"}, "hidden"),
        ({"who": "12345678901"}, "over 10"),
        ({"site": "Sur"}, "not among"),
        ({"mode": "x"}, "not among"),
    ],
)
def test_what_is_not_on_the_form_cannot_be_filled(client, values, words):
    client.get("/form")

    with pytest.raises(AssertionError, match=words):
        client.form("/sent").fill(values)


def test_a_required_field_keeps_the_form_back(client):
    client.get("/form")

    with pytest.raises(AssertionError, match="before it sends"):
        client.form("#visit").submit()


def test_a_button_that_is_not_there_cannot_be_pressed(client):
    client.get("/form")

    with pytest.raises(AssertionError, match="no button"):
        client.form("#visit").fill(who="Ana").submit("Borrar")


def test_a_link_is_clicked_by_its_words(client):
    client.get("/good")

    with pytest.raises(AssertionError, match="0 links read"):
        client.click("Nada")
    assert client.form("#search").options("doctor") == {"1": "Dra. Soto"}
