"""Lines of Envoy's access log in its default form, and what their response flags mean.

Source: envoyproxy.io, "Access logging" (``%RESPONSE_FLAGS%``); Istio names the callee in ``upstream_cluster`` as
``outbound|port|subset|host``.
"""

from __future__ import annotations

import re
from typing import Final

MEANS: Final = {
    "UF": "no connection came about", "UH": "no healthy upstream", "UC": "the connection ended early",
    "UO": "the circuit was open", "UT": "the answer came too late", "UR": "the callee reset the stream",
    "LR": "the stream was reset", "NR": "no route", "NC": "no such cluster", "DF": "the name was not resolved",
    "URX": "all tries failed", "RL": "over the rate limit", "UPE": "the answer broke the protocol",
    "LH": "the health check failed", "DT": "the time for the request was over",
}  # fmt: skip
"""Flags that speak of the callee or of the way to it; others (a user who left, say) do not."""
_LINE: Final = re.compile(
    r"(?:\[[\dT:.Z-]+\] )?\"(?P<method>\S+) (?P<path>\S+) \S+\" (?P<status>\d{1,3}) "
    r"(?P<flags>[A-Z]{2,5}(?:,[A-Z]{2,5})*|-) "
)
_CLUSTER: Final = re.compile(r"\boutbound\|\d+\|[^|\s]*\|(?P<host>[\w.-]+)")


def flags_in(text: str) -> list[str]:
    """The flags of a field."""
    return [flag.strip() for flag in text.split(",")]


def said_in_line(text: str) -> str:
    """``GET /pay ended in 503: no healthy upstream (UH)``; ``""`` for what is no line of an access log with flags."""
    found = _LINE.match(text)
    if found is None:
        return ""
    means = [MEANS[flag] for flag in flags_in(found["flags"]) if flag in MEANS]
    why = f": {'; '.join(means)} ({found['flags']})" if means else ""
    asked = "a request" if found["method"] == "-" else f"{found['method']} {found['path']}"
    return f"{asked} ended in {found['status']}{why}"


def callee_in_line(text: str) -> str:
    """The host that a line says did not answer as it should, ``""`` where its flags do not speak of it."""
    found, cluster = _LINE.match(text), _CLUSTER.search(text)
    if found is None or cluster is None or not any(flag in MEANS for flag in flags_in(found["flags"])):
        return ""
    return cluster["host"]
