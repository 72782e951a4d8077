"""What a call costs before it begins: its own scripts, as they come over the line."""

import gzip
from pathlib import Path

import clinicweb

SCRIPTS = Path(clinicweb.__file__).parent / "static" / "js"
MOST_BYTES = 15 * 1024


def test_the_scripts_of_calls_are_small(record_property):
    sizes = {one.name: len(gzip.compress(one.read_bytes(), 9)) for one in SCRIPTS.glob("call*.js")}

    record_property("bytes", sum(sizes.values()))
    assert {"call.js", "call-line.js", "call-peer.js"} <= sizes.keys()
    assert sum(sizes.values()) <= MOST_BYTES
