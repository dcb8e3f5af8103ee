"""Lines of samples into series, points and exemplars."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

import numpy as np

from explorer.decoding.metrics.alerting import SERIES, add_alert_series
from explorer.decoding.metrics.labels import name_by_file, series_of
from explorer.decoding.metrics.quantiles import QUANTILES, quantile
from explorer.model.builder import Builder, Records
from explorer.model.fields import Role, role
from explorer.model.ids import span_number
from explorer.readers.prometheus_text.conformity import Conformity

_LABEL: Final = re.compile(r'(?:([a-zA-Z_][\w.:/-]*)|"((?:[^"\\]|\\.)*)")(?:\s*=\s*"((?:[^"\\]|\\.)*)")?')
_NAME: Final = re.compile(r"[a-zA-Z_:][\w:.]*(?<!:)")
_NATIVE: Final = re.compile(rb"(.*[^\s,]) \{(count:.*)\}( \S+)?")
"""A native histogram, as dumps write it: count, sum, and buckets with their bounds."""
_PART: Final = re.compile(rb"(count|sum):([^\s,{}]+)")
_BUCKET: Final = re.compile(rb"[\[(]([^\s,]+),([^\s,\])]+)[\])]:([^\s,{}]+)")
_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"n": "\n", "t": "\t"}
_QUERIED: Final = re.compile(rb"(?:(?P<name>.*?) =>)?(?: ?(?P<value>\S+) @\[(?P<time>[\d.]+)\])?")
"""What ``promtool query`` prints: the series, a value and its time; of a range each in a line of its own."""
_SUFFIX: Final = re.compile(r"_(?:total|bucket|count|sum|created|gcount|gsum|info)$")
_SECONDS: Final = 10**9
_MS: Final = 10**6
_EARLIEST_MS: Final = 10**11
"""Times below are seconds (1973 in ms, 5138 in s), save in dumps, which say what they are by their form."""


class Scrape:
    """A file being read: what its comments said and where its samples go; kept from one run of records to the next.

    Attributes:
        file: index in the builder's files.
        types, units: what ``# TYPE`` and ``# UNIT`` say, by family.
        codes: series by the bytes of name and labels.
        in_seconds: whether times are seconds, as OpenMetrics has them.
        untimed: samples without a time so far.
        queried: the series of the values that follow, in what promtool printed.
    """

    def __init__(self, builder: Builder, file: int) -> None:
        self.builder = builder
        self.file = file
        self.types: dict[str, str] = {}
        self.units: dict[str, str] = {}
        self.codes: dict[bytes, int] = {}
        self.labels: dict[int, dict[str, str]] = {}
        self.in_seconds = False
        self.untimed = 0
        self.queried = b""
        self.conformity = Conformity()
        self._names: dict[int, tuple[str, dict[str, str]]] = {}
        builder.at_end(lambda: self.conformity.tell(builder))

    @staticmethod
    def of(builder: Builder, reader: str) -> Scrape:
        """The scrape of the builder's current file, made when first asked for."""
        number = len(builder.files) - 1
        known = builder.memory.get(reader)
        if not isinstance(known, Scrape) or known.file != number:
            known = builder.memory[reader] = Scrape(builder, number)
        return known

    def read(self, records: Records) -> list[int]:
        """Read lines; returns the indices of those that are no sample and no comment."""
        self.in_seconds = self.in_seconds or b"# EOF" in records.data or b"# {" in records.data
        before = self.untimed
        self.conformity.blank_lines(int((records.starts[1:] - records.ends[:-1] > 1).sum()))
        rows: list[tuple[int, int, float]] = []
        refused = []
        for i in range(len(records)):
            line = records[i].strip()
            if self.conformity.wants_spelling:
                self.conformity.spelling(records[i].decode("utf-8", "replace"))
            if line[:1] == b"#":
                said = line.decode("utf-8", "replace")
                self._comment(said)
                self.conformity.comment(said)
            elif not self._sample(line, rows):
                refused.append(i)
        if rows:
            series, times, values = (list(column) for column in zip(*rows, strict=True))
            self.builder.points.extend(len(rows), series=series, time=times, value=values)
            self._alerts(records, rows)
        if self.untimed > before:
            text = "samples without a time are placed where the file was last written"
            self.builder.remark("info", "no-time", text, offset=records.offset)
        return refused

    def _comment(self, line: str) -> None:
        words = line.split(None, 3)
        if len(words) == 4 and words[1] in ("TYPE", "UNIT"):
            (self.types if words[1] == "TYPE" else self.units)[words[2].strip('"')] = words[3].strip().lower()

    def _sample(self, line: bytes, rows: list[tuple[int, int, float]]) -> bool:
        """Read one sample; False where the line is none."""
        if line.endswith((b"]", b"=>")) and (match := _QUERIED.fullmatch(line)):
            self.queried = match["name"] or self.queried
            seconds = (match["time"] or b"").partition(b".")
            return match["value"] is None or self._row(
                b"%s %s %s.%s" % (self.queried, match["value"], seconds[0], seconds[2] or b"0"), rows
            )
        if b" {count:" in line and (native := _NATIVE.fullmatch(line)):
            return self._native(native[1], native[2], native[3] or b"", rows)
        at = line.find(b" # {")
        while at >= 0:
            if self._row(line[:at].rstrip(), rows, exemplar=True):
                self._exemplar(line[at + 4 :], *rows[-1])
                return True
            at = line.find(b" # {", at + 1)
        return self._row(line, rows)

    def _row(self, sample: bytes, rows: list[tuple[int, int, float]], *, exemplar: bool = False) -> bool:
        key, brace, rest = sample.rpartition(b"}")
        if not brace:
            key, _, rest = sample.replace(b"\t", b" ").partition(b" ")
        words = rest.split()
        if not key or not 1 <= len(words) <= 2 or b"_" in words[0]:
            return False
        try:
            value = float(words[0])
        except ValueError:
            return False
        code = self.codes.get(key)
        if code is None:
            code = self._series(key)
            if code is None:
                return False
        time = self._time(words[1], key) if len(words) == 2 else self._untimed()
        if time is None:
            return False
        rows.append((code, time, value))
        name, labels = self._names[code]
        self.conformity.sample(name, labels, value, time if len(words) == 2 else None, exemplar=exemplar)
        return True

    def _native(self, key: bytes, told: bytes, time: bytes, rows: list[tuple[int, int, float]]) -> bool:
        """Count, sum and quantiles of a native histogram."""
        name, brace, labels = key.partition(b'"' if key.startswith(b"{__name__") else b"{")
        if brace == b'"':
            own, _, labels = labels.partition(b'"')
            name, brace = name + b'"' + own, b'"'
        kept = True
        for part, value in _PART.findall(told):
            kept &= self._row(b"%s_%s%s%s %s%s" % (name, part, brace, labels, value, time), rows)
        try:
            buckets = [(float(low), float(high), float(count)) for low, high, count in _BUCKET.findall(told)]
        except ValueError:
            return False
        inside = (name + brace + labels).removesuffix(b"}") + b", " if brace else name + b"{"
        for share, _ in QUANTILES:
            if (found := quantile(buckets, share)) is not None:
                kept &= self._row(b'%squantile="%g"} %r%s' % (inside, share, found, time), rows)
        return kept

    def _series(self, key: bytes) -> int | None:
        name, brace, inside = key.decode("utf-8", "replace").partition("{")
        found = labels_of(inside) if brace else {}
        if found is None:
            return None
        name = name.strip()
        if name and not _NAME.fullmatch(name):
            return None
        name = name or found.pop("", "") or found.get("__name__", "")
        if not name and self.queried:
            name = name_by_file(self.builder.file.name)
        if not name:
            return None
        family = name if name in self.types else _SUFFIX.sub("", name)
        series = series_of(name, found, self.types.get(family, ""), self.units.get(family, ""))
        code = self.codes[key] = self.builder.series_code(series)
        self._names[code] = name, found
        if name == SERIES:
            self.labels[code] = found
        return code

    def _time(self, word: bytes, key: bytes) -> int | None:
        """A time in ns: ms in the text format and in dumps, s in OpenMetrics."""
        text = word.decode("ascii", "replace")
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        if not number.is_finite() or abs(number) > 1 << 62:
            return None
        dumped = key.startswith(b"{__name__")
        seconds = (
            "." in text or "e" in text.lower() or (not dumped and (self.in_seconds or number < _EARLIEST_MS))
        )
        time = int(number * (_SECONDS if seconds else _MS))
        return time if abs(time) < 1 << 63 else None

    def _untimed(self) -> int:
        self.untimed += 1
        return max(self.builder.file.mtime_ns, 0)

    def _exemplar(self, text: bytes, series: int, time: int, _value: float) -> None:
        """Keep the exemplar of a sample where it names a trace."""
        inside, _, rest = text.decode("utf-8", "replace").rpartition("}")
        labels, words = labels_of(inside) or {}, rest.split()
        traces = [value for name, value in labels.items() if role(name) is Role.TRACE_ID]
        spans = [value for name, value in labels.items() if role(name) is Role.SPAN_ID]
        trace = self.builder.traces[traces[0]] if traces else -1
        if trace < 0 or not words:
            return
        try:
            value, own = float(words[0]), int(Decimal(words[1]) * _SECONDS) if len(words) > 1 else time
        except (ValueError, InvalidOperation, OverflowError):
            return
        if abs(own) < 1 << 63:
            self.builder.exemplars.append(
                series=series,
                time=own,
                value=value,
                trace=trace,
                span_id=span_number(spans[0]) if spans else 0,
            )

    def _alerts(self, records: Records, rows: list[tuple[int, int, float]]) -> None:
        """Marks for the series ``ALERTS``."""
        for code, labels in self.labels.items():
            mine = sorted((time, value) for series, time, value in rows if series == code)
            if mine:
                times, values = np.array([t for t, _ in mine], np.int64), np.array([v for _, v in mine])
                add_alert_series(self.builder, labels, times, values, self.builder.block(records))


def labels_of(text: str) -> dict[str, str] | None:
    """The labels between braces, None where they are none; the metric's own name, if quoted, is under ``""``."""
    labels: dict[str, str] = {}
    at = 0
    text = text.strip()
    while at < len(text):
        match = _LABEL.match(text, at)
        if match is None:
            return None
        name, quoted, value = match.groups()
        if value is None:
            if quoted is None:
                return None
            labels[""] = _unescaped(quoted)
        else:
            labels[name or _unescaped(quoted or "")] = _unescaped(value)
        at = match.end()
        while at < len(text) and text[at] in ", \t":
            at += 1
    return labels


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), text) if "\\" in text else text
