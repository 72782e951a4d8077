"""The demo's mailbox, where its people find their mail."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import measure, walk
from tests.journeys.conftest import Enter
from tests.journeys.visitor import Visitor
from tests.server import PortalServer

COUNT_WHEN_SOME = """async () => {
  for (let tries = 0; tries < 100; tries++) {
    const mails = await fetch("/demo/buzon.json").then((got) => got.json());
    if (mails.length) return mails.length;
    await new Promise((later) => setTimeout(later, 200));
  }
  return 0;
}"""


@pytest.mark.slow
def test_the_demos_mailbox_shows_the_mail_to_everybody(
    enter: Enter, serve: Callable[..., PortalServer]
):
    """S0-28, in the demo's own clinic; with axe-core, on narrow screens and in large text."""
    server = serve("demo", RATE_LIMIT="1000000 per minute")
    visitor = enter()
    ana = Visitor(visitor.page, server.url, visitor.watch)
    ana.open("/demo/buzon")
    expect(ana.page.get_by_text("Todavía no ha llegado nada.")).to_be_visible()
    assert list(measure.barriers(ana.page)) == []

    ana.open("/ingresar")
    walk.give_name_and_password(ana, "ana", "nueve lunas sobre el lago")
    ana.arrive("Hola, Ana Muñoz Peña")
    walk.begin(ana)
    ana.choose("Especialidad", "Medicina general")
    walk.take_day(ana)
    walk.take_hour(ana)
    walk.confirm(ana)
    assert ana.page.evaluate(COUNT_WHEN_SOME) == 1
    ana.open("/demo/buzon")

    expect(ana.page.locator("article")).to_contain_text("Ana Muñoz Peña")
    assert list(measure.barriers(ana.page)) == []
    assert list(measure.squeezes(ana.page)) == []
    assert list(measure.small_targets(ana.page)) == []
