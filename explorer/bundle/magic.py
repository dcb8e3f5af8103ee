"""What a stream is, by its first bytes. Names of files are never asked."""

from __future__ import annotations

import re
from typing import Final, Literal

HEAD_BYTES: Final = 512
"""So many bytes decide: a block of a tar archive."""

Kind = Literal["gzip", "bzip2", "xz", "zstd", "zip", "tar", "foreign"]

_KINDS: Final[tuple[tuple[Kind, re.Pattern[bytes]], ...]] = (
    ("gzip", re.compile(rb"\x1f\x8b\x08")),  # RFC 1952
    ("bzip2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")),  # a block, or the end at once
    ("xz", re.compile(rb"\xfd7zXZ\0")),
    ("zstd", re.compile(rb"(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)", re.DOTALL)),  # RFC 8878; skippable
    ("zip", re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)")),  # member, empty archive, one of several parts
)

FOREIGN: Final[dict[bytes, str]] = {
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"\x04\x22\x4d\x18": "lz4",
    b"\xff\x06\0\0sNaPpY": "snappy",
    b"\x89LZO\0\r\n\x1a\n": "lzop",
    b"LZIP\x01": "lzip",
    b"MSCF\0\0\0\0": "cabinet",
    b"!<arch>\n": "ar",
    b"070701": "cpio",
}
"""Archives that are recognised in order to say so, and not read."""

NOTES_FORMAT: Final = "trace-explorer-notes"
NOTES_BEGIN: Final = re.compile(rb'\s*\{\s*"format"\s*:\s*"' + NOTES_FORMAT.encode() + b'"')
"""How files of notes begin that this program keeps beside bundles: they are no part of what was exported."""

_CHECKSUM: Final = slice(148, 156)
_TAR_MAGIC: Final = slice(257, 262)


def kind_of(head: bytes) -> Kind | None:
    """The kind of archive or packed stream that begins with ``head``; None where it is neither."""
    for kind, pattern in _KINDS:
        if pattern.match(head):
            return kind
    if head.startswith(tuple(FOREIGN)):
        return "foreign"
    if len(head) >= HEAD_BYTES and head[0] and (head[_TAR_MAGIC] == b"ustar" or tar_sum_fits(head)):
        return "tar"
    return None


def foreign_name(head: bytes) -> str:
    """What people call the archive whose kind is ``foreign``."""
    return next(name for magic, name in FOREIGN.items() if head.startswith(magic))


def tar_sum_fits(block: bytes) -> bool:
    """Whether the checksum of a tar header block holds (some old archivers added signed bytes)."""
    digits = block[_CHECKSUM].strip(b" \0")
    if not digits or len(digits) > 7 or digits.strip(b"01234567"):
        return False
    rest = block[: _CHECKSUM.start] + b" " * 8 + block[_CHECKSUM.stop : 512]
    unsigned = sum(rest)
    signed = unsigned - 256 * sum(byte > 127 for byte in rest)
    return int(digits, 8) in (unsigned, signed)
