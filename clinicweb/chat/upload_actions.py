"""
Files that arrive in parts, over a line that breaks: begun, gone on with, ended, given up.

How many bytes are there, the file on disk says: what arrived before a line broke, or before the
server died, is not sent again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from clinicweb.chat import attachment_policy
from clinicweb.chat.actions import Posted
from clinicweb.chat.attachment_actions import PostFile, find_posted, post_arrived
from clinicweb.chat.attachment_models import Attachment, Upload
from clinicweb.chat.attachment_queries import STORE
from clinicweb.chat.membership import Place, find_place, lock_place
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clock, file_kinds
from clinicweb.core.db import bookkeeping, reading
from clinicweb.core.decision import check
from clinicweb.core.errors import NotAllowed, NotFound
from clinicweb.core.file_store import MIB, TOO_LARGE, files_of
from clinicweb.core.ids import new_public_id
from clinicweb.core.text import clean_line
from clinicweb.core.viewer import Viewer

_GOOD_FOR = timedelta(hours=24)
# A file is on disk before its row is: for so long it may be without one.
_SWEPT_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class UploadState:
    """*received*: from which byte to go on; *posted*: the message, once all is there."""

    upload_id: str
    received: int
    posted: Posted | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    upload_id: str
    stored_name: str
    size_bytes: int
    command: PostFile


def begin_upload(rules: ClinicRules, command: PostFile, *, size_bytes: int) -> UploadState:
    """
    A place for the file; the same again for the same key, with what has arrived of it.

    Raises: ``NotFound``, ``NotAllowed`` with the reason, ``NoRoom``, ``InvalidInput``.
    """
    posted = find_posted(rules, command)
    if posted is not None:
        return UploadState("", size_bytes, posted)
    if size_bytes > rules.chat.file_mb * MIB:
        raise NotAllowed(TOO_LARGE, longest_mb=rules.chat.file_mb)
    if size_bytes < 1:
        raise NotAllowed(file_kinds.EMPTY)
    with bookkeeping() as session:
        place = lock_place(session, command.viewer, rules, command.conversation_id)
        upload = _begun(session, place, command) or _begin(session, place, command, size_bytes)
        return UploadState(upload.public_id, files_of(STORE).received(upload.stored_name))


def _begun(session: Session, place: Place, command: PostFile) -> Upload | None:
    """The same that was begun before; one that is too old makes room."""
    query = select(Upload).where(
        Upload.account_id == place.me.account_id,
        Upload.conversation_id == place.conversation.id,
        Upload.client_key == command.client_key,
    )
    found = session.scalar(query)
    if found is not None and found.expires_at <= clock.now():
        session.delete(found)
        session.flush()
        return None
    return found


def _begin(session: Session, place: Place, command: PostFile, size_bytes: int) -> Upload:
    own = Upload.account_id == place.me.account_id
    count = session.scalar(
        select(func.count()).select_from(Upload).where(own, Upload.expires_at > clock.now())
    )
    check(attachment_policy.may_begin(count or 0))
    upload = Upload(
        public_id=new_public_id(),
        account_id=place.me.account_id,
        conversation_id=place.conversation.id,
        client_key=command.client_key,
        typed_name=clean_line(command.name)[:255],
        size_bytes=size_bytes,
        stored_name=files_of(STORE).begin(size_bytes),
        expires_at=clock.now() + _GOOD_FOR,
    )
    session.add(upload)
    return upload


def append_part(
    rules: ClinicRules,
    viewer: Viewer,
    conversation_id: str,
    upload_id: str,
    chunks: Iterable[bytes],
    *,
    offset: int,
) -> UploadState:
    """
    Write a part; with the last one the file becomes a message.

    Raises: as ``file_store.append`` and ``post_file``; one that is not taken is forgotten.
    """
    found = _find(rules, viewer, conversation_id, upload_id)
    store = files_of(STORE)
    received = store.append(
        found.stored_name, chunks, offset=offset, longest_bytes=found.size_bytes
    )
    if received < found.size_bytes:
        return UploadState(upload_id, received)
    try:
        posted = post_arrived(rules, found.command, store.arrived(found.stored_name))
    except NotAllowed:
        _forget(found)
        raise
    _forget(found)
    return UploadState(upload_id, received, posted)


def cancel_upload(rules: ClinicRules, viewer: Viewer, conversation_id: str, upload_id: str) -> None:
    """Raises ``NotFound``."""
    _forget(_find(rules, viewer, conversation_id, upload_id))


def _find(rules: ClinicRules, viewer: Viewer, conversation_id: str, upload_id: str) -> _Found:
    with reading() as session:
        place = find_place(session, viewer, rules, conversation_id)
        upload = session.scalar(
            select(Upload).where(
                Upload.public_id == upload_id,
                Upload.account_id == place.me.account_id,
                Upload.conversation_id == place.conversation.id,
                Upload.expires_at > clock.now(),
            )
        )
        if upload is None:
            raise NotFound
        command = PostFile(viewer, conversation_id, upload.client_key, upload.typed_name)
        return _Found(upload_id, upload.stored_name, upload.size_bytes, command)


def _forget(found: _Found) -> None:
    with bookkeeping() as session:
        session.execute(delete(Upload).where(Upload.public_id == found.upload_id))
    files_of(STORE).drop(found.stored_name)


def tidy() -> int:
    """Forget what nobody went on sending, and files that no row tells of; how many of these."""
    with bookkeeping() as session:
        session.execute(delete(Upload).where(Upload.expires_at <= clock.now()))
    return files_of(STORE).sweep(arriving=_arriving, kept=_kept, older_than=_SWEPT_AFTER)


def _arriving(names: Collection[str]) -> set[str]:
    with reading() as session:
        query = select(Upload.stored_name).where(Upload.stored_name.in_(names))
        return set(session.scalars(query))


def _kept(names: Collection[str]) -> set[str]:
    """Of *names*, those of a message; a folder holds some hundred at most."""
    with reading() as session:
        return {
            str(name)
            for column in (Attachment.stored_name, Attachment.preview_name)
            for name in session.scalars(select(column).where(column.in_(names)))
        }
