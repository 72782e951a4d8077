"""T05: what people write, in each place where words of theirs are shown, is words and no more."""

import re

import pytest
from flask import g

from clinicweb.chat.actions import EndConsultation, OpenConversation, end_consultation
from clinicweb.chat.actions import open_conversation as open_it
from clinicweb.chat.socket import show_changed
from clinicweb.core.events import Event
from clinicweb.core.ids import new_public_id
from tests.cast import ANA, DIAZ, SOTO
from tests.chat.world import RULES, open_with, post, viewer_of

PAYLOADS = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "svg": "<svg/onload=alert(1)>",
    "attribute": '" autofocus onfocus=alert(1) x="',
    "single quote": "' onmouseover=alert(1) x='",
    "address": "javascript:alert(1)",
    "address in a link": "<a href=javascript:alert(1)>x</a>",
    "htmx": "<b hx-get=/salir hx-trigger=load>x</b>",
    "out of band": "<main id=main hx-swap-oob=true>x</main>",
    "partial": '<hx-partial hx-target="#main">x</hx-partial>',
    "values": "<i hx-vals='js:{x:alert(1)}'>x</i>",
    "template": "{{7*7}}${7*7}{%25 raw %25}",
    "mutation": "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "line separator": "\u2028</li></ol><iframe srcdoc='<script>alert(1)</script>'>",
}
# What no page of ours has as markup: an element, or an attribute of one.
_MARKUP = re.compile(
    r"<(?:img src=x|svg/|iframe|b hx-|i hx-|main id=main hx|a href=javascript|p title='<)"
    r"|<script>alert|<[a-z][^<>]*\son(?:error|load|focus|mouseover)="
    r"|href=\"javascript:|<[^>]*hx-vals=.?js:"
)


def test_words_are_shown_and_nothing_runs(app, page, record_property):
    ana, diaz, soto = viewer_of("Ana"), viewer_of("Diaz"), viewer_of("Soto")
    browsers, places = {who: page(who) for who in (ANA, DIAZ, SOTO)}, 0

    for name, payload in PAYLOADS.items():
        said = open_with(ana)
        asked = post(ana, said, payload)
        post(
            diaz, said, f"{payload} https://clinica.example/?a={payload}", reply_to=asked.message_id
        )
        changed = Event("x", frozenset(), {"conversation": said, "since": "0"})
        with app.test_request_context():
            g.viewer = diaz
            pushed = show_changed(diaz, changed) or ""
        end_consultation(RULES, EndConsultation(diaz, said, payload))
        titled = open_it(
            RULES, OpenConversation(diaz, ("soto",), title=payload, key=new_public_id())
        )
        post(soto, titled, payload)
        shown = [pushed] + [
            browsers[who].get(f"/conversaciones{path}").get_data(as_text=True)
            for who, path in [(ANA, ""), (DIAZ, ""), (SOTO, ""), (ANA, f"/{said}"),
                              (DIAZ, f"/{said}"), (SOTO, f"/{titled}"), (DIAZ, f"/{titled}")]
        ]  # fmt: skip
        places += len(shown)
        assert [found for html in shown for found in _MARKUP.findall(html)] == [], name
        assert "{{7*7}}" in pushed or name != "template"

    record_property("payloads", len(PAYLOADS))
    record_property("places", places)


@pytest.mark.parametrize("payload", ["<img src=x onerror=alert(1)>", '<p title="x" onload=y>'])
def test_what_would_run_is_found(payload):
    assert _MARKUP.search(payload)
