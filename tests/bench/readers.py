"""Each format against ``orjson.loads`` of the same bytes: of each line, or of the one document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson

from explorer.ingest import ingest
from tests.bench.data_formats import (
    write_irregular_json_logs,
    write_irregular_text_logs,
    write_jaeger,
    write_json_logs,
    write_other_json,
    write_text_logs,
    write_zipkin,
)
from tests.bench.run import Run, megabytes, read_lines


def measure(run: Run) -> None:
    """One comparison for each format."""
    half = run.spans // 2
    _compare(run, run.otlp(), f"OTLP JSON lines, {run.spans:,} spans", read_lines)
    for name, write, unit, floor in (
        ("Jaeger, one document", write_jaeger, "spans", _read_document),
        ("Zipkin, one document", write_zipkin, "spans", _read_document),
        ("JSON log lines", write_json_logs, "lines", read_lines),
        ("JSON lines of other names", write_other_json, "lines", read_lines),
        ("JSON log lines of five programs", write_irregular_json_logs, "lines", read_lines),
        ("text log lines with ids (floor: the JSON log lines)", write_text_logs, "lines", _read_json_logs),
        ("text of three programs, with stack traces (the same floor)", write_irregular_text_logs, "lines",
         _read_json_logs),
    ):  # fmt: skip
        path = run.folder / f"{write.__name__}.data"
        write(path, half)
        _compare(run, path, f"{name}, {half:,} {unit}", floor)


def _compare(run: Run, path: Path, title: str, floor: Callable[[Path], object]) -> None:
    run.compare(
        f"{title}, {megabytes(path)}",
        {"floor: orjson.loads": lambda: floor(path), "ingest": lambda: ingest([path])},
    )


def _read_document(path: Path) -> None:
    orjson.loads(path.read_bytes())


def _read_json_logs(path: Path) -> None:
    """The same records as JSON: text has no floor of its own."""
    read_lines(path.with_name("write_json_logs.data"))
