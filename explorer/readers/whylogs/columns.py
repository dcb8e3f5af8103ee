"""One column, one score, one constraint of whylogs as a finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from explorer.decoding.documents import listed, named, number, text
from explorer.model.records import Finding

_TOOL: Final = "whylogs"
_PARTS: Final = (("counts/null", "missing"), ("counts/nan", "not a number"), ("counts/inf", "infinite"))

Object = Mapping[str, Any]
Verdict = Literal["pass", "warn", "fail", "error"]


def column_finding(name: str, column: Object, doc: int) -> Finding:
    """How many values of a column are missing or no numbers: a warning if any, for a profile holds no bounds."""
    total = number(column.get("counts/n")) or 0.0
    bad = [(count, words) for key, words in _PARTS if (count := number(column.get(key)) or 0)]
    share = (number(column.get("counts/null")) or 0.0) / total if total else 0.0
    told = ", ".join(f"{count:.0f} {words}" for count, words in bad) or "none missing"
    said = f"{name}: {told} of {total:.0f} values" + (f" ({share:.1%} missing)" if share else "")
    return Finding(_TOOL, name, "warn" if bad else "pass", said, share, doc=doc)


def drift_finding(name: str, score: Object, doc: int) -> Finding:
    """The drift of a column; its category is taken as it is, for low p-values and high distances both mean drift."""
    category, method = text(score.get("drift_category")).upper(), text(score.get("algorithm"))
    value = number(score.get("pvalue"))
    measure = "p-value" if value is not None else "statistic"
    value = number(score.get("statistic")) if value is None else value
    bounds = [number(bound) for bound in listed(named(score.get("thresholds")).get("DRIFT"))]
    threshold = bounds[-1] if bounds and measure == "p-value" else bounds[0] if bounds else None
    status: Verdict = "fail" if category == "DRIFT" else "warn" if "POSSIBLE" in category else "pass"
    words = {"fail": "drifted", "warn": "possibly drifted", "pass": "did not drift"}[status]
    shown = "" if value is None else f" {measure} {value:.3g}"
    return Finding(_TOOL, name, status, f"{name} {words}: {method}{shown}", value, threshold, doc=doc)


def constraint_finding(one: Object, doc: int) -> Finding:
    """The result of a constraint; its summary holds what was measured."""
    failed = (number(one.get("failed")) or 0) > 0
    name = text(one.get("name"))
    summary = one.get("summary")
    told = f": {text(summary)[:200]}" if failed and summary else ""
    said = f"{name} {'failed' if failed else 'holds'}{told}"
    return Finding(_TOOL, name, "fail" if failed else "pass", said, doc=doc)
