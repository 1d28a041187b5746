"""Zip archives that anybody may have written, read so that no other reader can understand them differently.

A zip archive says most things twice, in front of each entry and in the directory at its end, and readers differ in
which they believe, so an archive can show one content to whoever checks it and another to whoever installs it. Here it
has to be the plain form: entries without gaps from the first byte, then the directory, then 22 bytes of end record.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator

from gansurrogate.errors import WheelError
from gansurrogate.plain import printable

MOST_BYTES = 2**31 + 2**24  # of an archive, and of what it holds: an ONNX file has at most 2 GiB
MOST_RATIO = 100  # of the sizes unpacked and packed; weights of a network hardly shrink
MOST_ENTRIES = 64
_MOST_DIRECTORY = 2**16  # bytes
_END = struct.Struct("<4s4H2LH")  # signature, disks, entries, size and place of the directory, length of a comment
_LOCAL = struct.Struct("<4s5H3L2H")  # signature, version, flags, method, time, sizes and lengths
_UTF8 = 0x800
_HARMLESS = _UTF8 | 0x6  # of the flags; two say how hard the packer tried


def contents(data: bytes) -> dict[str, bytes]:
    """The files of a zip archive by their names, in their order in the archive.

    Raises
    ------
    WheelError
        If it is no zip archive, or one that could be read in two ways, write outside of its folder, or fill the memory.
    """
    directory, count = _directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        msg = f"the directory of the zip archive cannot be read: {error}"
        raise WheelError(msg) from error
    if len(entries) != count:
        msg = f"has {len(entries)} entries in its directory and {count} in its end record"
        raise WheelError(msg)
    _check_names([entry.orig_filename for entry in entries])
    total = sum(entry.file_size for entry in entries)
    if total > min(MOST_BYTES, MOST_RATIO * len(data)):
        msg = f"has {len(data)} bytes and says that it unpacks to {total}; at most {MOST_RATIO} times as many are read"
        raise WheelError(msg)
    return {entry.orig_filename: content for entry, content in _walk(data, entries, directory)}


def _directory(data: bytes) -> tuple[int, int]:
    """Where the directory begins and how many entries it has, in an archive whose end record is in order."""
    end = len(data) - _END.size
    last = data.rfind(b"PK\5\6")
    if last < 0:
        msg = "is no zip archive: it has no end record"
        raise WheelError(msg)
    if last != end or data[-2:] != b"\0\0":
        msg = f"has {len(data) - last - _END.size} bytes of other data, or a comment, after the archive"
        raise WheelError(msg)
    _, disk, first_disk, here, entries, size, place, _ = _END.unpack_from(data, end)
    if 0xFFFF in (here, entries) or 0xFFFFFFFF in (size, place) or data[max(0, end - 20) :].startswith(b"PK\6\7"):
        msg = "has numbers of 64 bits (ZIP64), which no wheel of this size needs"
        raise WheelError(msg)
    if disk or first_disk or here != entries:
        msg = "is one part of an archive of several"
        raise WheelError(msg)
    if entries > MOST_ENTRIES or size > _MOST_DIRECTORY:
        msg = f"has {entries} entries in a directory of {size} bytes; at most {MOST_ENTRIES} are read"
        raise WheelError(msg)
    if place + size != end:
        msg = f"has {abs(end - size - place)} bytes too many or too few in front of the archive or of its end record"
        raise WheelError(msg)
    return place, entries


def _check_names(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if (why := _fault(name)) is not None:
            msg = f"the entry {printable(name)[:80]!r} {why}"
            raise WheelError(msg)
        if name.lower() in seen:
            msg = f"has two entries {name!r} (for a system that does not tell small letters from capitals)"
            raise WheelError(msg)
        seen.add(name.lower())


def _fault(name: str) -> str | None:
    """What is wrong with the name of an entry."""
    if not name.isascii() or not name.isprintable():
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


def _walk(data: bytes, entries: list[zipfile.ZipInfo], directory: int) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """The content of each entry, one after the other up to the directory."""
    at = 0
    for entry in entries:
        place = f"the entry {entry.orig_filename!r}"
        if entry.header_offset != at:
            how = "overlaps another one" if entry.header_offset < at else "comes after bytes that belong to no entry"
            msg = f"{place} {how}"
            raise WheelError(msg)
        _check_header(data, entry, place)
        start = at + _LOCAL.size + len(entry.orig_filename)
        at = start + entry.compress_size
        if at > directory:
            msg = f"{place} overlaps the directory of the archive"
            raise WheelError(msg)
        yield entry, _unpacked(data[start:at], entry, place)
    if at != directory:
        msg = f"has {directory - at} bytes that belong to no entry, in front of the directory"
        raise WheelError(msg)


def _check_header(data: bytes, entry: zipfile.ZipInfo, place: str) -> None:
    """The header in front of an entry says what the directory says, and nothing that other readers obey is in it."""
    if entry.flag_bits & ~_HARMLESS:
        how = "is encrypted" if entry.flag_bits & 0x2041 else "has its sizes elsewhere, or is of an unknown kind"
        msg = f"{place} {how} (flags {entry.flag_bits:#x})"
        raise WheelError(msg)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        msg = f"{place} is a symbolic link"
        raise WheelError(msg)
    if kind not in (0, stat.S_IFREG):
        msg = f"{place} is a device or another special file (mode {entry.external_attr >> 16:o})"
        raise WheelError(msg)
    if entry.extra or entry.comment:
        msg = f"{place} has extra fields, which readers understand differently"
        raise WheelError(msg)
    header = data[entry.header_offset : entry.header_offset + _LOCAL.size]
    if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
        msg = f"{place} has no header where the directory says"
        raise WheelError(msg)
    _, _, flags, method, _, _, crc, packed, size, length, extra = _LOCAL.unpack(header)
    begin = entry.header_offset + _LOCAL.size
    if data[begin : begin + length] != entry.orig_filename.encode():
        msg = f"{place} is called {printable(ascii(data[begin : begin + length]))[:80]} in its own header"
        raise WheelError(msg)
    said = (flags | _UTF8, method, crc, packed, size, extra)
    if said != (entry.flag_bits | _UTF8, entry.compress_type, entry.CRC, entry.compress_size, entry.file_size, 0):
        msg = f"{place} has other sizes, flags or extra fields in its own header than in the directory"
        raise WheelError(msg)


def _unpacked(packed: bytes, entry: zipfile.ZipInfo, place: str) -> bytes:
    """What an entry holds; never more than it says is read."""
    content, whole = packed, True
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflating.decompress(packed, entry.file_size + 1)
        except zlib.error as error:
            msg = f"{place} cannot be unpacked: {error}"
            raise WheelError(msg) from error
        whole = inflating.eof and not inflating.unused_data
    elif entry.compress_type != zipfile.ZIP_STORED:
        msg = f"{place} is packed by method {entry.compress_type}; a wheel's are stored or deflated"
        raise WheelError(msg)
    if not whole or len(content) != entry.file_size:
        msg = f"{place} holds another number of bytes than it says ({entry.file_size})"
        raise WheelError(msg)
    if zlib.crc32(content) != entry.CRC:
        msg = f"{place} is damaged: another CRC-32 than it carries"
        raise WheelError(msg)
    return content
