"""Members of a tar archive, as they come by; nothing is ever extracted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from explorer.bundle import tar_header as th
from explorer.bundle.label import joined
from explorer.bundle.ledger import Damage, Ledger
from explorer.bundle.meter import Meter
from explorer.bundle.source import Entry, Part, Source

EXTENSION_BYTES: Final = 1 << 20
"""A longer pax header or name is passed over."""


def tar_entries(archive: Source, ledger: Ledger, meter: Meter) -> Iterator[Entry]:
    """The regular files of a tar archive; links, devices and sparse files are counted and left out.

    Raises:
        LimitReached: too many members.
    """
    name, pax = b"", dict[bytes, bytes]()
    for header in _headers(archive, ledger):
        meter.member()
        part = Part(joined(archive.label, header.name), ledger, archive, header.size)
        if header.kind in {th.PAX, th.LONG_NAME}:
            data = _extension(part, ledger, archive)
            if header.kind == th.PAX:
                pax = th.pax_records(data)
            else:
                name = data.rstrip(b"\0")
        elif header.kind not in th.PASSED_OVER:
            try:
                header = th.with_pax(replace(header, name=name or header.name), pax)  # noqa: PLW2901
            except Damage as error:
                ledger.skip(error.code, part.label, str(error))
            else:
                part = Part(joined(archive.label, header.name), ledger, archive, header.size)
                yield from _regular(header, part, ledger)
            name, pax = b"", {}
        part.drain()
        archive.skip(-header.size % th.BLOCK)


def _headers(archive: Source, ledger: Ledger) -> Iterator[th.TarHeader]:
    """The headers; past one that is damaged, the next sound one is searched for."""
    lost = ended = False
    while block := archive.read_exactly(th.BLOCK):
        if not block.strip(b"\0"):
            ended = True  # two such blocks end an archive, yet another may have been appended
            continue
        try:
            header = th.tar_header(block)
        except Damage as error:
            if ended:
                ledger.note("trailing-bytes", archive.label, "There are other bytes behind the archive.",
                            archive.offset, "info")  # fmt: skip
                return
            if not lost and not archive.failed:
                _report(error, len(block), archive, ledger)
            lost = True
            continue
        lost = ended = False
        if header.kind == th.SPARSE:
            first = True
            while th.has_more_map(block, first=first):
                block, first = archive.read_exactly(th.BLOCK), False
        yield header


def _report(error: Damage, length: int, archive: Source, ledger: Ledger) -> None:
    if length < th.BLOCK:
        ledger.note("truncated-archive", archive.label, "The archive ends within a header.", archive.offset)
    else:
        ledger.skip(error.code, archive.label, str(error))


def _extension(part: Part, ledger: Ledger, archive: Source) -> bytes:
    if part.left > EXTENSION_BYTES:
        ledger.note("long-header", archive.label, "A name or header of a member is too long and was passed over.",
                    archive.offset)  # fmt: skip
        return b""
    return part.read_exactly(part.left)


def _regular(header: th.TarHeader, part: Part, ledger: Ledger) -> Iterator[Entry]:
    if header.kind in th.LINKS:
        ledger.skip("link-skipped", part.label, "Links are not followed.")
    elif header.kind in th.DEVICES:
        ledger.skip("not-a-regular-file", part.label, "Devices and pipes are not read.")
    elif header.kind == th.SPARSE:
        ledger.skip("sparse-member", part.label, "Sparse files in a tar archive are not read.")
    elif header.kind == th.REGULAR:
        yield Entry(part.label, header.size, header.mtime_ns, part)
