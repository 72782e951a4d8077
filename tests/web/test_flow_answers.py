"""An answered step is followed by the next one: by a redirect, or at once where htmx asks."""

import pytest

from tests.cast import ANA
from tests.checked_client import CheckedClient

NEW = "Reservar una nueva hora haciendo click aquí"


@pytest.fixture
def ana(page) -> CheckedClient:
    browser = page(ANA)
    browser.get("/")
    return browser


def test_htmx_is_given_the_next_step_and_its_address(ana):
    headers = ana.htmx_headers()
    begun = ana.click(NEW, **headers)
    searched = ana.form("Ver horas").fill(service="Medicina general").submit(**headers)
    days = ana.form("#days").submit(**headers)

    assert [answer.status_code for answer in (begun, searched, days)] == [200, 200, 200]
    assert begun.headers["HX-Push-Url"].endswith("/buscar")
    assert days.headers["HX-Push-Url"].endswith("/hora")
    assert "Elija la hora" in ana.text()
    assert ana.get(days.headers["HX-Push-Url"]).status_code == 200
    assert "Elija la hora" in ana.text()


def test_the_step_that_follows_is_not_filled_with_what_was_sent_to_the_one_before(ana):
    headers = ana.htmx_headers()
    ana.click(NEW, **headers)
    ana.form("Ver horas").fill(service="Medicina general").submit(**headers)
    form = ana.form("#days")
    form.values["slot"] = "nonsense of another step"
    answer = form.submit(**headers)

    assert answer.status_code == 200
    assert "Revise estos datos" not in ana.text()
    assert "nonsense" not in answer.get_data(as_text=True)


def test_without_htmx_an_answer_redirects(ana):
    ana.click(NEW)
    assert ana.follow().status_code == 200
    ana.form("Ver horas").fill(service="Medicina general").submit()
    answer = ana.form("#days").submit()

    assert answer.status_code == 303
    assert "HX-Push-Url" not in answer.headers
