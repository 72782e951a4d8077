"""A file that has arrived becomes a message, or leaves nothing behind."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from clinicweb.chat import attachment_policy
from clinicweb.chat.actions import Posted
from clinicweb.chat.attachment_models import Attachment
from clinicweb.chat.attachment_queries import STORE
from clinicweb.chat.membership import Place, find_place, lock_place
from clinicweb.chat.models import Message
from clinicweb.chat.writing import (
    announce,
    append,
    mark_own_read,
    note,
    sent_before,
    written_by,
)
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import clamav, file_kinds
from clinicweb.core.db import reading, transaction
from clinicweb.core.decision import check
from clinicweb.core.errors import NotAllowed, TooManyAttempts
from clinicweb.core.file_kinds import Checked
from clinicweb.core.file_names import shown_name
from clinicweb.core.file_store import MIB, files_of
from clinicweb.core.ids import new_public_id
from clinicweb.core.limits import count_attempt
from clinicweb.core.viewer import Viewer

TOO_MANY_TODAY = "file.too_many_today"
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PostFile:
    """*name*: as whoever sends it calls it; ``client_key``: as of any message."""

    viewer: Viewer
    conversation_id: str
    client_key: str
    name: str


@dataclass(frozen=True, slots=True)
class _Kept:
    stored_name: str
    preview_name: str | None
    checked: Checked
    size_bytes: int

    def forget(self) -> None:
        for name in (self.stored_name, self.preview_name):
            if name:
                files_of(STORE).delete(name)


def post_file(rules: ClinicRules, command: PostFile, chunks: Iterable[bytes]) -> Posted:
    """
    A file that comes at once, as a plain form sends it.

    Raises: ``NotFound``, ``NotAllowed`` with what is wrong with it, ``NoRoom``, ``InvalidInput``.
    """
    posted = find_posted(rules, command)
    if posted is not None:
        return posted
    store = files_of(STORE)
    longest = rules.chat.file_mb * MIB
    name = store.begin(longest)
    try:
        store.append(name, chunks, offset=0, longest_bytes=longest)
        return post_arrived(rules, command, store.arrived(name))
    finally:
        store.drop(name)


def find_posted(rules: ClinicRules, command: PostFile) -> Posted | None:
    """
    The message, where it is in already.

    Raises: ``NotFound``; ``NotAllowed``: so nobody sends for minutes what is not taken.
    """
    with reading() as session:
        place = find_place(session, command.viewer, rules, command.conversation_id)
        earlier = sent_before(session, place, command.client_key)
        if earlier is not None:
            return Posted(earlier.public_id, earlier.number, is_new=False)
        check(attachment_policy.may_send(rules.chat, place.facts))
    return None


def post_arrived(rules: ClinicRules, command: PostFile, path: Path) -> Posted:
    """Look at the file at *path*, keep what is made of it, and write its message."""
    with _kept(rules, path) as kept, transaction(command.viewer) as session:
        place = lock_place(session, command.viewer, rules, command.conversation_id)
        earlier = sent_before(session, place, command.client_key)
        if earlier is not None:
            kept.forget()
            return Posted(earlier.public_id, earlier.number, is_new=False)
        check(attachment_policy.may_send(rules.chat, place.facts))
        _count(session, rules, place)
        return _write(session, place, command, kept)


@contextmanager
def _kept(rules: ClinicRules, path: Path) -> Iterator[_Kept]:
    """The files made of *path*; gone when what follows fails.  What a crash leaves is swept."""
    store = files_of(STORE)
    clamav.scan(path)
    with store.workshop() as folder:
        checked = file_kinds.check(path, folder, welcome=rules.chat.file_kinds)
        kept = _Kept(
            store.keep(checked.path),
            store.keep(checked.preview) if checked.preview else None,
            checked,
            checked.path.stat().st_size,
        )
    try:
        yield kept
    except BaseException:
        kept.forget()
        raise


def _count(session: Session, rules: ClinicRules, place: Place) -> None:
    account_id, chat = place.me.account_id, rules.chat
    count_attempt(session, f"chat:{account_id}", limit=chat.messages_per_minute, window=_MINUTE)
    try:
        count_attempt(session, f"chat-files:{account_id}", limit=chat.files_per_day, window=_DAY)
    except TooManyAttempts as error:
        raise NotAllowed(TOO_MANY_TODAY, most=chat.files_per_day) from error


def _write(session: Session, place: Place, command: PostFile, kept: _Kept) -> Posted:
    checked = kept.checked
    name = shown_name(command.name, checked.kind)
    message = append(
        session,
        place.conversation,
        **written_by(place),
        client_key=command.client_key,
        text=name,
    )
    session.flush()
    attachment = Attachment(
        public_id=new_public_id(),
        message_id=message.id,
        kind=checked.kind,
        shown_name=name,
        size_bytes=kept.size_bytes,
        stored_name=kept.stored_name,
        preview_name=kept.preview_name,
        width=checked.width,
        height=checked.height,
    )
    session.add(attachment)
    mark_own_read(place, message)
    note(session, "message.post", place.conversation, number=message.number, file=checked.kind)
    announce(session, place, since=message.change - 1)
    return Posted(message.public_id, message.number, is_new=True)


def drop_file(session: Session, message: Message) -> None:
    """*message* is deleted, and with it its file: the row now, the disk after the commit."""
    found = message.attachment
    if found is None:
        return
    names = [name for name in (found.stored_name, found.preview_name) if name]
    session.delete(found)

    def forget(_session: Session) -> None:
        with suppress(OSError):  # the sweep comes by
            for name in names:
                files_of(STORE).delete(name)

    event.listen(session, "after_commit", forget, once=True)
