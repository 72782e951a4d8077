"""The vendored scripts are the published ones, and pages load them as one file."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

import clinicweb
from clinicweb.web import assets

VENDOR = Path(clinicweb.__file__).parent / "static" / "vendor"
ROW = re.compile(r"^\| `([\w.-]+\.js)` \| `([0-9a-f]{64})` \|", re.MULTILINE)
LISTED = dict(ROW.findall((VENDOR / "README.md").read_text(encoding="utf-8")))


def test_every_vendored_script_is_listed():
    assert {path.name for path in VENDOR.glob("*.js")} == set(LISTED)


@pytest.mark.parametrize("name", LISTED)
def test_a_vendored_script_has_the_listed_sum(name):
    assert sha256((VENDOR / name).read_bytes()).hexdigest() == LISTED[name]


@pytest.mark.parametrize("name", ["js/portal.js", "js/portal-captcha.js"])
def test_the_gate_comes_in_one_file_with_htmx_right_after_it(name):
    htmx = (VENDOR / "htmx-4.0.1.min.js").read_bytes()
    gate = (VENDOR / "hx-csp-4.0.1.min.js").read_bytes()

    assert htmx + b"\n" + gate + b"\n" in assets.load()[name].plain


def test_a_worker_that_solves_a_captcha_runs_nothing_else():
    served = assets.load()["js/portal-captcha.js"].plain
    solver = (assets.ROOT / "js" / "captcha.js").read_bytes()

    assert served.startswith(solver + b"\nif (self.document) {\n")
    assert served.endswith(b"}")


def test_what_is_served_in_another_file_is_not_served_twice():
    parts = {part for parts in assets.JOINED.values() for part in parts}

    assert not parts & assets.load().keys()
