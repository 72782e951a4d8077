"""HTML that slipped into an answer does nothing: the second wall behind escaping."""

import pytest
from playwright.sync_api import Request, Route, expect

from tests.journeys import walk
from tests.journeys.conftest import Enter

# Each would send a request, or run a script, if the page let it.
EVIL = """
<a hx-get="/mis-sesiones?evil=get" hx-trigger="load" hx-target="#main">x</a>
<form hx-post="/idioma?evil=post" hx-trigger="load"><input name="lang" value="en"></form>
<b data-hx-get="/mis-sesiones?evil=data" data-hx-trigger="load">x</b>
<i hx-nonce="guessed" hx-get="/mis-sesiones?evil=nonce" hx-trigger="load">x</i>
<u hx-on:htmx:after:init="fetch('/salud?evil=on')">x</u>
<s hx-get="js:fetch('/salud?evil=js')" hx-trigger="load">x</s>
"""
# These the policy of content stops, and nothing else does.
SCRIPTS = """
<img src="x:" alt="" onerror="fetch('/salud?evil=onerror')">
<script>fetch("/salud?evil=script")</script>
"""
STRIPPED = 6


@pytest.mark.parametrize(
    ("answer", "has_policy"),
    [("page", True), ("fragment", True), ("restored", True), ("fragment", False)],
)
def test_injected_html_stays_inert(enter: Enter, answer: str, has_policy: bool):
    """T05b: each way for an answer into the page, and one without any policy; S0-20, S0-21."""
    ana = enter(bypass_csp=not has_policy)
    evil = EVIL + SCRIPTS if has_policy else EVIL
    asked: list[str] = []
    walk.sign_in(ana)
    walk.begin(ana)

    def poison(route: Route) -> None:
        genuine = route.fetch()
        route.fulfill(response=genuine, body=genuine.text().replace("</main>", evil + "</main>"))

    def note(request: Request) -> None:
        asked.append(request.url)

    ana.page.on("request", note)
    ana.page.route("**/mis-sesiones", poison)
    if answer == "fragment":
        ana.own_menu("Ver mi perfil")
        ana.arrive("Mi perfil")
        ana.press("Mis sesiones")
    else:
        ana.open("/mis-sesiones")
    if answer == "restored":
        ana.press("Inicio")
        ana.arrive(walk.ANAS_GREETING)
        ana.watch.complaints.clear()
        ana.back()
    ana.arrive("Mis sesiones")
    expect(ana.page.locator("main > u")).to_have_count(1)
    expect(ana.page.locator("main *:is([hx-get], [hx-post], [data-hx-get])")).to_have_count(0)

    # Whatever was to be sent has been sent before these answers came.
    ana.press("Inicio")
    ana.arrive(walk.ANAS_GREETING)
    assert [url for url in asked if "evil" in url] == []
    stripped = [line for line in ana.watch.complaints if line.startswith("htmx:security:strip")]
    assert len(stripped) == STRIPPED, ana.watch.complaints
    ana.watch.complaints.clear()
