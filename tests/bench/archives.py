"""The same spans inside archives, and bundles of very many files."""

from __future__ import annotations

import re
import sys
import tarfile
import zipfile
from pathlib import Path

from explorer.ingest import ingest
from tests.bench.data import write_otlp
from tests.bench.memory import read
from tests.bench.run import Run, megabytes, read_lines, say

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def measure(run: Run) -> None:
    """Ingest of a plain file, a zip and a tar.zst of the same bytes, and unpacking alone."""
    path = run.otlp()
    zipped, packed = run.folder / "spans.zip", run.folder / "spans.tar.zst"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        archive.write(path, "spans.jsonl")
    with zstd.open(packed, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as inner:
        inner.add(path, "spans.jsonl")
    run.compare(
        f"{run.spans:,} spans in an archive ({megabytes(zipped)} zip, {megabytes(packed)} tar.zst)",
        {
            "floor: orjson.loads of each line, plain": lambda: read_lines(path),
            "ingest of the plain file": lambda: ingest([path]),
            "ingest of the zip": lambda: ingest([zipped]),
            "unpacking the zip alone": lambda: _unzip(zipped),
            "ingest of the tar.zst": lambda: ingest([packed]),
            "unpacking the tar.zst alone": lambda: _unzstd(packed),
        },
    )


def many_files(run: Run) -> None:
    """A folder of many files and an archive of very many members, each file a trace of a few spans."""
    files, members = (200, 2_000) if run.quick else (5_000, 100_000)
    one = run.folder / "one.jsonl"
    write_otlp(one, 4)
    data = one.read_bytes()
    folder = run.folder / "folder"
    folder.mkdir()
    for number in range(files):
        (folder / f"{number}.jsonl").write_bytes(_other_trace(data, number))
    archive = run.folder / "members.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as made:
        for number in range(members):
            made.writestr(f"{number}.jsonl", _other_trace(data, number))
    spread = run.folder / "spread"
    spread.mkdir()
    for number in range(files):
        (spread / f"{number}.jsonl").write_bytes(_other_spans(data, number))
    say("")
    for name, path, count in (
        ("a folder", folder, files), ("one trace over a folder", spread, files), ("a zip", archive, members),
    ):  # fmt: skip
        found = read(path)
        told = f"{name} of {count:,} files, 4 spans each: {found['traces']:,} traces"
        each = found["seconds"] / count * 1e3
        peak = (found["peak"] - found["base"]) / 1e6
        say(f"{told:60}{found['seconds']:7.1f} s CPU  {each:6.2f} ms a file  {peak:6.0f} MB at the peak")


def _other_trace(data: bytes, number: int) -> bytes:
    return data.replace(b'"traceId":"9e3779b9', b'"traceId":"%08x' % (number + 1))


def _other_spans(data: bytes, number: int) -> bytes:
    return re.sub(rb'(panId":")[0-9a-f]{8}', rb"\g<1>%08x" % (number + 1), data)


def _unzip(path: Path) -> None:
    with zipfile.ZipFile(path) as archive, archive.open("spans.jsonl") as stream:
        while stream.read(1 << 20):
            pass


def _unzstd(path: Path) -> None:
    with zstd.open(path, "rb") as stream:
        while stream.read(1 << 20):
            pass
