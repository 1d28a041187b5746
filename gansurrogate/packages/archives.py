"""Zip archives that anybody may have written, read so that no other reader can understand them differently.

A zip archive says most things twice, in front of each entry and in the directory at its end, and readers differ in
which they believe, so an archive can show one content to whoever checks it and another to whoever installs it. Here it
has to be the plain form: entries without gaps from the first byte, then the directory, then 22 bytes of end record.
"""

import re
import stat
import struct
import zlib
from typing import NamedTuple

from gansurrogate.errors import WheelError
from gansurrogate.plain import printable

MOST_BYTES = 2**31 + 2**24  # of an archive, and of what it holds: an ONNX file has at most 2 GiB
MOST_RATIO = 100  # of the sizes unpacked and packed; weights of a network hardly shrink
MOST_ENTRIES = 64
_END = struct.Struct("<4s4H2LH")  # signature; disks, entries; size and place of the directory; length of a comment
_RECORD = struct.Struct("<8x2H4x3L4H2x2L")  # one of the directory, without what no reader obeys
_HEADER = 30  # bytes in front of an entry's name: what bytes 6 to 32 of its record say, again
_STORED, _DEFLATED = 0, 8
_HARMLESS = 0x806  # flags: names are UTF-8, and how hard the packer tried


class Entry(NamedTuple):
    """One record of the directory.

    Attributes
    ----------
    name : str
    said : bytes
        What the header in front of the entry has to repeat.
    flags, method, crc, packed, size, mode, place : int
        `packed` and `size` in bytes; `mode` as Unix has it; `place` of the header.
    """

    name: str
    said: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    place: int

    def __str__(self) -> str:
        return f"the entry {self.name!r}"


def contents(data: bytes) -> dict[str, bytes]:
    """The files of a zip archive by their names, in their order in the archive.

    Raises
    ------
    WheelError
        If it is no zip archive, or one that could be read in two ways, write outside of its folder, or fill the memory.
    """
    place, count = _end(data)
    entries = _directory(data, place, count)
    total = sum(entry.size for entry in entries)
    if total > min(MOST_BYTES, MOST_RATIO * len(data)):
        msg = f"has {len(data)} bytes and says that it unpacks to {total}; at most {MOST_RATIO} times as many are read"
        raise WheelError(msg)
    files, at = {}, 0
    for entry in sorted(entries, key=lambda entry: entry.place):
        if entry.place != at:
            how = "overlaps another one" if entry.place < at else "comes after bytes that belong to no entry"
            msg = f"{entry} {how}"
            raise WheelError(msg)
        start = at + _HEADER + len(entry.name)
        at = start + entry.packed
        if at > place:
            msg = f"{entry} overlaps the directory of the archive"
            raise WheelError(msg)
        _check_header(data[entry.place : start], entry)
        files[entry.name] = _unpacked(data[start:at], entry)
    if at != place:
        msg = f"has {place - at} bytes that belong to no entry, in front of the directory"
        raise WheelError(msg)
    return files


def _end(data: bytes) -> tuple[int, int]:
    """Where the directory begins and how many entries it has, by an end record that is in order."""
    end = len(data) - _END.size
    last = data.rfind(b"PK\5\6")
    if last < 0:
        msg = "is no zip archive: it has no end record"
        raise WheelError(msg)
    if last > end:
        msg = "is cut off in its end record; get it again"
        raise WheelError(msg)
    if last < end or data[-2:] != b"\0\0":
        msg = f"has {len(data) - last - _END.size} bytes of other data, or a comment, after the archive"
        raise WheelError(msg)
    _, disk, first_disk, here, entries, size, place, _ = _END.unpack_from(data, end)
    if 0xFFFF in (here, entries) or 0xFFFFFFFF in (size, place) or data[max(0, end - 20) :].startswith(b"PK\6\7"):
        msg = "has numbers of 64 bits (ZIP64), which no wheel of this size needs"
        raise WheelError(msg)
    if disk or first_disk or here != entries:
        msg = "is one part of an archive of several"
        raise WheelError(msg)
    if entries > MOST_ENTRIES:
        msg = f"has {entries} entries; at most {MOST_ENTRIES} are read"
        raise WheelError(msg)
    if place + size != end:
        msg = f"has {abs(end - size - place)} bytes too many or too few in front of the archive or of its end record"
        raise WheelError(msg)
    return place, entries


def _directory(data: bytes, place: int, count: int) -> list[Entry]:
    """The records from `place` up to the end record."""
    entries: dict[str, Entry] = {}
    end = len(data) - _END.size
    while place < end:
        start = place + _RECORD.size
        if start > end or data[place : place + 4] != b"PK\1\2":
            msg = "has a damaged directory"
            raise WheelError(msg)
        record = _RECORD.unpack_from(data, place)
        flags, method, crc, packed, size, length, extra, comment, disk, attributes, where = record
        name = data[start : start + length].decode("latin-1")
        entry = Entry(name, data[place + 6 : place + 32], flags, method, crc, packed, size, attributes >> 16, where)
        if (why := _fault(name)) is not None:
            msg = f"the entry {printable(ascii(name))[:80]} {why}"
            raise WheelError(msg)
        if extra or comment or disk:
            msg = f"{entry} has extra fields, which readers understand differently"
            raise WheelError(msg)
        if name.lower() in entries:
            msg = f"has two entries {name!r} (for a system that does not tell small letters from capitals)"
            raise WheelError(msg)
        entries[name.lower()] = entry
        place = start + length
    if place != end or len(entries) != count:
        msg = f"has {len(entries)} entries in its directory, and {count} by its end record"
        raise WheelError(msg)
    return list(entries.values())


def _fault(name: str) -> str | None:
    """What is wrong with the name of an entry."""
    if not name.isascii() or not name.isprintable() or not name:
        return "has a name with other characters than printable ASCII"
    if "\\" in name:
        return "has a backslash in its name, which is a folder on Windows"
    if name.startswith("/"):
        return "has an absolute path"
    if re.match(r"[A-Za-z]:", name):
        return "has the letter of a drive in its path"
    parts = name.split("/")
    if ".." in parts:
        return "leaves the folder it is unpacked to"
    if parts[-1] == "":
        return "is a folder; an archive holds files"
    return "has an empty part in its path" if "" in parts or "." in parts else None


def _check_header(header: bytes, entry: Entry) -> None:
    """An entry is a plain file, and the header in front of it says what the directory says."""
    if entry.flags & ~_HARMLESS:
        how = "is encrypted" if entry.flags & 0x2041 else "has its sizes elsewhere, or is of an unknown kind"
        msg = f"{entry} {how} (flags {entry.flags:#x})"
        raise WheelError(msg)
    if stat.S_ISLNK(entry.mode):
        msg = f"{entry} is a symbolic link"
        raise WheelError(msg)
    if stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG):
        msg = f"{entry} is a device or another special file (mode {entry.mode:o})"
        raise WheelError(msg)
    if header[:4] != b"PK\3\4":
        msg = f"{entry} has no header where the directory says"
        raise WheelError(msg)
    if header[_HEADER:] != entry.name.encode():
        msg = f"{entry} has another name in its own header: {ascii(header[_HEADER:])[:80]}"
        raise WheelError(msg)
    if header[4:_HEADER] != entry.said:
        msg = f"{entry} has other sizes, flags or extra fields in its own header than in the directory"
        raise WheelError(msg)


def _unpacked(packed: bytes, entry: Entry) -> bytes:
    """What an entry holds; never more than it says is read."""
    content, whole = packed, True
    if entry.method == _DEFLATED:
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflating.decompress(packed, entry.size + 1)
        except zlib.error as error:
            msg = f"{entry} cannot be unpacked: {error}"
            raise WheelError(msg) from error
        whole = inflating.eof and not inflating.unused_data
    elif entry.method != _STORED:
        msg = f"{entry} is packed by method {entry.method}; a wheel's are stored or deflated"
        raise WheelError(msg)
    if not whole or len(content) != entry.size:
        msg = f"{entry} holds another number of bytes than it says ({entry.size})"
        raise WheelError(msg)
    if zlib.crc32(content) != entry.crc:
        msg = f"{entry} is damaged: another CRC-32 than it carries"
        raise WheelError(msg)
    return content
