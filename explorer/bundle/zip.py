"""Members of a zip archive, read where they lie; overlapping ones cost no more than the limits allow."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from explorer.bundle.codecs import Frame, Inflate, Stored, new_frame
from explorer.bundle.label import joined
from explorer.bundle.ledger import Damage, Ledger
from explorer.bundle.meter import Meter
from explorer.bundle.source import Entry, SeekableFile, Span
from explorer.bundle.unpack import Unpacked
from explorer.bundle.zip_directory import LOCAL, ZipMember, entries, find_directory, local_header

_PIECE: Final = 256 << 10

_METHODS: Final[dict[int, Callable[[], Frame]]] = {
    8: Inflate,
    12: partial(new_frame, "bzip2", lambda: None),
    93: partial(new_frame, "zstd", lambda: None),
    95: partial(new_frame, "xz", lambda: None),
}
_NOT_READ: Final = {
    1: "shrink", 6: "implode", 9: "deflate64", 14: "LZMA", 19: "LZ77", 97: "WavPack", 98: "PPMd"
} | dict.fromkeys(range(2, 6), "reduce")  # fmt: skip
_AES: Final = 99


class ZipData(Unpacked):
    """The unpacked bytes of one member, compared with its checksum and size at their end."""

    def __init__(
        self,
        label: str,
        ledger: Ledger,
        meter: Meter,
        packed: Span,
        new: Callable[[], Frame],
        member: ZipMember,
    ) -> None:
        super().__init__(label, ledger, meter, packed, new)
        self._member = member
        self._sum = 0
        self._count = 0

    def _pull(self, size: int) -> bytes:
        data = super()._pull(size)
        self._sum = zlib.crc32(data, self._sum)
        self._count += len(data)
        if not data and not self.failed:
            self._compare()
        return data

    def _compare(self) -> None:
        member = self._member
        if member.crc is not None and member.crc != self._sum:
            self._ledger.note(
                "bad-checksum", self.label, "The checksum is wrong; the data is read all the same."
            )
        if member.size not in {-1, self._count}:
            self._ledger.note("size-differs", self.label, "The size is not the one that the directory gives.")


def zip_entries(label: str, file: SeekableFile, ledger: Ledger, meter: Meter) -> Iterator[Entry]:
    """The regular files of a zip archive; what cannot be read is counted and left out.

    Raises:
        LimitReached: too many members.
        Damage: this is no zip archive, or fewer members are in it than declared.
    """
    directory = find_directory(file)
    if directory is None:
        yield from _without_directory(label, file, ledger, meter)
        return
    if directory.ambiguous:
        ledger.note("ambiguous-archive", label, "The zip archive has two directories; one is used.")
    if not directory.count:
        ledger.note("empty-archive", label, "The archive holds no files.", severity="info")
    room = file.size
    for member in entries(file, directory):
        meter.member()
        fits, room = room >= 0, room - member.packed
        if fits and room < 0:
            ledger.note("overlapping-members", label, "Members of the zip archive overlap.")
        for entry, _ in _readable(label, member, file, ledger, meter):
            yield entry
        if meter.stopped:
            return


def _without_directory(label: str, file: SeekableFile, ledger: Ledger, meter: Meter) -> Iterator[Entry]:
    """Members found by their local headers, as in an archive whose end is missing."""
    at = _find(file, LOCAL, 0)
    if at < 0:
        raise Damage("unreadable-archive", "This is no zip archive, or its end is missing.")
    ledger.note(
        "truncated-archive", label, "The end of the zip archive is missing; members are read one by one."
    )
    while at >= 0:
        found = local_header(file, at)
        at += len(LOCAL)
        if found is not None:
            meter.member()
            member, begin = found
            at = begin + max(0, member.packed)
            for entry, data in _readable(label, member, file, ledger, meter):
                yield entry
                while member.packed < 0 and data.read(_PIECE):
                    pass  # its end is where the packed data ends
                at = max(at, begin + data.consumed)
        if meter.stopped:
            return
        at = _find(file, LOCAL, at)


def _find(file: SeekableFile, what: bytes, begin: int) -> int:
    """Offset of the first ``what`` at or behind ``begin``, -1 if there is none."""
    while begin < file.size:
        piece = file.read_at(begin, _PIECE)
        at = piece.find(what)
        if at >= 0:
            return begin + at
        if len(piece) < _PIECE:
            break
        begin += len(piece) - len(what) + 1
    return -1


def _readable(
    label: str, member: ZipMember, file: SeekableFile, ledger: Ledger, meter: Meter
) -> Iterator[tuple[Entry, ZipData]]:
    """The member as a stream, or nothing: then it is counted, unless it is a folder."""
    if member.is_folder:
        return
    name = joined(label, _text(member))
    local = local_header(file, member.offset)
    if member.is_special:
        ledger.skip("link-skipped", name, "Links are not followed.")
    elif member.flags & 1 or member.method == _AES:
        how = "AES" if member.method == _AES else "a password"
        ledger.skip("encrypted-member", name, f"The member is encrypted with {how}.")
    elif local is None:
        ledger.skip("unreadable-member", name, "The zip archive has no such member where its directory says.")
    elif member.method not in _METHODS and (member.method or member.packed < 0):
        how = _NOT_READ.get(member.method, f"method {member.method}") if member.method else "no end mark"
        ledger.skip("unsupported-compression", name, f"The member is packed with {how}, which is not read.")
    else:
        if local[0].name != member.name:
            ledger.note("names-differ", name, "The zip archive gives this member two names.")
        yield _entry(name, member, local[1], file, ledger, meter)


def _entry(
    name: str, member: ZipMember, begin: int, file: SeekableFile, ledger: Ledger, meter: Meter
) -> tuple[Entry, ZipData]:
    size = file.size - begin if member.packed < 0 else member.packed
    packed = Span(name, ledger, file, begin, size)
    new = _METHODS.get(member.method) or partial(Stored, size)
    data = ZipData(name, ledger, meter, packed, new, member)
    return Entry(name, member.size if member.size >= 0 else None, member.mtime_ns, data), data


def _text(member: ZipMember) -> str | bytes:
    """The name: UTF-8 if it says so or is, else the code page of DOS."""
    if member.flags & 0x800:
        return member.name
    try:
        return member.name.decode()
    except UnicodeDecodeError:
        return member.name.decode("cp437")
