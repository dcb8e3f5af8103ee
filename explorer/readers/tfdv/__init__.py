"""Anomalies that TensorFlow Data Validation found, as text (``anomalies.pbtxt``), JSON or binary (``SchemaDiff.pb``).

Format: tensorflow/metadata anomalies.proto: ``anomaly_info`` by feature, ``dataset_anomaly_info``, ``drift_skew_info``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, named, open_whole, read_documents
from explorer.decoding.lenient import dumps
from explorer.decoding.outline import outline
from explorer.decoding.quality.results import add_finding
from explorer.decoding.textproto import parse
from explorer.model.builder import Builder, Records
from explorer.readers.tfdv.anomalies import anomaly_findings
from explorer.readers.tfdv.binary import BEGINS, anomalies_of

NAME: Final = "tfdv-anomalies"
LABEL: Final = "TensorFlow Data Validation anomalies"
RECOGNISED_BY: Final = (
    "anomaly_info, dataset_anomaly_info or drift_skew_info, as protobuf (text, binary) or JSON."
)
FRAMINGS: Final = frozenset({"document", "lines", "binary"})

_FIRST: Final = re.compile(
    rb"(?:anomaly_info|dataset_anomaly_info|drift_skew_info|anomaly_name_format|data_missing)\s*[:{]|baseline\s*:?\s*\{"
)
_JSON: Final = frozenset({"anomalyInfo", "anomaly_info", "datasetAnomalyInfo", "dataset_anomaly_info",
                          "driftSkewInfo", "drift_skew_info"})  # fmt: skip


def detect(head: bytes) -> Confidence | None:
    """By the names of the message's fields."""
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if first[:1] in (b"{", b"["):
        return Confidence.CERTAIN if {path[0] for path in outline(head) if len(path) == 1} & _JSON else None
    if head[:1] in BEGINS and anomalies_of(head) is not None:
        return Confidence.CERTAIN
    return Confidence.CERTAIN if _FIRST.match(first) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write a finding for each anomaly into the builder."""
    if len(records) == 1 and records[0].lstrip()[:1] in (b"{", b"["):
        return read_documents(records, builder, _read_json)
    message = anomalies_of(records[0]) if records[0][:1] in BEGINS else None
    if message is not None:
        for finding in anomaly_findings(list(message.items()), builder.document(records, 0)):
            builder.findings.append(finding)
        return ()
    waiting: dict[int, bytes] = builder.memory.setdefault(NAME, {})
    file = len(builder.files) - 1
    data = waiting.pop(file, b"") + records.data[int(records.starts[0]) :]
    fields, rest = parse(data)
    if rest:
        waiting[file] = rest
    doc = builder.block(records)
    for finding in anomaly_findings(fields, doc):
        builder.findings.append(finding)
    if not fields and not rest:
        return range(len(records))
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Open the document again."""
    message = anomalies_of(raw) if raw[:1] in BEGINS else None
    return open_whole(raw if message is None else dumps(message))


def _read_json(document: Document) -> bool:
    value: Any = named(document.value)
    if not _JSON & value.keys():
        return False
    for finding in anomaly_findings([(name, item) for name, item in value.items()], document.doc):
        add_finding(document, finding)
    return True
