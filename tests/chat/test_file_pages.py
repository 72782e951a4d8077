"""Files as browsers send and get them (T21)."""

import io

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from clinicweb.core import db, file_store
from clinicweb.core.errors import NoRoom
from clinicweb.core.ids import new_public_id
from tests.accounts.helped import clinic_file
from tests.cast import ANA, CLARA, DIAZ
from tests.chat.test_pages import begin
from tests.core import sent_files
from tests.core.sent_files import files_in
from tests.pages import make_app, sign_in

CHAT = """[chat]
is_on = true
opens = "always"
file_mb = 1
"""
JPEG = sent_files.picture()


@pytest.fixture
def app(clinic_url, tmp_path):
    yield make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, CHAT))
    db.current().dispose()


@pytest.fixture
def ana(page):
    return page(ANA)


@pytest.fixture
def talk(ana):
    return begin(ana)


def send(browser, talk, content=JPEG, name="foto.jpg", button="Enviar archivo"):
    """What a plain form sends, from the page that holds it."""
    browser.get(f"{talk}/archivos")
    form = browser.form(button)
    fields = {key: value for key, value in form.values.items() if key != "file"}
    return post(browser, form.action, {**fields, "file": FileStorage(io.BytesIO(content), name)})


def post(browser, address, fields):
    # Encoded here: the client's own way leaves temporary files open.
    boundary, body = encode_multipart(fields, "a boundary that no file has")
    kind = f'multipart/form-data; boundary="{boundary}"'
    return browser.post(address, data=body, content_type=kind)


def addresses(browser, talk):
    """Where the page says that the file and its preview are."""
    browser.get(talk)
    [box] = [found for found in browser.page.elements("div") if found.get("class") == "file"]
    links = [found.get("href") for found in box.iter("a")]
    return links[-1], [found.get("src") for found in box.iter("img")]


def ask(browser, method, address, **options):
    headers = {"X-CSRFToken": browser.form("#file-form").values["csrf_token"]}
    headers |= options.pop("headers", {})
    return browser.open(address, method=method, headers=headers, **options)


def begin_parts(browser, talk, size, key=None):
    browser.get(talk)
    data = {"name": "foto.jpg", "size": size, "key": key or new_public_id()}
    return ask(browser, "POST", f"{talk}/envios", data=data)


def test_a_photo_is_sent_and_seen_without_scripts(ana, page, talk):
    assert send(ana, talk, sent_files.located(), "Mi foto.jpeg").status_code == 303

    ana.follow()
    assert "El archivo fue enviado." in ana.text()
    diaz = page(DIAZ)
    download, [preview] = addresses(diaz, talk)
    assert "Mi foto.jpg" in diaz.text()
    assert diaz.get(preview).mimetype == "image/webp"
    answer = diaz.get(download)
    assert answer.mimetype == "image/jpeg"
    assert b"Telefono" not in answer.data


def test_a_file_comes_as_something_to_keep_and_never_as_a_page(ana, talk):
    send(ana, talk, sent_files.document(), "診断書.pdf")
    download, previews = addresses(ana, talk)

    answer = ana.get(download)

    headers = answer.headers
    assert previews == []
    assert headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E8%A8%BA%E6%96%AD%E6%9B%B8.pdf" in headers["Content-Disposition"]
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Accept-Ranges"] == "bytes"


def test_a_broken_download_goes_on_where_it_was(ana, talk):
    send(ana, talk, sent_files.document(), "a.pdf")
    download, _ = addresses(ana, talk)
    whole = ana.get(download).data

    rest = ana.get(download, headers={"Range": "bytes=100-"})

    assert rest.status_code == 206
    assert whole[:100] + rest.data == whole
    assert ana.get(download, headers={"Range": "bytes=999999-"}).status_code == 416


def test_whoever_is_not_in_the_conversation_finds_no_file(ana, page, talk):
    send(ana, talk)
    download, [preview] = addresses(ana, talk)
    clara = page(CLARA)
    own = begin(clara)

    for address in (download, preview, f"{talk}/archivos", download.replace(talk, own)):
        assert clara.get(address).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (sent_files.PAGE, "Este tipo de archivo no se acepta aquí"),
        (b"", "El archivo está vacío"),
        (b"\xff\xd8\xff" + bytes(1024 * 1024), "se aceptan hasta 1 MB"),
    ],
)
def test_a_refusal_says_what_can_be_sent(ana, talk, tmp_path, content, words):
    answer = send(ana, talk, content)

    assert answer.status_code == 422
    assert words in ana.text()
    assert ana.form("Enviar archivo").names() == {"csrf_token", "key", "file"}
    assert files_in(tmp_path / "files") == []


def test_several_files_are_a_message_each_and_sent_again_the_same(ana, talk):
    ana.get(f"{talk}/archivos")
    form = ana.form("Enviar archivo")
    fields = {key: value for key, value in form.values.items() if key != "file"}

    for _again in range(2):
        files = [FileStorage(io.BytesIO(JPEG), name) for name in ("a.jpg", "b.jpg", "c.jpg")]
        answer = post(ana, form.action, {**fields, "file": files})
        assert answer.status_code == 303

    ana.get(talk)
    boxes = [found for found in ana.page.elements("div") if found.get("class") == "file"]
    assert len(boxes) == 3


def test_of_several_files_the_one_that_is_refused_is_named(ana, talk):
    ana.get(f"{talk}/archivos")
    form = ana.form("Enviar archivo")
    fields = {key: value for key, value in form.values.items() if key != "file"}
    named = [("a.jpg", JPEG), ("carta <b>.docx", b"no es"), ("c.jpg", JPEG)]
    files = [FileStorage(io.BytesIO(data), name) for name, data in named]

    assert post(ana, form.action, {**fields, "file": files}).status_code == 422

    assert "No se envió «carta <b>.docx»: " in ana.text()
    assert "Antes se envió 1." in ana.text()


def test_nothing_chosen_is_said(ana, talk):
    assert send(ana, talk, b"", "").status_code == 422
    assert "Elija un archivo." in ana.text()


def test_what_is_far_too_large_is_cut_off_with_the_limit_in_words(ana, talk):
    assert send(ana, talk, bytes(18 * 1024 * 1024)).status_code == 413
    assert "se aceptan hasta 1 MB" in ana.text()


def test_a_stranger_sends_no_more_than_any_form(page, talk):
    file = FileStorage(io.BytesIO(bytes(2 * 1024 * 1024)), "a.jpg")

    assert post(page(), f"{talk}/archivos", {"file": file}).status_code == 413


def test_a_full_disk_is_said(ana, talk, monkeypatch):
    def full(*_others):
        raise NoRoom

    monkeypatch.setattr(file_store.FileStore, "begin", full)

    assert send(ana, talk).status_code == 507
    assert "No hay espacio para guardar el archivo" in ana.text()
    assert begin_parts(ana, talk, 9).status_code == 507


def test_parts_are_sent_and_gone_on_with(ana, talk):
    key = new_public_id()
    state = begin_parts(ana, talk, len(JPEG), key).get_json()
    where = {"Upload-Offset": "0"}
    first = ask(ana, "POST", state["url"], data=JPEG[:100], headers=where).get_json()

    twice = ask(ana, "POST", state["url"], data=JPEG[:100], headers=where)
    again = begin_parts(ana, talk, len(JPEG), key).get_json()
    rest = {"Upload-Offset": str(again["offset"])}
    done = ask(ana, "POST", state["url"], data=JPEG[100:], headers=rest).get_json()

    assert (state["offset"], first["offset"], again["offset"]) == (0, 100, 100)
    assert twice.status_code == 409
    assert done["message"]
    assert begin_parts(ana, talk, len(JPEG), key).get_json()["message"] == done["message"]
    assert len(addresses(ana, talk)[1]) == 1


def test_what_a_part_says_is_looked_at(ana, page, talk):
    state = begin_parts(ana, talk, len(JPEG)).get_json()
    diaz = page(DIAZ)
    diaz.get(talk)

    for offset in ("", "-1", "1e3", "9" * 11, "٣"):
        headers = {"Upload-Offset": offset}
        assert ask(ana, "POST", state["url"], data=b"x", headers=headers).status_code == 409
    too_much = ask(ana, "POST", state["url"], data=JPEG * 2, headers={"Upload-Offset": "0"})
    assert too_much.get_json()["problem"].startswith("El archivo es demasiado grande")
    others = ask(diaz, "POST", state["url"], data=JPEG, headers={"Upload-Offset": "0"})
    assert others.status_code == 404
    diaz.get(talk)
    assert ask(diaz, "POST", f"{state['url']}/cancelar").status_code == 404
    assert begin_parts(ana, talk, 2 * 1024 * 1024).status_code == 422
    assert begin_parts(ana, talk, 0).status_code == 422


def test_a_cancelled_file_is_forgotten(ana, talk, tmp_path):
    state = begin_parts(ana, talk, len(JPEG)).get_json()

    assert ask(ana, "POST", f"{state['url']}/cancelar").status_code == 204

    assert files_in(tmp_path / "files") == []
    gone = ask(ana, "POST", state["url"], data=JPEG, headers={"Upload-Offset": "0"})
    assert gone.status_code == 404


def test_a_deleted_message_shows_no_file(ana, talk, tmp_path):
    send(ana, talk)
    download, [preview] = addresses(ana, talk)

    ana.get(talk)
    ana.click("Corregir")
    ana.form("Eliminar el mensaje").submit()

    assert ana.get(download).status_code == ana.get(preview).status_code == 404
    assert files_in(tmp_path / "files") == []


def test_a_clinic_without_files_offers_none(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path, clinic=clinic_file(tmp_path, CHAT + "file_kinds = []\n"))
    ana = sign_in(app, ANA)
    talk = begin(ana)

    assert "Enviar una foto" not in ana.text()
    assert ana.get(f"{talk}/archivos").status_code == 303
    db.current().dispose()
