"""Every file of a bundle, also those in archives within archives, one after the other as a stream.

Nothing is ever extracted: that alone leaves links, ``..`` and names of devices in archives without effect.
What a file is, its first bytes say, never its name.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from explorer.bundle.encoding import SNIFF_BYTES, Transcoded, encoding_of, transcoded_note
from explorer.bundle.folder import files_below, is_hidden, open_regular
from explorer.bundle.label import label
from explorer.bundle.ledger import Ledger
from explorer.bundle.limits import Limits
from explorer.bundle.magic import HEAD_BYTES, NOTES_BEGIN, Kind, foreign_name, kind_of
from explorer.bundle.member import READ_BYTES, Member
from explorer.bundle.meter import Meter
from explorer.bundle.source import Entry, FileSource, SeekableFile, Source
from explorer.bundle.tar import tar_entries
from explorer.bundle.unpack import Frames
from explorer.bundle.zip import zip_entries
from explorer.bundle.zip_directory import find_directory
from explorer.model.issue import Issues

SPOOL_MEMORY: Final = 32 << 20
"""A zip archive within an archive is held in memory up to this size, and in an anonymous file above it."""


def walk(paths: Sequence[Path], limits: Limits, issues: Issues) -> Iterator[Member]:
    """The files of a bundle in the order of their names, and what is not read as issues. Raises nothing.

    A member's stream is valid until the next member is asked for. Paths that are given may be links, and lie
    within each other: each file is read once.
    """
    walker = _Walk(limits, issues)
    roots = dict.fromkeys(Path(os.path.realpath(path)) for path in paths)
    met: set[Path] = set()
    for root in roots:
        name = root.name or str(root)
        inside = name if len(roots) > 1 else ""
        files = files_below(root, inside, walker.ledger) if os.path.isdir(root) else ((root, name),)
        for file, told in files:
            if file not in met:
                met.add(file)
                yield from walker.file(file, told)


@dataclass(frozen=True, slots=True)
class _Content:
    """A stream, what is known of it, and how deep it lies.

    Attributes:
        inode: of a plain file.
        file: the same bytes, readable at any place, for a plain file.
        depth: archives around it.
        packed: it just came out of gzip, bzip2, xz or zstd, so that a tar archive in it is one with that.
    """

    source: Source
    size: int | None
    mtime_ns: int
    path: Path | None = None
    inode: int = 0
    file: SeekableFile | None = None
    depth: int = 0
    packed: bool = False

    @property
    def label(self) -> str:
        return self.source.label


class _Walk:
    def __init__(self, limits: Limits, issues: Issues) -> None:
        self._limits = limits
        self._meter = Meter(limits)
        self.ledger = Ledger(issues)

    def file(self, path: Path, name: str) -> Iterator[Member]:
        """The members in one file of the user; only itself if it is no archive."""
        self.ledger.file = label(name)
        opened = open_regular(path, name, self.ledger)
        if opened is None:
            return
        with opened:
            try:
                content, kind = self._plain(opened, path, name)
            except OSError as error:
                self.ledger.fault(error, label(name), kept=False)
            else:
                yield from self._members(content, fallback=kind)

    def _plain(self, opened: BinaryIO, path: Path, name: str) -> tuple[_Content, Kind | None]:
        status = os.fstat(opened.fileno())
        self._meter.begin(status.st_size)
        seekable = SeekableFile(opened)
        directory = find_directory(seekable)
        opened.seek(0)
        source = FileSource(label(name), self.ledger, opened)
        content = _Content(source, status.st_size, status.st_mtime_ns, path, status.st_ino, seekable)
        # A zip archive may be appended to something else, as in those that unpack themselves.
        appended = directory is not None and directory.count > 0 and not directory.trailing
        return content, "zip" if appended else None

    def _members(self, content: _Content, fallback: Kind | None = None) -> Iterator[Member]:
        kind = kind_of(content.source.peek(HEAD_BYTES)) or fallback
        if kind is None:
            yield from self._leaf(content)
            return
        depth = content.depth + (0 if kind == "tar" and content.packed else 1)
        if kind == "foreign":
            name = foreign_name(content.source.peek(HEAD_BYTES))
            self.ledger.skip("unsupported-archive", content.label, f"{name} archives are not read.")
        elif depth > self._limits.depth:
            text = "Archives lie deeper in one another than the limit allows."
            self.ledger.skip("nested-too-deep", content.label, text)
        elif kind in {"tar", "zip"}:
            yield from self._archive(content, kind, depth)
        else:
            source = Frames(content.label, self.ledger, self._meter, content.source, kind)
            mtime_ns = _gzip_time_ns(content.source, kind) or content.mtime_ns
            yield from self._members(_Content(source, None, mtime_ns, depth=depth, packed=True))

    def _archive(self, content: _Content, kind: Kind, depth: int) -> Iterator[Member]:
        begun = False
        try:
            for entry in self._entries(content, kind):
                begun = True
                name = entry.label[len(content.label) :]
                if is_hidden(name):
                    self.ledger.skip("hidden-skipped", entry.label, "Hidden files are not read.", "info")
                    continue
                yield from self._members(_Content(entry.source, entry.size, entry.mtime_ns, depth=depth))
        except Exception as error:  # noqa: BLE001 (whatever an archive causes must not lose the others)
            self.ledger.fault(error, content.label, kept=begun)

    def _entries(self, content: _Content, kind: Kind) -> Iterator[Entry]:
        if kind == "tar":
            yield from tar_entries(content.source, self.ledger, self._meter)
        elif content.file is not None:
            yield from zip_entries(content.label, content.file, self.ledger, self._meter)
        else:
            with _spooled(content.source) as file:
                yield from zip_entries(content.label, SeekableFile(file), self.ledger, self._meter)

    def _leaf(self, content: _Content) -> Iterator[Member]:
        head = content.source.peek(SNIFF_BYTES)
        if not head:
            if not content.source.failed:
                self.ledger.note("empty-file", content.label, "The file is empty.", severity="info")
            return
        if NOTES_BEGIN.match(head):
            self.ledger.note("notes-not-read", content.label, "Pins and notes are no data.", severity="info")
            return
        encoding = encoding_of(head)
        if encoding not in {"utf-8", "binary"}:
            # Here and not in framing only: offsets into the stream are none into the file then.
            self.ledger.note("transcoded", content.label, transcoded_note(encoding), severity="info")
            stream = Transcoded(content.source, encoding)
            yield Member(content.label, None, None, content.mtime_ns, 0, stream)
        else:
            yield Member(
                content.label, content.path, content.size, content.mtime_ns, content.inode, content.source
            )


def _spooled(source: Source) -> BinaryIO:
    """A zip archive that lies in another archive, copied to where it can be read at any place.

    This is the one case in which content of a bundle may reach the disk: in a file without a name, readable by
    this user only, which is gone when it is closed. Limits have been applied to what arrives here.
    """
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=SPOOL_MEMORY))  # noqa: SIM115
    try:
        while data := source.read(READ_BYTES):
            file.write(data)
    except BaseException:  # whatever stops it, also the user: else the file would stay until it is collected
        file.close()
        raise
    return file


def _gzip_time_ns(source: Source, kind: Kind) -> int:
    return int.from_bytes(source.peek(8)[4:8], "little") * 1_000_000_000 if kind == "gzip" else 0
