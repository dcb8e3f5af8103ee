"""One check of a report: what was measured, against which bound, with what result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from explorer.model.records import Finding

Verdict = Literal["pass", "warn", "fail", "error"]
STATUSES: Final[Mapping[str, Verdict]] = {
    "SUCCESS": "pass", "PASS": "pass", "FAIL": "fail", "WARNING": "warn", "ERROR": "error", "SKIPPED": "warn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """A check.

    Attributes:
        subject: what was checked: a column, or the data set.
        status: its result.
        text: one sentence.
        value, threshold: what was measured and its bound, where they are numbers.
        series: name of the series that the value is a point of; ``""`` for none.
        column, method: its labels.
        told: the fields of the check as they stand in the file, with the text.
    """

    subject: str
    status: Verdict
    text: str
    value: float | None
    threshold: float | None
    series: str
    column: str
    method: str
    told: Mapping[str, Any]

    def finding(self, tool: str, time_ns: int, service: str, run: str, doc: int, index: int) -> Finding:
        """The finding that the check is."""
        return Finding(tool, self.subject, self.status, self.text, self.value, self.threshold, time_ns, service, run,
                       doc, index)  # fmt: skip


def drifts(score: float, threshold: float, method: str) -> bool:
    """Whether a score means drift: p-values do below the threshold, distances from it up."""
    name = method.lower()
    p_value = "p_value" in name or "p-value" in name or name in _P_VALUES
    return score < threshold if p_value else score >= threshold


_P_VALUES: Final = frozenset({
    "ks", "chisquare", "z", "anderson", "anderson-darling", "cramer_von_mises", "cramer-von mises", "es",
    "epps-singleton", "fisher_exact", "fisher's exact test", "g_test", "mannw", "mann-whitney u-rank test", "t_test",
    "empirical_mmd", "tvd", "total-variation-distance",
})  # fmt: skip
"""Tests whose score is a p-value, by name and by what they show (evidently, calculations/stattests)."""
