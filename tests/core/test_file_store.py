"""Files on disk: whole or not at all (T21, T28)."""

import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from clinicweb.core import file_store
from clinicweb.core.errors import Conflict, NoRoom, NotAllowed, NotFound
from clinicweb.core.file_store import BUSY, MOVED_ON, TOO_LARGE, FileStore
from tests.core.sent_files import files_in

TEN_MB = 10 * file_store.MIB
NOW = timedelta(seconds=-60)  # older than a moment that is still to come: everything


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@contextmanager
def a_full_disk(after_bytes: int) -> Iterator[None]:
    """No file grows beyond so many bytes, as where there is no room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_arrives_in_parts_and_is_kept(store, tmp_path):
    name = store.begin(6)

    assert store.append(name, [b"ab", b"c"], offset=0, longest_bytes=6) == 3
    assert store.received(name) == 3
    assert store.append(name, [b"def"], offset=3, longest_bytes=6) == 6
    kept = store.keep(store.arrived(name))

    assert store.path_of(kept).read_bytes() == b"abcdef"
    store.drop(name)
    assert [stat.S_IMODE(path.stat().st_mode) for path in files_in(tmp_path)] == [0o600]
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700


def test_a_part_that_starts_elsewhere_is_refused(store):
    name = store.begin(6)
    store.append(name, [b"abc"], offset=0, longest_bytes=6)

    with pytest.raises(Conflict) as refusal:
        store.append(name, [b"abc"], offset=0, longest_bytes=6)

    assert refusal.value.code == MOVED_ON
    assert store.received(name) == 3


def test_two_windows_do_not_write_one_file(store):
    name = store.begin(6)

    def a_part_meanwhile() -> Iterator[bytes]:
        yield b"abc"
        with pytest.raises(Conflict) as refusal:
            store.append(name, [b"xyz"], offset=0, longest_bytes=6)
        assert refusal.value.code == BUSY
        yield b"def"

    assert store.append(name, a_part_meanwhile(), offset=0, longest_bytes=6) == 6


def test_one_byte_more_than_ten_megabytes_is_too_many(store):
    name = store.begin(TEN_MB)
    store.append(name, [b"a" * TEN_MB], offset=0, longest_bytes=TEN_MB)

    with pytest.raises(NotAllowed) as refusal:
        store.append(name, [b"a"], offset=TEN_MB, longest_bytes=TEN_MB)

    assert refusal.value.reason == TOO_LARGE
    assert refusal.value.values == {"longest_mb": 10}
    assert store.received(name) == TEN_MB


def test_a_broken_line_leaves_what_had_arrived(store):
    name = store.begin(6)

    def a_line_that_breaks() -> Iterator[bytes]:
        yield b"abc"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.append(name, a_line_that_breaks(), offset=0, longest_bytes=6)

    assert store.received(name) == 3


def test_a_full_disk_is_told_and_keeps_nothing_of_the_part(store):
    name = store.begin(6)
    store.append(name, [b"abc"], offset=0, longest_bytes=TEN_MB)

    with a_full_disk(50_000), pytest.raises(NoRoom):
        store.append(name, [b"x" * 60_000], offset=3, longest_bytes=TEN_MB)

    assert store.received(name) == 3
    assert store.append(name, [b"x" * 60_000], offset=3, longest_bytes=TEN_MB) == 60_003


def test_a_full_disk_leaves_no_half_file_of_what_was_being_made(store, tmp_path):
    with a_full_disk(5_000), pytest.raises(NoRoom), store.workshop() as folder:
        (folder / "made").write_bytes(b"x" * 60_000)

    assert files_in(tmp_path) == []


def test_the_last_of_the_disk_is_not_for_files(store, tmp_path, monkeypatch):
    monkeypatch.setattr(file_store, "RESERVE_BYTES", 1 << 60)

    with pytest.raises(NoRoom):
        store.begin(1)

    assert files_in(tmp_path) == []


def test_files_that_no_row_tells_of_are_swept(store, tmp_path):
    arriving, gone = store.begin(1), store.begin(1)
    kept, orphan = store.keep(store.arrived(gone)), store.keep(store.arrived(gone))
    (tmp_path / "files/incoming/made-abc").mkdir()

    def sweep(older_than: timedelta) -> int:
        return store.sweep(
            arriving=lambda names: {arriving} & set(names),
            kept=lambda names: {kept} & set(names),
            older_than=older_than,
        )

    assert sweep(timedelta(hours=1)) == 0
    assert sweep(NOW) == 3
    assert {path.name for path in files_in(tmp_path)} == {arriving, kept}
    with pytest.raises(NotFound):
        store.path_of(orphan)
    with pytest.raises(NotFound):
        store.received(gone)


@pytest.mark.parametrize("name", ["", "..", "../secret_key", "a" * 31, "A" * 32, "0" * 32])
def test_what_is_no_name_of_a_file_leads_nowhere(store, tmp_path, name):
    (tmp_path / "secret_key").write_text("x")

    for act in (store.path_of, store.received, store.arrived):
        with pytest.raises(NotFound):
            act(name)


_SENDER = """
import sys, time
from pathlib import Path
from clinicweb.core.file_store import FileStore
store = FileStore(Path(sys.argv[1]))
def slowly():
    while True:
        yield b"x" * 1000
        print(flush=True)
store.append(store.begin(1), slowly(), offset=0, longest_bytes=1 << 40)
"""


def test_what_a_killed_process_was_receiving_is_whole_to_its_last_byte_and_swept(store, tmp_path):
    command = [sys.executable, "-c", _SENDER, str(tmp_path / "files")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ}) as sender:
        for _ in range(50):
            sender.stdout.readline()
        sender.send_signal(signal.SIGKILL)
    [left] = files_in(tmp_path)
    assert left.stat().st_size >= 50_000

    swept = store.sweep(arriving=lambda _: (), kept=lambda _: (), older_than=NOW)

    assert swept == 1
    assert files_in(tmp_path) == []
