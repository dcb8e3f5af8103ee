"""Small archives made in memory, and what a walk over them gives."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from explorer.bundle.framing import Batch, frames
from explorer.bundle.limits import Limits
from explorer.bundle.walk import walk
from explorer.model.issue import Issue, Issues

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Files = Mapping[str, bytes]

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": partial(zstd.compress, options={zstd.CompressionParameter.checksum_flag: 1}),
}


def tar_of(files: Files) -> bytes:
    """A tar archive (pax) of regular files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_700_000_000
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_of(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of regular files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2023, 11, 14, 22, 13, 20)), data, method)
    return out.getvalue()


def walked(*paths: Path, limits: Limits | None = None) -> tuple[dict[str, bytes], tuple[Issue, ...]]:
    """Bytes of each member by its label, and the issues."""
    issues = Issues()
    found: dict[str, bytes] = {}
    for member in walk(paths, limits or Limits(), issues):
        pieces = []
        while piece := member.stream.read(1 << 20):
            pieces.append(piece)
        assert member.name not in found
        found[member.name] = b"".join(pieces)
    return found, issues.rows()


def framed(
    path: Path, limits: Limits | None = None, block_bytes: int = 4 << 20
) -> tuple[list[Batch], tuple[Issue, ...]]:
    """All batches of all members below a path, and the issues."""
    issues = Issues()
    limits = limits or Limits()
    batches = [
        batch
        for member in walk([path], limits, issues)
        for batch in frames(member, limits, issues, block_bytes=block_bytes)
    ]
    return batches, issues.rows()


def codes(issues: tuple[Issue, ...]) -> dict[str, int]:
    """The number of records that the issues of each code stand for."""
    counted: dict[str, int] = {}
    for issue in issues:
        counted[issue.code] = counted.get(issue.code, 0) + issue.count
    return counted
