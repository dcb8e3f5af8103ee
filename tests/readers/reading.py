"""Files read through the whole read path, and what a store tells as plain data to compare with a golden file.

``python -m tests.readers.reading`` writes the golden files that are missing; look at them before they are kept.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson

import explorer.ingest
from explorer.bundle.framing import frames
from explorer.model.ids import span_text, trace_text
from explorer.model.store import Store
from explorer.readers.details import log_detail

FIXTURES = Path(__file__).parent / "fixtures"
GOLDEN = ".expected.json"
MTIME_NS = 1_790_000_000_000_000_000
"""When all fixtures were last written, for formats without times."""

Told = dict[str, Any]


def fixtures() -> list[Path]:
    """All files under the fixtures but the golden ones."""
    return sorted(path for path in FIXTURES.rglob("*") if path.is_file() and not path.name.endswith(GOLDEN))


def golden_of(path: Path) -> Path:
    """Where the golden file of a fixture lies."""
    return path.with_name(path.name + GOLDEN)


def read(path: Path, block_bytes: int = 4 << 20) -> Store:
    """Read a file in blocks of about that size."""
    with patch.object(explorer.ingest, "frames", partial(frames, block_bytes=block_bytes)):
        return explorer.ingest.ingest([path])


def read_copy(data: bytes, folder: Path, name: str = "unknown", block_bytes: int = 4 << 20) -> Store:
    """Read bytes from a file of that name, made in the folder."""
    path = folder / name
    path.write_bytes(data)
    os.utime(path, ns=(MTIME_NS, MTIME_NS))
    return read(path, block_bytes)


def told(store: Store) -> Told:
    """All that a store holds, without what names its files."""
    return {
        "formats": [count.format for count in store.counts],
        "skipped": sum(count.skipped for count in store.counts),
        "spans": list(_spans(store)),
        "logs": list(_logs(store)),
        "series": list(_series(store)),
        "exemplars": len(store.exemplars["time"]),
        "marks": [_plain(asdict(mark)) for mark in store.marks],
        "findings": [_plain(asdict(finding)) for finding in store.findings],
        "issues": sorted([issue.severity, issue.code, issue.count] for issue in store.issues),
    }


def _spans(store: Store) -> Iterator[Told]:
    spans = store.spans
    for row in range(len(spans)):
        yield {
            "trace": trace_text(store.traces.number[int(spans.trace[row])]), "id": span_text(int(spans.span_id[row])),
            "parent": int(spans.parent[row]), "service": store.services[int(spans.service[row])],
            "name": store.operations[int(spans.name[row])], "start": int(spans.start[row]),
            "duration": int(spans.duration[row]), "kind": int(spans.kind[row]), "status": int(spans.status[row]),
            "code": int(spans.code[row]),
        }  # fmt: skip


def _logs(store: Store) -> Iterator[Told]:
    logs, files = store.logs, {file.name for file in store.files}
    fields: dict[int, list[list[str]]] = {}
    for row, name, value in zip(
        *(store.log_fields[part].tolist() for part in ("row", "field", "value")), strict=True
    ):
        fields.setdefault(row, []).append([store.texts[name], store.texts[value]])
    for row in range(len(logs.time)):
        resource = store.resources[int(logs.resource[row])]
        detail = log_detail(store, row)
        said = {
            "time": int(logs.time[row]), "severity": int(logs.severity[row]), "flags": int(logs.flags[row]),
            "service": store.services[int(logs.service[row])],
            "resource": {name: value for name, value in asdict(resource).items() if value},
            "message": detail.message,
        }  # fmt: skip
        id_ = store.correlation.rows[int(logs.id[row])].id if logs.id[row] >= 0 else ""
        more = {
            "id": "<file>" if id_ in files else id_,  # a job without a name is called as its file
            "span": span_text(int(logs.span_id[row])), "fields": fields.get(row),
            "exception": [detail.exception_type, detail.exception_message] if detail.exception_type else None,
            "stack": detail.stack.split("\n"), "scope": detail.scope,
        }  # fmt: skip
        yield said | {name: value for name, value in more.items() if value and value != [""]}


def _series(store: Store) -> Iterator[Told]:
    for one in store.series:
        rows = slice(one.first, one.first + one.count)
        yield {
            "name": one.name, "labels": [list(label) for label in one.labels], "unit": one.unit, "kind": one.kind,
            "service": one.service,
            "points": [[time, repr(value)] for time, value in
                       zip(store.points["time"][rows].tolist(), store.points["value"][rows].tolist(), strict=True)],
        }  # fmt: skip


def _plain(value: Told) -> Told:
    """Without what is the place in the file, and without empty fields."""
    return {
        name: item for name, item in value.items() if name not in ("doc", "index") and item not in ("", None)
    }


def dumped(value: Told) -> bytes:
    """A golden file."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_fixture(path: Path, folder: Path) -> Told:
    """What a fixture tells; read from a copy, so that its time is known."""
    return told(read_copy(path.read_bytes(), folder, path.name))


def write_missing() -> None:
    """Write the golden files that are not there yet."""
    folder = Path(tempfile.mkdtemp())
    for path in fixtures():
        if not golden_of(path).exists():
            golden_of(path).write_bytes(dumped(read_fixture(path, folder)))
    shutil.rmtree(folder)


if __name__ == "__main__":
    write_missing()
