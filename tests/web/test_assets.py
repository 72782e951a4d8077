"""Static files: kept for ever under their hash, in the form the browser takes best."""

import gzip

import brotli
import pytest

from clinicweb.web import assets


@pytest.fixture
def style(app):
    with app.test_request_context():
        return assets.url("css/app.css")


PLAIN = (assets.ROOT / "css" / "app.css").read_bytes()
UNPACKED = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        (None, None),
        ("gzip, deflate, br", "br"),
        ("br;q=1.0, gzip;q=0.8", "br"),
        ("gzip", "gzip"),
        ("gzip;q=1.0, br;q=0.1", "gzip"),
        ("gzip, br;q=0", "gzip"),
        ("identity", None),
        ("deflate", None),
        ("br;q=0, gzip;q=0", None),
    ],
)
def test_a_file_comes_in_the_best_form_that_is_accepted(page, style, accepted, encoding):
    answer = page().get(style, headers={"Accept-Encoding": accepted} if accepted else {})

    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == encoding
    assert UNPACKED[encoding](answer.data) == PLAIN
    assert answer.mimetype == "text/css"
    assert "Accept-Encoding" in answer.vary


def test_a_file_is_kept_for_a_year_and_never_asked_for_again(page, style):
    caching = page().get(style).cache_control

    assert (caching.public, caching.immutable, caching.max_age) == (True, True, 365 * 24 * 3600)


def test_a_file_may_be_asked_about(page, style):
    answer = page().head(style)

    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/000000000000/css/app.css",
        "/static/{digest}/css/none.css",
        "/static/{digest}/../../app.py",
        "/static/{digest}/%2e%2e/%2e%2e/app.py",
        "/static/{digest}/..%2f..%2fapp.py",
        "/static/{digest}//etc/passwd",
        "/static/{digest}/css/app.css%00.js",
        "/static/{digest}/css\\app.css",
        "/static/{digest}/",
        "/static/css/app.css",
        "/static/",
        "/app.py",
        "/.git/config",
        "/.env",
        "/var/clinicweb.db",
        "/clinicweb.db",
        "/secret_key",
    ],
)
def test_nothing_else_is_served(page, style, path):
    digest = style.split("/")[2]

    answer = page().get(path.format(digest=digest))

    assert answer.status_code in (404, 308)
    if answer.status_code == 308:
        assert page().get(answer.headers["Location"]).status_code == 404


def test_only_files_for_browsers_are_loaded():
    suffixes = {name.rpartition(".")[2] for name in assets.load()}

    assert suffixes <= {"css", "js", "svg", "txt"}


def test_another_content_has_another_address(tmp_path):
    digests = set()
    for text in ("a{}", "b{}"):
        (tmp_path / "a.css").write_text(text)
        digests.add(assets.load(tmp_path)["a.css"].digest)

    assert len(digests) == 2


def test_the_captchas_solver_is_small():
    plain, solving = (assets.load()[name] for name in ("js/portal.js", "js/portal-captcha.js"))

    assert len(solving.gzip) - len(plain.gzip) <= 2048
