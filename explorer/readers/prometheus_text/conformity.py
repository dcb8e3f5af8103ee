"""What OpenMetrics forbids and a file has all the same: told once a kind, for its numbers may not be what they seem.

Source: OpenMetrics 1.0, prometheus/OpenMetrics specification and its test data. Samples are kept as they are; only
files that end with ``# EOF`` are held to it, for Prometheus' older text format allows most of this.
"""

from __future__ import annotations

import math
from typing import Final

from explorer.model.builder import Builder

_SUFFIXES: Final = {
    "counter": ("_total", "_created"),
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    "summary": ("", "_count", "_sum", "_created"),
    "info": ("_info",),
    "stateset": ("",),
    "gauge": ("",),
    "unknown": ("",),
}
_COUNTING: Final = ("counter", "histogram", "summary", "gaugehistogram")
_GROWING: Final = ("_total", "_bucket", "_count", "_gcount", "_sum")
_EXEMPLARS: Final = ("_total", "_bucket")
_ENDINGS: Final = ("_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info")

Labels = dict[str, str]


class Conformity:
    """Looks at the lines of one file in their order; :meth:`tell` says at its end what was found."""

    def __init__(self) -> None:
        self.faults: dict[str, int] = {}
        self._ended = False
        self._types: dict[str, str] = {}
        self._told: set[tuple[str, str]] = set()
        self._family = ""
        self._left: set[str] = set()
        self._last: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
        self._buckets: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, float]] = {}

    def comment(self, line: str) -> None:
        """A line that begins with ``#``."""
        words = line.split(" ", 3)
        if line == "# EOF":
            self._note(self._ended, "# EOF stands twice")
            self._ended = True
            return
        self._note(self._ended, "there is more after # EOF")
        if len(words) < 3 or words[1] not in ("TYPE", "UNIT", "HELP"):
            self._note(condition=True, text="a comment is none of HELP, TYPE, UNIT and EOF")
            return
        kind, family = words[1], words[2].strip('"')
        rest = words[3] if len(words) > 3 else ""
        self._note((kind, family) in self._told, f"{kind} is told twice of one family")
        self._note(
            family in (*self._left, self._family) and self._seen(family), f"{kind} comes after the samples"
        )
        self._told.add((kind, family))
        if kind == "TYPE":
            self._note(rest not in _SUFFIXES, "a type is unknown")
            self._types[family] = rest
        elif kind == "UNIT":
            self._note(bool(rest) and not family.endswith(f"_{rest}"), "a name does not end with its unit")

    def sample(self, name: str, labels: Labels, value: float, time: int | None, *, exemplar: bool) -> None:
        """A sample; ``time`` is None where it has none."""
        self._note(self._ended, "there is more after # EOF")
        family, suffix = self._family_of(name)
        if family != self._family:
            self._note(family in self._left, "the samples of a family do not stand together")
            self._left.add(self._family)
            self._family = family
        kind = self._types.get(family, "unknown")
        self._note(suffix not in _SUFFIXES.get(kind, (suffix,)), f"a sample of a {kind} has no place in it")
        self._note(exemplar and suffix not in _EXEMPLARS, "an exemplar stands where none may")
        self._value(kind, suffix, labels, value, family)
        key = (name, tuple(sorted(labels.items())))
        before = self._last.get(key, -2)
        if before != -2:
            missing = (time is None) != (before == -1)
            self._note(
                missing or time is None or time < before, "a series goes back in time, or stands twice"
            )
        self._last[key] = -1 if time is None else time
        if suffix == "_bucket":
            self._bucket(family, labels, value)

    def tell(self, builder: Builder) -> None:
        """Say what was found, where the file is OpenMetrics."""
        if not self._ended:
            return
        bucketless = {"histogram", "gaugehistogram"} & {*self._types.values()} and not self._buckets
        self._note(bool(bucketless) and bool(self._last), "a histogram has no buckets")
        open_ended = any(bound != math.inf for bound, _ in self._buckets.values())
        self._note(open_ended, "a histogram has no bucket for +Inf")
        for text in self.faults:
            builder.remark(
                "info", "not-conforming", f"OpenMetrics does not allow this, it is read all the same: {text}"
            )

    def _value(self, kind: str, suffix: str, labels: Labels, value: float, family: str) -> None:
        grows = suffix in _GROWING and kind in _COUNTING
        self._note(grows and not value >= 0, "what can only grow is negative or not a number")
        self._note(
            kind == "stateset" and (value not in (0, 1) or family not in labels), "a state is neither 0 nor 1"
        )
        self._note(kind == "info" and value != 1, "an info is not 1")
        if kind == "summary" and not suffix:
            quantile = _number(labels.get("quantile", ""))
            self._note(not 0 <= quantile <= 1, "a quantile is not between 0 and 1")

    def _bucket(self, family: str, labels: Labels, value: float) -> None:
        bound = _number(labels.get("le", ""))
        others = tuple(sorted((name, text) for name, text in labels.items() if name != "le"))
        before, count = self._buckets.get((family, others), (-math.inf, -math.inf))
        started_again = before == math.inf
        self._note(math.isnan(bound), "a bucket has no bound")
        self._note(not started_again and (bound <= before or value < count), "buckets are out of order")
        self._buckets[family, others] = bound, value

    def _family_of(self, name: str) -> tuple[str, str]:
        if name in self._types:
            return name, ""
        ending = next((one for one in _ENDINGS if name.endswith(one)), "")
        family = name.removesuffix(ending)
        return (family, ending) if family in self._types else (name, "")

    def _seen(self, family: str) -> bool:
        return any(self._family_of(name)[0] == family for name, _ in self._last)

    def _note(self, condition: bool, text: str) -> None:
        if condition:
            self.faults[text] = self.faults.get(text, 0) + 1


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
