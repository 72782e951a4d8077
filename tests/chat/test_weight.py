"""What opening a conversation costs on an empty cache, beyond what every page has."""

from tests.architecture.test_weight import KB, asset_weight, weight
from tests.cast import ANA
from tests.chat.talking import begin
from tests.chat.world import post, viewer_of

OPENING = 25 * KB
# What the pages of people with conversations load besides.
OWN = ("chat.css", "chat.js", "files.js", "live.js", "hx-ws-4.0.1.min.js")
SCRIPT = 3.5 * KB


def test_a_conversation_opens_within_its_budget(app, page, record_property):
    ana = page(ANA)
    address = begin(ana)
    for number in range(40):
        post(viewer_of("Ana"), address.split("/")[2], f"{number}: ¿puedo tomarlo con leche?")

    html, own = weight(ana.get(address)), asset_weight(app, *OWN)

    record_property("opening_bytes", html + own)
    record_property("chat_script_bytes", asset_weight(app, "chat.js"))
    assert own > asset_weight(app, "chat.js") > KB
    assert html + own <= OPENING
    assert asset_weight(app, "chat.js") <= SCRIPT
