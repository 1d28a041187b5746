"""A file is written wholly or not at all."""

import errno
import os
import re
import sys
from pathlib import Path

import pytest

from gansurrogate.errors import OutputError
from gansurrogate.files import atomic_folder, atomic_write, check_writable


def test_a_new_file_appears_with_its_content_and_nothing_beside_it(tmp_path):
    path = tmp_path / "signals.npy"
    with atomic_write(path) as file:
        file.write(b"content")
        assert not path.exists()
    assert path.read_bytes() == b"content"
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_file_is_there_until_the_new_one_is_complete(tmp_path):
    path = tmp_path / "signals.npy"
    path.write_bytes(b"old")
    with atomic_write(str(path)) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_written_can_be_read_back_before_it_is_put_in_place(tmp_path):
    with atomic_write(tmp_path / "a") as file:
        file.write(b"content")
        file.seek(0)
        assert file.read() == b"content"


def test_what_a_file_is_made_from_is_not_overwritten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"model")
    (tmp_path / "link.onnx").symlink_to("model.onnx")
    for path in ("model.onnx", tmp_path / "model.onnx", "link.onnx"):
        with pytest.raises(OutputError, match="it is what the output is made from; give another name"):
            check_writable(path, b"bytes", None, "noisy-sine", "model.onnx")
    assert check_writable("other.onnx", "model.onnx").name == "other.onnx"


@pytest.mark.parametrize("error", [ValueError("bad"), KeyboardInterrupt(), SystemExit(3)], ids=repr)
@pytest.mark.parametrize("old", [b"old", None])
def test_an_error_while_writing_leaves_the_old_file_and_no_temporary(tmp_path, error, old):
    path = tmp_path / "signals.npy"
    if old is not None:
        path.write_bytes(old)

    def write(file):
        file.write(b"half")
        raise error

    with pytest.raises(type(error)) as caught, atomic_write(path) as file:
        write(file)
    assert caught.value is error
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == ({} if old is None else {"signals.npy": old})


@pytest.mark.parametrize("old", [None, "file", "empty folder"])
def test_a_folder_is_there_whole_and_replaces_what_has_no_content(tmp_path, old):
    path = tmp_path / "models"
    if old:
        path.mkdir() if old == "empty folder" else path.write_bytes(b"old")
    with atomic_folder(path) as folder:
        (folder / "a").write_bytes(b"1")
        assert folder.parent == tmp_path
        assert not (path / "a").exists()
    assert (path / "a").read_bytes() == b"1"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError()])
def test_a_folder_that_fails_half_way_is_not_there(tmp_path, error):
    def fill(folder):
        (folder / "a").mkdir()
        raise error

    with pytest.raises(type(error)) as caught, atomic_folder(tmp_path / "models") as folder:
        fill(folder)
    assert caught.value is error
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_content_stays(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "old").write_bytes(b"old")
    message = rf"^cannot write {re.escape(str(tmp_path / 'models'))}: .*; nothing was written there"
    with pytest.raises(OutputError, match=message), atomic_folder(tmp_path / "models") as folder:
        (folder / "new").write_bytes(b"new")
    assert [str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*")] == ["models", "models/old"]


@pytest.mark.parametrize("place", ["missing/a.npy", "file/a.npy", "folder"])
def test_a_place_that_takes_no_file_is_an_output_error(tmp_path, place):
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "folder").mkdir()
    path = tmp_path / place
    message = rf"^cannot write {re.escape(str(path))}: .*nothing was written there"
    with pytest.raises(OutputError, match=message), atomic_write(path) as file:
        file.write(b"content")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "folder"]
    assert (tmp_path / "file").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("place", "reason"),
    [("missing/a.npy", "the folder .*missing does not exist; make it first"), ("folder", "it is a folder")],
)
def test_a_place_can_be_checked_before_the_work(tmp_path, place, reason):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=reason):
        check_writable(tmp_path / place)
    assert check_writable(str(tmp_path / "a.npy")) == tmp_path / "a.npy"
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX resource limits")
def test_a_full_disk_leaves_the_old_file_and_no_temporary(run_python, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "signals.npy").write_bytes(b"old")
    program = """
import resource, sys
from gansurrogate.errors import OutputError
from gansurrogate.files import atomic_write
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    with atomic_write(sys.argv[1]) as file:
        file.write(bytes(int(sys.argv[2])))
except OutputError as error:
    print(error)
"""
    for size in (4097, 100_000, 10_000_000):  # fails when flushed, or when written
        message = run_python(program, folder / "signals.npy", size).stdout
        assert message.startswith(f"cannot write {folder / 'signals.npy'}: {os.strerror(errno.EFBIG)}")
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == {"signals.npy": b"old"}
    assert run_python(program, folder / "signals.npy", 4096).stdout == ""
    assert (folder / "signals.npy").read_bytes() == bytes(4096)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_error_names_its_cause(tmp_path):
    """Writing to a full device from inside: the sentence says what the system says."""

    def write(file):
        file.write(b"content")
        with Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"content")

    with pytest.raises(OSError, match="No space left on device") as caught, atomic_write(tmp_path / "a") as file:
        write(file)
    assert not isinstance(caught.value, OutputError)  # another file's failure is not blamed on this one
    assert list(tmp_path.iterdir()) == []
