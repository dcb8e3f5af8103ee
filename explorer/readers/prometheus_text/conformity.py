"""What OpenMetrics forbids and a file has all the same: told once a kind, for its numbers may not be what they seem.

Source: OpenMetrics 1.0, prometheus/OpenMetrics specification and its test data. Samples are kept as they are; only
files that end with ``# EOF`` are held to it, for Prometheus' older text format allows most of this.
"""

from __future__ import annotations

import math
from typing import Final

from explorer.model.builder import Builder
from explorer.readers.prometheus_text.spelling import slips

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

SPELLED: Final = 10_000
"""Lines of a file whose writing is looked at."""

Labels = dict[str, str]


class Conformity:
    """Looks at the lines of one file in their order; :meth:`tell` says at its end what was found."""

    def __init__(self) -> None:
        self.faults: dict[str, int] = {}
        self._ended = False
        self._spelled = 0
        self._types: dict[str, str] = {}
        self._told: set[tuple[str, str]] = set()
        self._family = ""
        self._left: set[str] = set()
        self._last: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
        self._buckets: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, float]] = {}
        self._parts: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, float]] = {}
        self._group: tuple[str, tuple[tuple[str, str], ...]] = ("", ())

    def blank_lines(self, count: int) -> None:
        """So many lines were empty."""
        self._note(count > 0, "there are empty lines")

    @property
    def wants_spelling(self) -> bool:
        """Whether lines are still looked at to the blank: what writes one line wrongly writes the first ones so."""
        return self._spelled < SPELLED

    def spelling(self, line: str) -> None:
        """A line as it is written."""
        self._spelled += 1
        for slip in slips(line):
            self._note(condition=True, text=slip)

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
            self._note(self._types.get(family) in ("info", "stateset"), "what has no unit is given one")

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
        if kind in ("histogram", "gaugehistogram"):
            self._part(family, suffix, labels, value)

    def tell(self, builder: Builder) -> None:
        """Say what was found, where the file is OpenMetrics."""
        if not self._ended:
            return
        bucketless = {"histogram", "gaugehistogram"} & {*self._types.values()} and not self._buckets
        self._note(bool(bucketless) and bool(self._last), "a histogram has no buckets")
        open_ended = any(bound != math.inf for bound, _ in self._buckets.values())
        self._note(open_ended, "a histogram has no bucket for +Inf")
        for parts in self._parts.values():
            self._whole(parts)
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
            self._note(value < 0, "a quantile has a negative value")
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

    def _part(self, family: str, suffix: str, labels: Labels, value: float) -> None:
        """One sample of a histogram: those of the same labels stand together and belong together."""
        group = family, tuple(sorted((name, text) for name, text in labels.items() if name != "le"))
        self._note(
            group != self._group and group in self._parts, "the samples of a histogram do not stand together"
        )
        self._group = group
        parts = self._parts.setdefault(group, {})
        if suffix == "_bucket":
            bound = _number(labels.get("le", ""))
            parts["lowest"] = min(bound, parts.get("lowest", math.inf))
            if bound == math.inf:
                parts["all"] = value
        else:
            parts[suffix] = value

    def _whole(self, parts: dict[str, float]) -> None:
        """What the samples of one histogram say of each other."""
        for amount, total in (("_count", "_sum"), ("_gcount", "_gsum")):
            self._note(
                (amount in parts) != (total in parts), "a histogram has a count or a sum, but not both"
            )
            self._note(
                parts.get(amount, parts.get("all")) != parts.get("all"), "a count is not that of all buckets"
            )
        below = parts.get("lowest", 0) < 0
        self._note(below and "_sum" in parts, "a histogram with buckets below 0 has a sum")
        self._note(not below and not parts.get("_gsum", 0) >= 0, "a sum is negative or not a number")

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
