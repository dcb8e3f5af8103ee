"""Metrics as Prometheus and OpenMetrics write them, and what ``promtool tsdb dump`` prints.

Formats: prometheus/docs/instrumenting/exposition_formats.md (times in ms), the OpenMetrics specification 1.0 (times
in s, exemplars, ``# EOF``), prometheus/cmd/promtool/tsdb.go (``{__name__="m", a="b"} 5 60000``, ms), promtool query
(``m{a="b"} => 5 @[60.0]``, of a range the name once and a value a line, s). Most files hold
no times: their samples are placed where the file was last written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import open_whole
from explorer.model.builder import Builder, Records
from explorer.readers.prometheus_text.samples import Scrape

NAME: Final = "prometheus-text"
LABEL: Final = "Prometheus text and OpenMetrics"
RECOGNISED_BY: Final = 'Lines of name{label="…"} value, or # HELP, # TYPE and # EOF.'
FRAMINGS: Final = frozenset({"lines", "document"})

_COMMENT: Final = re.compile(
    rb"# (?:(?:HELP|UNIT) (?:[a-zA-Z_:][\w:.]*|\"[^\"]+\")(?: |\r?$)|EOF\r?$)", re.MULTILINE
)
_TYPE: Final = re.compile(
    rb"# TYPE \S+ (?:counter|gauge|histogram|summary|untyped|unknown|info|stateset|gaugehistogram)\r?$",
    re.MULTILINE,
)
_NUMBER: Final = rb"(?:[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|Inf|inf|NaN|nan|Infinity))"
_LABEL: Final = rb'(?:[a-zA-Z_][\w.:/-]*|"[^"]+")(?:\s*=~?\s*"(?:[^"\\]|\\.)*")?'
_LABELS: Final = rb"\{\s*(?:" + _LABEL + rb"(?:\s*,\s*" + _LABEL + rb")*\s*,?\s*)?\}"
_AFTER: Final = (
    rb"[ \t]+(?:" + _NUMBER + rb"|\{count:[^{}\n]*+\})(?:[ \t]+-?\d+(?:\.\d+)?)?(?:[ \t]+# \{.*)?[ \t]*\r?$"
)
_LABELLED: Final = re.compile(rb"(?:[a-zA-Z_:][\w:.]*)?" + _LABELS + _AFTER, re.MULTILINE)
_PLAIN: Final = re.compile(rb"[a-zA-Z_:](?=[\w:]*?_)[\w:]++(?<!:)" + _AFTER, re.MULTILINE)
_SHORT: Final = re.compile(rb"[a-zA-Z]\w*" + _AFTER, re.MULTILINE)
_QUERIED: Final = re.compile(
    rb"(?:[a-zA-Z_:][\w:.]*)?(?:" + _LABELS + rb")? =>(?: \S+ @\[\d+(?:\.\d+)?\])?[ \r]*$", re.MULTILINE
)
_END: Final = re.compile(rb"^# EOF\r?$", re.MULTILINE)


def detect(head: bytes) -> Confidence | None:
    """Whether the first line is a comment or a sample of the format."""
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if first[:1] == b"#":
        return Confidence.CERTAIN if _COMMENT.match(first) or _TYPE.match(first) else None
    if (b'="' in first[:4096] or b"{}" in first[:256]) and _LABELLED.match(first[:16384]):
        return Confidence.CERTAIN
    if _QUERIED.match(first[:16384]):
        return Confidence.CERTAIN
    if _PLAIN.match(first) or (_SHORT.match(first) and _END.search(first)):
        return Confidence.LIKELY
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the samples into the builder; lines that are no sample and no comment are refused."""
    return Scrape.of(builder, NAME).read(records)


def open_record(raw: bytes) -> OpenRecord:
    """Samples have no detail beyond their series."""
    return open_whole(raw)
