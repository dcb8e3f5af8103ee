"""Metrics of MLflow's file store: ``mlruns/<experiment>/<run>/metrics/<name>``, a line ``timestamp value step`` each.

Times are ms. A value that is no number or infinite is a finding: training went wrong there. Name, run and experiment
are those of the path; a file elsewhere goes by its own name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import open_whole
from explorer.decoding.quality.results import not_finite
from explorer.model.builder import Builder, Records
from explorer.model.records import Series

NAME: Final = "mlflow-metrics"
LABEL: Final = "MLflow metric"
RECOGNISED_BY: Final = "Lines of a time in milliseconds, a number and a step."
FRAMINGS: Final = frozenset({"lines"})

_LINE: Final = re.compile(
    rb"(\d{13}) "
    rb"([+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|nan|inf|NaN|Infinity))(?: (-?\d{1,18}))?(?: [\w-]+ [\w-]+)?\s*"
)
_CUT: Final = re.compile(rb"\d{1,13}(?: [-+.\dEINaefintyI]{0,30})?")
_PATH: Final = re.compile(r"(?:^|/)([^/]+)/([0-9a-f]{32})/metrics/(.+)$")
_MS: Final = 10**6


def detect(head: bytes) -> Confidence | None:
    """Whether the first line is one; without a step it might be something else."""
    match = _LINE.fullmatch(head.strip().split(b"\n", 1)[0].strip())
    if match is None:
        return None
    return Confidence.CERTAIN if match[3] is not None else Confidence.POSSIBLE


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the points into the builder."""
    matches = [_LINE.fullmatch(records[i].strip()) for i in range(len(records))]
    refused = [i for i, match in enumerate(matches) if match is None]
    found = [match for match in matches if match is not None]
    if not found:
        return refused
    cut = [i for i in refused if _CUT.fullmatch(records[i].strip())]
    if cut:
        text = "a line is cut short"
        offset = records.offset + int(records.starts[cut[0]])
        builder.skip("warning", "truncated-record", text, offset=offset, count=len(cut))
        refused = [i for i in refused if i not in set(cut)]
    name, run, labels = _origin(builder.file.name)
    code = builder.series_code(Series(name, labels, "", "gauge", ""))
    times = [int(match[1]) * _MS for match in found]
    values = [float(match[2]) for match in found]
    builder.points.extend(len(found), series=code, time=times, value=np.array(values, np.float64))
    _add_findings(builder, records, name, run, list(zip(times, values, strict=True)))
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _origin(path: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Name of the metric, its run, and the labels of its series."""
    flat = path.replace("\\", "/").replace("!", "/")
    match = _PATH.search(flat)
    if match is None:
        return flat.rpartition("/")[2].partition(".")[0] or "metric", "", ()
    return match[3], match[2], (("experiment", match[1]), ("run", match[2]))


def _add_findings(
    builder: Builder, records: Records, name: str, run: str, points: list[tuple[int, float]]
) -> None:
    """One finding where values are not finite, at the first of them."""
    bad = [point for point in points if not math.isfinite(point[1])]
    known: dict[tuple[int, str], None] = builder.memory.setdefault(NAME, {})
    key = (len(builder.files), name)
    if bad and key not in known:
        known[key] = None
        subject, said = (name, name) if run else ("metric", "the metric")
        builder.findings.append(not_finite("MLflow", subject, said, bad, run, builder.block(records)))
