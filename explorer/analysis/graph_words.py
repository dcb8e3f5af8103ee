"""What stands on the nodes and edges of a call graph."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.results import GraphEdge, GraphNode, Verdict
from explorer.analysis.wording import clip, code_word, error_of, error_text, time_word

Rows = NDArray[np.int64] | NDArray[np.int32]
_MOST = 48
MANY = 20
"""Calls from which on a share says more than a count."""


def node_result(facts: Facts, node: GraphNode, rows: Rows, verdict: Verdict | None, *, single: bool) -> str:
    """How a service ended: of one id in its own words, of many in counts.

    ``rows`` are the spans by which it was entered (or hops into a peer without spans).
    """
    step = next((s for s in verdict.path if s.service == node.name), None) if verdict is not None else None
    if step is not None and step.role == "origin":
        return clip(f"origin · {step.text}", _MOST)
    if step is not None and step.role == "carried":
        return clip(f"ok · {step.text}", _MOST)
    if not single:
        return f"{node.failed:,} of {node.calls:,} failed" if node.failed else f"{node.calls:,} ok"
    if step is not None and (step.role == "raised" or " tries" in step.text):
        return clip(step.text.replace(" after ", " · "), _MOST)
    return _ended(facts, node, rows)


def _ended(facts: Facts, node: GraphNode, rows: Rows) -> str:
    spans = facts.store.spans
    if node.silent:
        rows = facts.hops.stands[rows] if len(rows) and not node.spans and node.code < 0 else rows
    if not len(rows):
        return "failed" if node.failed else "ok"
    longest = int(rows[np.argmax(spans.duration[rows])])
    took = time_word(max(0, int(spans.duration[longest])))
    if not node.failed:
        return f"ok · {took}"
    bad = [int(row) for row in rows if facts.hard[row]]
    if not bad:
        return f"failed · {took}"
    code = code_word(int(spans.code[bad[-1]]))
    kind = error_of(facts.store, bad[-1])[0].rsplit(".", 1)[-1]
    return clip(f"{code or kind or error_text(facts.store, bad[-1])} · {took}", _MOST)


def percent(part: int, whole: int) -> str:
    """``41 %``; never 0 % for something, never 100 % for less than all."""
    share = 100 * part / whole
    return "<1 %" if share < 1 else ">99 %" if 99 < share < 100 else f"{share:.0f} %"


def edge_label(edge: GraphEdge) -> str:
    """``3× 3 failed``, ``1,204× 41 % failed``, ``6× 9 ms``, ``2×``."""
    if edge.failed and edge.calls >= MANY:
        return f"{edge.calls:,}× {percent(edge.failed, edge.calls)} failed"
    if edge.failed:
        return f"{edge.calls:,}× {edge.failed:,} failed"
    return f"{edge.calls:,}× {time_word(edge.median_ns)}" if edge.median_ns > 0 else f"{edge.calls:,}×"
