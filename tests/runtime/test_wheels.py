"""Wheels from anybody: what a packaged surrogate is not, is refused, each fault with its own message."""

import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import WheelError
from gansurrogate.packages import archives
from gansurrogate.packages.wheels import INIT, digest, entry_points, name_of_wheel, short_name, surrogate_of_wheel

PACKAGE, INFO = "gansurrogate_model_noisy_sine", "gansurrogate_model_noisy_sine-1.2.dist-info"
SURROGATE, RECORD = f"{PACKAGE}/surrogate.onnx", f"{INFO}/RECORD"
METADATA = b"""\
Metadata-Version: 2.4
Name: gansurrogate-model-noisy-sine
Version: 1.2
Requires-Dist: gansurrogate>=0.1

# text
"""
FILES = {
    f"{PACKAGE}/__init__.py": INIT,
    SURROGATE: b"a surrogate, for whoever reads it",
    f"{PACKAGE}/surrogate.onnx.sig": b"its signature",
    f"{PACKAGE}/README.md": b"# noisy-sine",
    f"{PACKAGE}/CITATION.cff": b"cff-version: 1.2.0",
    f"{INFO}/METADATA": METADATA,
    f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": entry_points("noisy-sine"),
}
PLAIN = 0o100644 << 16


def recorded(files: dict[str, bytes]) -> dict[str, bytes]:
    """`files` with a RECORD that lists them."""
    lines = [f"{name},{digest(content)},{len(content)}\n" for name, content in files.items()]
    return {**files, RECORD: "".join([*lines, f"{RECORD},,\n"]).encode()}


def zipped(files: dict[str, bytes] | list[tuple[str, bytes]], method: int = 0, mode: int = PLAIN) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content in files.items() if isinstance(files, dict) else files:
            entry = zipfile.ZipInfo("x" * len(name), (1980, 1, 1, 0, 0, 0))
            entry.filename, entry.external_attr, entry.compress_type = name, mode, method
            archive.writestr(entry, content)
    return target.getvalue()


def with_file(name: str, content: bytes = b"") -> bytes:
    return zipped(recorded({**FILES, name: content}))


def with_line(line: bytes) -> bytes:
    """With one more line in front of METADATA's requirement."""
    return with_file(f"{INFO}/METADATA", METADATA.replace(b"Requires", line + b"\nRequires", 1))


def without(name: str) -> bytes:
    return zipped(recorded({each: content for each, content in FILES.items() if each != name}))


HONEST = zipped(recorded(FILES))
DIRECTORY = HONEST.index(b"PK\1\2")


def put(at: int, content: bytes, data: bytes = HONEST) -> bytes:
    """`data` with other bytes at a place (from the end if it is negative)."""
    at %= len(data)
    return data[:at] + content + data[at + len(content) :]


def in_directory(offset: int, content: bytes, entry: int = 1, data: bytes = HONEST) -> bytes:
    """Other bytes in the directory's record of an entry; the second is the surrogate."""
    at = -1
    for _ in range(entry + 1):
        at = data.index(b"PK\1\2", at + 1)
    return put(at + offset, content, data)


def inserted(at: int, content: bytes, *, directory_moves: bool) -> bytes:
    """More bytes in front of the directory, which is where it was, or is said to be."""
    data = HONEST[:at] + content + HONEST[at:]
    return put(-6, struct.pack("<L", DIRECTORY + len(content)), data) if directory_moves else data


def bomb(said: int) -> bytes:
    """Ten megabytes of nothing in a few kilobytes, which say that they unpack to `said` bytes."""
    data = zipped({"x": bytes(10**7)}, zipfile.ZIP_DEFLATED)
    size = struct.pack("<L", said)
    return in_directory(24, size, 0, put(22, size, data))


def overlapping() -> bytes:
    """Two entries over the same bytes: the first holds the header and the content of the second, as quoted bombs do."""
    second = zipped({"b": b"content"})[: 30 + 1 + 7]
    data = zipped({"a": second})
    place = data.index(b"PK\1\2")
    record = bytearray(data[place : place + 46] + b"b")
    inner = 31
    crc = zlib.crc32(b"content")
    record[16:28] = struct.pack("<LLL", crc, 7, 7)
    record[42:46] = struct.pack("<L", inner)
    directory = data[place : place + 47] + bytes(record)
    return data[:place] + directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directory), place, 0)


def zip64() -> bytes:
    """The same archive, its directory told in a record of 64 bits."""
    size = len(HONEST) - 22 - DIRECTORY
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 9, 9, size, DIRECTORY)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(HONEST) - 22, 1)
    return HONEST[:-22] + record + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, size, DIRECTORY, 0)


HOSTILE: dict[str, tuple[bytes, str]] = {
    # the archive
    "no archive": (b"PK\3\4 but nothing follows", "is no zip archive"),
    "empty": (b"", "is no zip archive"),
    "cut": (HONEST[:-1], "cut off in its end record"),
    "data after": (HONEST + b"#!/bin/sh\n", "has 10 bytes of other data, or a comment, after the archive"),
    "a comment": (put(-2, b"\5\0") + b"hello", "or a comment, after the archive"),
    "a comment that is not there": (put(-2, b"\5\0"), "or a comment, after the archive"),
    "data before": (b"#!/bin/sh\n" + HONEST, "has 10 bytes too many or too few in front of the archive"),
    "data before, counted": (
        inserted(0, b"#!/bin/sh\n", directory_moves=True), "has no header|comes after bytes that belong to no entry",
    ),
    "data between": (inserted(DIRECTORY, b"hidden", directory_moves=True), "6 bytes that belong to no entry"),
    "data before the end record": (inserted(len(HONEST) - 22, b"hidden", directory_moves=False), "6 bytes too many"),
    "several parts": (put(-18, b"\1\0"), "one part of an archive of several"),
    "ZIP64 end record": (zip64(), "ZIP64"),
    "ZIP64 places": (put(-6, b"\xff\xff\xff\xff"), "ZIP64"),
    "ZIP64 count": (put(-14, b"\xff\xff\xff\xff"), "ZIP64"),
    "ZIP64 sizes": (in_directory(20, b"\xff" * 8), "at most 100 times"),
    "too many entries": (zipped({f"{PACKAGE}/{i}": b"" for i in range(65)}), "has 65 entries; at most 64"),
    "count that lies": (put(-14, b"\x08\0\x08\0"), "has 9 entries in its directory, and 8 by its end record"),
    "longer last name": (in_directory(29, b"\2", 8), "printable ASCII"),
    "extra field": (in_directory(30, b"\1\0"), "extra fields"),
    "comment of an entry": (in_directory(32, b"\1\0"), "extra fields"),
    "damaged directory": (put(DIRECTORY, b"PK\7\7"), "damaged directory"),
    # the names
    "leaves the folder": (with_file(f"{PACKAGE}/../../evil.py"), "leaves the folder"),
    "absolute": (with_file("/etc/profile.d/evil.sh"), "has an absolute path"),
    "drive": (with_file("C:/Windows/evil.dll"), "letter of a drive"),
    "drive without slash": (with_file("c:evil.dll"), "letter of a drive"),
    "backslash": (with_file(f"{PACKAGE}\\..\\evil.py"), "backslash"),
    "NUL": (with_file(f"{PACKAGE}/a\0.py"), "printable ASCII"),
    "look-alike letters": (with_file("gansurr\N{CYRILLIC SMALL LETTER O}gate/__init__.py"), "printable ASCII"),
    "escape sequence": (with_file("\x1b[2J"), "printable ASCII"),
    "empty part": (with_file(f"{PACKAGE}//surrogate.onnx"), "empty part"),
    "dot part": (with_file(f"{PACKAGE}/./surrogate.onnx"), "empty part"),
    "a folder": (with_file(f"{PACKAGE}/"), "is a folder"),
    "other name in front": (put(HONEST.index(SURROGATE.encode()), SURROGATE[:-1].encode() + b"X"), "in its own header"),
    # the entries
    "symbolic link": (zipped(recorded(FILES), mode=stat.S_IFLNK << 16), "symbolic link"),
    "device": (zipped(recorded(FILES), mode=stat.S_IFCHR << 16), "device or another special file"),
    "pipe": (zipped(recorded(FILES), mode=stat.S_IFIFO << 16), "device or another special file"),
    "encrypted": (in_directory(8, b"\1\0"), "is encrypted"),
    "encrypted strongly": (in_directory(8, b"\x41\0"), "is encrypted"),
    "sizes after the content": (in_directory(8, b"\x08\0"), "sizes elsewhere"),
    "encrypted in its own header": (put(6, b"\1\0"), "other sizes, flags or extra fields in its own header"),
    "other size in front": (put(22, b"\1\0\0\0"), "other sizes, flags or extra fields in its own header"),
    "other CRC in front": (put(14, b"\1\0\0\0"), "other sizes, flags or extra fields in its own header"),
    "unknown method": (zipped(recorded(FILES), zipfile.ZIP_BZIP2), "packed by method 12"),
    "size lies": (in_directory(24, b"\5\0\0\0", 0, put(22, b"\5\0\0\0")), "another number of bytes than it says"),
    "flipped bit": (put(HONEST.index(b"a surrogate, for"), b"A"), "damaged: another CRC-32"),
    "bomb": (bomb(10**7), "at most 100 times"),
    "bomb that says it is small": (bomb(1000), r"another number of bytes than it says \(1000\)"),
    "overlapping entries": (overlapping(), "overlaps another one|comes after bytes"),
    # what is in the wheel
    "twice": (zipped([*recorded(FILES).items(), (SURROGATE, b"another")]), "has two entries"),
    "twice but for capitals": (with_file(SURROGATE.upper()), "has two entries"),
    "two surrogates": (with_file(f"{PACKAGE}/other.onnx"), "a second surrogate"),
    "run at every start": (with_file("evil.pth", b"import os"), "Python runs such a file at every start"),
    "code": (with_file(f"{PACKAGE}/more.py"), "code; a packaged surrogate has none"),
    "compiled code": (with_file(f"{PACKAGE}/__init__.cpython-311-x86_64-linux-gnu.so"), "code; a packaged"),
    "another package": (with_file("numpy/__init__.py"), "code; a packaged"),
    "script": (with_file("gansurrogate_model_noisy_sine-1.2.data/scripts/ls"), "pip would install elsewhere"),
    "some file": (with_file(f"{INFO}/direct_url.json"), "has no such file"),
    "two dist-info folders": (with_file("numpy-9.dist-info/METADATA"), "expected one folder"),
    "another kind of wheel": (zipped({"numpy-9.dist-info/METADATA": b""}), "is not a packaged surrogate"),
    "no dist-info": (zipped({SURROGATE: b""}), "is not a packaged surrogate"),
    "no surrogate": (without(SURROGATE), "lacks .*surrogate.onnx"),
    "no card": (without(f"{PACKAGE}/README.md"), "lacks .*README.md"),
    "code in __init__": (with_file(f"{PACKAGE}/__init__.py", b"import os"), "its __init__.py is not the one"),
    "scripts by entry point": (
        with_file(f"{INFO}/entry_points.txt", entry_points("noisy-sine") + b"[console_scripts]\nls = evil:main\n"),
        "its entry points are not the one",
    ),
    "another name by entry point": (
        with_file(f"{INFO}/entry_points.txt", entry_points("numpy")), "its entry points are not the one",
    ),
    "another requirement": (
        with_file(f"{INFO}/METADATA", METADATA.replace(b"\n\n", b"\nRequires-Dist: evil\n\n")),
        "requires gansurrogate>=0.1, evil;",
    ),
    "requirement by URL": (
        with_file(f"{INFO}/METADATA", METADATA.replace(b">=0.1", b" @ https://example.org/x.whl")),
        "requires gansurrogate @",
    ),
    "another distribution": (
        with_file(f"{INFO}/METADATA", METADATA.replace(b"model-noisy-sine", b"")), "METADATA are those of gansurr",
    ),
    "another version": (
        with_file(f"{INFO}/METADATA", METADATA.replace(b": 1.2", b": 99")), "METADATA are those of .* 99;",
    ),
    # METADATA that installers read differently
    "line without a key": (with_line(b"nothing\nRequires-Dist: evil"), "has the line 'nothing', which"),
    "space behind a key": (with_line(b"Requires-Dist : evil"), "has the line 'Requires-Dist : evil'"),
    "continued line": (with_line(b"Summary: x\n Requires-Dist: evil"), "has the line ' Requires-Dist: evil'"),
    "carriage return": (with_line(b"Summary: x\rRequires-Dist: evil"), r"has the line 'Summary: x\\rRequires"),
    "form feed": (with_line(b"Summary: x\x0cRequires-Dist: evil"), r"has the line 'Summary: x\\x0cRequires"),
    "no UTF-8": (with_line(b"Summary: \xff"), r"has the line 'Summary: \\udcff'"),
    "unknown key": (with_line(b"Requires-External: evil"), "has the line 'Requires-External: evil'"),
    "no headers": (with_file(f"{INFO}/METADATA"), "has the line ''"),
    # its RECORD
    "changed surrogate": (zipped({**recorded(FILES), SURROGATE: b"another"}), "another hash or size than its RECORD"),
    "changed size": (
        zipped({**FILES, RECORD: recorded(FILES)[RECORD].replace(b",33\n", b",34\n")}), "another hash or size",
    ),
    "weak hash": (
        zipped({**FILES, RECORD: recorded(FILES)[RECORD].replace(b"sha256=", b"md5=")}), "another hash or size",
    ),
    "unlisted": (zipped({**recorded({**FILES, SURROGATE: b""}), RECORD: f"{RECORD},,\n".encode()}), "does not list"),
    "absent": (zipped({**FILES, RECORD: recorded(FILES)[RECORD] + b"evil.py,,\n"}), "lists evil.py, which it does"),
    "listed twice": (zipped({**FILES, RECORD: recorded(FILES)[RECORD] * 2}), "the same path twice"),
    "no text": (zipped({**FILES, RECORD: b"\xff\xfe"}), "RECORD cannot be read"),
}  # fmt: skip


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[bytes], tuple[bytes, bytes | None]]:
    """What `surrogate_of_wheel` gives for a file of this content."""

    def open_(data: bytes) -> tuple[bytes, bytes | None]:
        (tmp_path / "x.whl").write_bytes(data)
        return surrogate_of_wheel(tmp_path / "x.whl")

    return open_


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_honest_wheel_gives_its_surrogate_and_signature(opened, method: int) -> None:
    assert opened(zipped(recorded(FILES), method)) == (FILES[SURROGATE], b"its signature")
    assert opened(without(f"{PACKAGE}/surrogate.onnx.sig")) == (FILES[SURROGATE], None)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_holds_what_zipfile_finds_in_it(method: int) -> None:
    data = zipped(recorded(FILES), method)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archives.contents(data) == {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_wheel_is_refused_with_its_own_message(opened, name: str) -> None:
    data, message = HOSTILE[name]
    with pytest.raises(WheelError, match=message) as refused:
        opened(data)
    assert "x.whl: " in str(refused.value)
    assert str(refused.value).isprintable()


def test_the_messages_differ() -> None:
    assert len({message for _, message in HOSTILE.values()}) > 40


def test_every_changed_byte_is_noticed() -> None:
    """Everything in a plain archive counts, but who packed it, and permissions."""
    honest, silent = archives.contents(HONEST), set()
    for at in range(len(HONEST)):
        try:
            found = archives.contents(put(at, bytes([HONEST[at] ^ 0x02])))
        except WheelError:
            continue
        assert found == honest
        silent.add(at)
    records = [at for at in range(len(HONEST)) if HONEST[at : at + 4] == b"PK\1\2"]
    assert silent <= {at + offset for at in records for offset in (4, 5, *range(36, 42))}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_damage_by_chance_is_refused_or_read_as_zipfile_reads_it(method: int) -> None:
    random, data, accepted = np.random.default_rng(method), zipped(recorded(FILES), method), 0
    for _ in range(2000):
        damaged = bytearray(data)
        for at in random.integers(len(data), size=random.integers(1, 4)):
            start, length = random.integers(len(data)), random.integers(1, 9)
            piece = data[start : start + length]
            how = random.integers(3)  # another bit, bytes of another place instead of these, or in front of these
            end = at + (1, len(piece), 0)[how]
            damaged[at:end] = piece if how else bytes([damaged[at % len(damaged)] ^ 1 << random.integers(8)])
        try:
            found = archives.contents(bytes(damaged))
        except WheelError:
            continue
        accepted += 1
        with zipfile.ZipFile(io.BytesIO(damaged)) as archive:
            assert found == {name: archive.read(name) for name in archive.namelist()}
    assert 0 < accepted < 100


def test_a_file_too_large_is_not_read(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", len(HONEST) - 1)
    with pytest.raises(WheelError, match="has more than the"):
        opened(HONEST)
    with pytest.raises(WheelError, match="at most 100 times"):
        archives.contents(zipped({"x": bytes(len(HONEST))}))


def test_a_missing_file_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        surrogate_of_wheel(tmp_path / "none.whl")
    assert issubclass(WheelError, gs.SurrogateError)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("noisy-sine", "noisy-sine"), ("Noisy_Sine", "noisy-sine"), ("  Élan vital! (v2) ", "elan-vital-v2"),
        ("2d waves", "2d-waves"), ("日本", ""), ("---", ""),
    ],
)  # fmt: skip
def test_a_name_becomes_a_plain_one(name: str, expected: str) -> None:
    assert short_name(name) == expected
    assert short_name(expected) == expected


def test_the_name_of_a_wheel_is_in_its_file_name() -> None:
    assert name_of_wheel(f"packages/{PACKAGE}-1.2-py3-none-any.whl") == "noisy-sine"
