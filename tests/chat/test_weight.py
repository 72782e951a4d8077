"""What opening a conversation costs on an empty cache, beyond what every page has."""

from tests.architecture.test_weight import KB, assets_of, weight
from tests.cast import ANA
from tests.chat.talking import begin
from tests.chat.world import post, viewer_of

OPENING = 25 * KB
# What the pages of people with conversations load besides.
OWN = ("chat.css", "chat.js", "files.js")
SCRIPT = 3.5 * KB


def test_a_conversation_opens_within_its_budget(app, page, record_property):
    ana = page(ANA)
    address = begin(ana)
    for number in range(40):
        post(viewer_of("Ana"), address.split("/")[2], f"{number}: ¿puedo tomarlo con leche?")

    answer = ana.get(address)
    names = [name for name in assets_of(answer) if name.endswith(OWN)]
    kept = {name: len(app.extensions["clinicweb.assets"][name].brotli) for name in names}
    opening = weight(answer) + sum(kept.values())
    script = next(size for name, size in kept.items() if name.endswith("chat.js"))

    record_property("opening_bytes", opening)
    record_property("chat_script_bytes", script)
    assert len(kept) == len(OWN)
    assert opening <= OPENING
    assert script <= SCRIPT
