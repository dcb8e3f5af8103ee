"""The central directory of a zip archive (PKWARE APPNOTE 6.3.10), read in pieces and not believed.

The standard library's reader is not used: it builds all entries at once, loses the data of a member
whose checksum is wrong, and knows neither zstd (before Python 3.14) nor archives without a directory.
"""

from __future__ import annotations

import calendar
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from explorer.bundle.ledger import Damage
from explorer.bundle.source import SeekableFile

END: Final = b"PK\x05\x06"
LOCAL: Final = b"PK\x03\x04"
ENTRY: Final = b"PK\x01\x02"
END_BYTES: Final = 22
LOCAL_BYTES: Final = 30

_ENTRY: Final = struct.Struct("<4s4B4HL2L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_LONGEST_TAIL: Final = END_BYTES + 0xFFFF
_PIECE: Final = 256 << 10


@dataclass(frozen=True, slots=True)
class ZipMember:
    """What the directory says of one member.

    Attributes:
        flags: general purpose bits: 0 encrypted, 3 sizes follow the data, 11 the name is UTF-8.
        method: of compression.
        crc: of the unpacked bytes; None where it is not known beforehand.
        size: unpacked bytes, -1 if not known.
        packed: bytes in the archive, -1 if not known.
        offset: of the local header in the file.
        mode: Unix file mode, 0 if none is given.
    """

    name: bytes
    flags: int
    method: int
    crc: int | None
    size: int
    packed: int
    mtime_ns: int
    offset: int
    mode: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a directory entry."""
        return self.name.endswith((b"/", b"\\")) or stat.S_ISDIR(self.mode)

    @property
    def is_special(self) -> bool:
        """Whether it is a link, a device or a pipe."""
        return stat.S_IFMT(self.mode) not in {0, stat.S_IFREG, stat.S_IFDIR}


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the directory lies.

    Attributes:
        begin: offset of its first entry.
        end: offset behind its last entry.
        count: of entries, as declared.
        shift: bytes in front of the archive that its own offsets do not count.
        trailing: bytes behind the archive.
        ambiguous: there is a second end record that fits.
    """

    begin: int
    end: int
    count: int
    shift: int
    trailing: int
    ambiguous: bool = False


def find_directory(file: SeekableFile) -> Directory | None:
    """The directory that the end of the file points to; None if there is none (a cut archive, or no zip)."""
    tail_at = max(0, file.size - _LONGEST_TAIL)
    tail = file.read_at(tail_at, _LONGEST_TAIL)
    found: list[Directory] = []
    at = tail.rfind(END)
    while at >= 0 and len(found) < 2:
        directory = _directory_before(file, tail_at + at, tail[at : at + END_BYTES])
        if directory is not None and (not found or not directory.trailing):
            found.append(directory)  # one with bytes behind it lies in a member of the other
        at = tail.rfind(END, 0, at)
    if not found:
        return None
    best = max(found, key=lambda directory: directory.count > 0)
    return replace(best, ambiguous=len(found) > 1)


def _directory_before(file: SeekableFile, at: int, record: bytes) -> Directory | None:
    if len(record) < END_BYTES:
        return None
    _, _, _, _, count, size, offset, comment = _END.unpack(record)
    trailing = file.size - (at + END_BYTES + comment)
    if trailing < 0:
        return None
    end = at
    if count == 0xFFFF or size == 0xFFFFFFFF or offset == 0xFFFFFFFF:
        large = _zip64_end(file, at)
        if large is not None:
            end, count, size, offset = large
    begin = end - size
    if begin < 0:
        return None
    if size >= _ENTRY.size and file.read_at(begin, 4) != ENTRY:
        return None
    return Directory(begin, end, count, max(0, begin - offset), trailing)


def _zip64_end(file: SeekableFile, at: int) -> tuple[int, int, int, int] | None:
    """Offset of the zip64 end record before the end record at ``at``; count, size and offset in it."""
    locator = file.read_at(at - 20, 20) if at >= 20 else b""
    if locator[:4] != b"PK\x06\x07":
        return None
    declared = int.from_bytes(locator[8:16], "little")
    for place in (declared, at - 20 - 56):  # the second: where something was put in front of the archive
        record = file.read_at(place, 56) if 0 <= place < file.size else b""
        if len(record) == 56 and record[:4] == b"PK\x06\x06":
            count, size, offset = struct.unpack("<3Q", record[32:56])
            return place, count, size, offset
    return None


def entries(file: SeekableFile, directory: Directory) -> Iterator[ZipMember]:
    """The entries, until the directory ends or makes no sense any more.

    Raises:
        Damage: there are fewer entries than declared.
    """
    at, buffer, begin = 0, b"", directory.begin
    found = 0
    while True:
        if len(buffer) - at < _ENTRY.size + 3 * 0xFFFF and begin < directory.end:
            piece = file.read_at(begin, min(_PIECE, directory.end - begin))
            buffer, at, begin = buffer[at:] + piece, 0, begin + len(piece)
            if not piece:
                begin = directory.end
        if buffer[at : at + 4] != ENTRY or len(buffer) - at < _ENTRY.size:
            break
        member, at = _entry(buffer, at, directory.shift)
        found += 1
        yield member
    if found < directory.count:
        raise Damage("wrong-member-count", "The zip directory promises more members than it has.")


def _entry(buffer: bytes, at: int, shift: int) -> tuple[ZipMember, int]:
    fields = _ENTRY.unpack_from(buffer, at)
    _, _, host, _, _, flags, method, time, date, crc, packed, size, n_name, n_extra, n_comment = fields[:15]
    attributes, offset = fields[17:19]
    name_at = at + _ENTRY.size
    extra_at = name_at + n_name
    extra = dict(_extra_fields(buffer[extra_at : extra_at + n_extra]))
    large = extra.get(0x0001, b"")
    numbers = []
    for value in (size, packed, offset):
        if value == 0xFFFFFFFF and len(large) >= 8:
            numbers.append(int.from_bytes(large[:8], "little"))
            large = large[8:]
        else:
            numbers.append(value)
    mode = attributes >> 16 if host == 3 else 0
    mtime_ns = _unix_time_ns(extra) or dos_time_ns(date, time)
    name = buffer[name_at:extra_at]
    member = ZipMember(name, flags, method, crc, numbers[0], numbers[1], mtime_ns, numbers[2] + shift, mode)
    return member, extra_at + n_extra + n_comment


def _extra_fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 4:
        tag, size = struct.unpack_from("<HH", data)
        yield tag, data[4 : 4 + size]
        data = data[4 + size :]


def _unix_time_ns(extra: dict[int, bytes]) -> int:
    field = extra.get(0x5455, b"")  # extended timestamp: flags, time of change
    if len(field) < 5 or not field[0] & 1:
        return 0
    return max(0, int.from_bytes(field[1:5], "little", signed=True)) * 1_000_000_000


def dos_time_ns(date: int, time: int) -> int:
    """A DOS date and time, which know no zone, taken as UTC; 0 where they make no sense."""
    day, month, year = date & 31, date >> 5 & 15, 1980 + (date >> 9)
    if not 1 <= day <= 31 or not 1 <= month <= 12:
        return 0
    clock = (time >> 11, time >> 5 & 63, (time & 31) * 2)
    return calendar.timegm((year, month, day, *clock)) * 1_000_000_000


def local_header(file: SeekableFile, offset: int) -> tuple[ZipMember, int] | None:
    """The member as its local header at ``offset`` describes it, and the offset of its data; None if there is none."""
    head = file.read_at(offset, LOCAL_BYTES)
    if len(head) < LOCAL_BYTES or head[:4] != LOCAL:
        return None
    flags, method, time, date, crc, packed, size, n_name, n_extra = struct.unpack("<4H3L2H", head[6:])
    rest = file.read_at(offset + LOCAL_BYTES, n_name + n_extra)
    name, extra = rest[:n_name], dict(_extra_fields(rest[n_name:]))
    large = extra.get(0x0001, b"")
    if size == 0xFFFFFFFF and packed == 0xFFFFFFFF and len(large) >= 16:
        size, packed = struct.unpack_from("<QQ", large)
    later = bool(flags & 8)
    mtime_ns = _unix_time_ns(extra) or dos_time_ns(date, time)
    member = ZipMember(
        name,
        flags,
        method,
        None if later else crc,
        -1 if later else size,
        -1 if later else packed,
        mtime_ns,
        offset,
        0,
    )
    return member, offset + LOCAL_BYTES + n_name + n_extra
