"""The vendored scripts are the published ones, and pages load both as one file."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

import clinicweb

VENDOR = Path(clinicweb.__file__).parent / "static" / "vendor"
ROW = re.compile(r"^\| `([\w.-]+\.js)` \| `([0-9a-f]{64})` \|", re.MULTILINE)
LISTED = dict(ROW.findall((VENDOR / "README.md").read_text(encoding="utf-8")))


def test_every_vendored_script_is_listed():
    assert {path.name for path in VENDOR.glob("*.js")} == set(LISTED)


@pytest.mark.parametrize("name", LISTED)
def test_a_vendored_script_has_the_listed_sum(name):
    assert sha256((VENDOR / name).read_bytes()).hexdigest() == LISTED[name]


def test_the_joined_script_is_the_two_published_ones():
    htmx = (VENDOR / "htmx-4.0.1.min.js").read_bytes()
    gate = (VENDOR / "hx-csp-4.0.1.min.js").read_bytes()

    assert (VENDOR / "htmx-with-csp-4.0.1.min.js").read_bytes() == htmx + b"\n" + gate + b"\n"
