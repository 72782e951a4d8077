"""Files with messages: sent whole or in parts, kept once, gone with their message."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clinicweb.chat import attachment_policy, policy
from clinicweb.chat.attachment_actions import TOO_MANY_TODAY, PostFile, post_file
from clinicweb.chat.attachment_models import Attachment, Upload
from clinicweb.chat.attachment_queries import get_file
from clinicweb.chat.editing_actions import ChangeMessage, delete_message
from clinicweb.chat.queries import get_conversation
from clinicweb.chat.upload_actions import append_part, begin_upload, cancel_upload, tidy
from clinicweb.core import clock, db, file_kinds, file_store
from clinicweb.core.errors import Conflict, NotAllowed, NotFound
from clinicweb.core.file_store import MOVED_ON, TOO_LARGE
from clinicweb.core.ids import new_public_id
from tests.chat.world import RULES, journal, messages, open_with, rules_with
from tests.core import sent_files
from tests.core.sent_files import files_in


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    file_store.configure(tmp_path / "files")
    return tmp_path / "files"


@pytest.fixture
def talk(ana) -> str:
    return open_with(ana)


def sent(viewer, talk: str, content: bytes | None = None, **more):
    key = more.pop("key", None) or new_public_id()
    command = PostFile(viewer, talk, key, more.pop("name", "foto.png"))
    chunks = [sent_files.picture("PNG") if content is None else content]
    return post_file(more.pop("rules", RULES), command, chunks)


def file_of(viewer, talk: str):
    return get_conversation(viewer, RULES, talk).messages[-1].file


def begun(viewer, talk: str, size_bytes: int, *, key: str = "", rules=RULES):
    command = PostFile(viewer, talk, key or new_public_id(), "foto.jpg")
    return begin_upload(rules, command, size_bytes=size_bytes)


def rows(table: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_photo_is_a_message_with_a_preview(ana, diaz, talk):
    sent(ana, talk, sent_files.located(), name="../Mi foto.HEIC")

    found = file_of(diaz, talk)
    on_disk = get_file(diaz, RULES, talk, found.public_id)
    assert messages(talk) == [(1, "Mi foto.jpg")]
    assert (found.name, found.kind, found.width, found.height) == ("Mi foto.jpg", "jpg", 48, 64)
    assert on_disk.path.stat().st_size == found.size_bytes
    assert on_disk.preview.read_bytes()[:4] == b"RIFF"
    assert journal(talk)[-1] == ("message.post", ana.patient_id)


def test_the_same_file_sent_again_is_the_same_message(ana, talk, folder):
    key = new_public_id()

    first, again = sent(ana, talk, key=key), sent(ana, talk, key=key)

    assert (first.is_new, again.is_new) == (True, False)
    assert first.message_id == again.message_id
    assert len(files_in(folder)) == 2  # the picture and its preview


@pytest.mark.parametrize(
    ("rules", "content", "reason"),
    [
        (RULES, sent_files.PAGE, file_kinds.UNKNOWN),
        (RULES, b"", file_kinds.EMPTY),
        (rules_with(file_kinds=("pdf",)), None, file_kinds.UNKNOWN),
        (rules_with(file_kinds=()), None, attachment_policy.NO_FILES),
        (rules_with(file_mb=1), bytes(1024 * 1024 + 1), TOO_LARGE),
        (rules_with(is_on=False), None, policy.OFF),
    ],
)
def test_what_is_not_taken_leaves_nothing_behind(ana, talk, folder, *, rules, content, reason):
    with pytest.raises(NotAllowed) as refusal:
        sent(ana, talk, content, rules=rules)

    assert refusal.value.reason == reason
    assert messages(talk) == []
    assert files_in(folder) == []


def test_a_day_has_so_many_files(ana, talk, folder):
    rules = rules_with(files_per_day=1)
    sent(ana, talk, rules=rules)

    with pytest.raises(NotAllowed) as refusal:
        sent(ana, talk, rules=rules)

    assert refusal.value.reason == TOO_MANY_TODAY
    assert len(files_in(folder)) == 2


def test_a_stranger_reaches_no_file(ana, clara, soto, talk):
    sent(ana, talk)
    found = file_of(ana, talk)

    for other in (clara, soto):
        with pytest.raises(NotFound):
            get_file(other, RULES, talk, found.public_id)
        with pytest.raises(NotFound):
            sent(other, talk)
        with pytest.raises(NotFound):
            begun(other, talk, 9)


def test_a_file_is_reached_through_its_own_conversation_alone(ana, clara, talk):
    sent(ana, talk)
    found = file_of(ana, talk)

    with pytest.raises(NotFound):
        get_file(clara, RULES, open_with(clara), found.public_id)
    with pytest.raises(NotFound):
        get_file(ana, RULES, open_with(ana, "soto"), found.public_id)


def test_a_deleted_message_takes_its_file_along(ana, diaz, talk, folder):
    posted = sent(ana, talk)
    found = file_of(ana, talk)

    delete_message(RULES, ChangeMessage(ana, talk, posted.message_id))

    assert files_in(folder) == []
    assert file_of(diaz, talk) is None
    with pytest.raises(NotFound):
        get_file(diaz, RULES, talk, found.public_id)


def test_a_file_goes_on_from_where_the_line_broke(ana, diaz, talk, folder):
    content, key = sent_files.noisy(300, 200), new_public_id()
    upload = begun(ana, talk, len(content), key=key)

    def a_line_that_breaks() -> Iterator[bytes]:
        yield content[:1000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        append_part(RULES, ana, talk, upload.upload_id, a_line_that_breaks(), offset=0)
    again = begun(ana, talk, len(content), key=key)
    with pytest.raises(Conflict) as refusal:
        append_part(RULES, ana, talk, upload.upload_id, [content], offset=0)
    ended = append_part(RULES, ana, talk, again.upload_id, [content[1000:]], offset=1000)

    assert refusal.value.code == MOVED_ON
    assert again == type(again)(upload.upload_id, 1000)
    assert ended.posted.is_new
    assert begun(ana, talk, len(content), key=key).posted.message_id == ended.posted.message_id
    assert file_of(diaz, talk).width == 300
    assert rows(Upload) == 0
    assert len(files_in(folder)) == 2


def test_a_file_that_is_refused_at_its_end_is_forgotten(ana, talk, folder):
    upload = begun(ana, talk, len(sent_files.PAGE))

    with pytest.raises(NotAllowed):
        append_part(RULES, ana, talk, upload.upload_id, [sent_files.PAGE], offset=0)

    assert rows(Upload) == 0
    assert files_in(folder) == []


def test_no_more_arrives_than_was_said(ana, talk):
    upload = begun(ana, talk, 10)

    with pytest.raises(NotAllowed) as refusal:
        append_part(RULES, ana, talk, upload.upload_id, [b"x" * 11], offset=0)

    assert refusal.value.reason == TOO_LARGE


def test_a_cancelled_file_is_gone(ana, talk, folder):
    upload = begun(ana, talk, 10)
    append_part(RULES, ana, talk, upload.upload_id, [b"x"], offset=0)

    cancel_upload(RULES, ana, talk, upload.upload_id)

    assert files_in(folder) == []
    with pytest.raises(NotFound):
        append_part(RULES, ana, talk, upload.upload_id, [b"x"], offset=1)


def test_another_goes_on_with_nobodys_file(ana, diaz, talk):
    upload = begun(ana, talk, 10)

    with pytest.raises(NotFound):
        append_part(RULES, diaz, talk, upload.upload_id, [b"x"], offset=0)
    with pytest.raises(NotFound):
        cancel_upload(RULES, diaz, talk, upload.upload_id)


def test_few_files_are_on_their_way_at_once(ana, talk):
    for _ in range(attachment_policy.MOST_AT_ONCE):
        begun(ana, talk, 10)

    with pytest.raises(NotAllowed) as refusal:
        begun(ana, talk, 10)

    assert refusal.value.reason == attachment_policy.TOO_MANY_AT_ONCE


def test_what_nobody_goes_on_sending_is_swept_and_nothing_else(ana, talk, folder):
    sent(ana, talk)
    begun(ana, talk, 10)
    store = file_store.files_of("chat")
    store.keep(store.arrived(store.begin(1)))  # died between the disk and the row

    assert tidy() == 0
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert tidy() == 2
    assert rows(Upload) == 1
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert tidy() == 1
    assert (rows(Upload), rows(Attachment)) == (0, 1)
    assert len(files_in(folder)) == 2
