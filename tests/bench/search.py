"""Queries on a store: on columns, on words, on attributes that only the raw bytes hold."""

from __future__ import annotations

import time

from explorer.analysis.causes import analyse
from explorer.analysis.matching import matching_ids
from explorer.analysis.search import attribute_column
from explorer.ingest import ingest
from explorer.query.parser import parse
from explorer.session.rules import known_rules
from tests.bench.run import Run, megabytes, read_lines, say

QUERIES = ("service:service-3 status:error", "duration>20ms status:error", "operation:operation-7", "failed")


def measure(run: Run) -> None:
    """Queries on columns in milliseconds; the raw bytes and an attribute as multiples of the floor."""
    path = run.otlp()
    store = ingest([path])
    rules, _ = known_rules()
    analysis = analyse(store, rules)
    say(f"\n{f'queries on columns, {run.spans:,} spans':52}{'median ms':>9}  {'ids':>6}")
    for text in QUERIES:
        query, times = parse(text), []
        for _ in range(run.rounds * 2 + 1):
            begun = time.perf_counter()
            hit = matching_ids(store, analysis, query)
            times.append((time.perf_counter() - begun) * 1000)
        say(f"{text:52}{sorted(times)[run.rounds]:9.2f}  {int(hit.sum()):6,}")
    run.compare(
        f"attributes, in {megabytes(path)} of raw bytes",
        {
            "floor: orjson.loads of each line": lambda: read_lines(path),
            "an attribute as a column": lambda: attribute_column.__wrapped__(store, "custom.attribute.3"),
        },
    )
