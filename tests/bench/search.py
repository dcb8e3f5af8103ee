"""Queries on a store: on columns, on words, on attributes that only the raw bytes hold."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import orjson

from explorer.analysis.causes import analyse
from explorer.analysis.fulltext import spans_holding
from explorer.analysis.matching import matching_ids
from explorer.analysis.scanning import BLOCK
from explorer.analysis.search import column
from explorer.decoding.needles import Needle
from explorer.ingest import ingest
from explorer.query.parser import parse
from explorer.session.rules import known_rules
from tests.bench.data_formats import write_jaeger, write_zipkin
from tests.bench.run import Run, megabytes, read_lines, say

QUERIES = (
    "service:service-3 status:error", "duration>20ms status:error", "operation:operation-7", "-status:error",
    "kind:server self>5ms", "error:range", "status:failing", "id:4", "trace:9e37",
)  # fmt: skip


def measure(run: Run) -> None:
    """Queries on columns in milliseconds; words in the raw bytes, and attributes, as multiples of the floor."""
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
    words = {
        "a word that stands nowhere": "0xdeadbeefcafe",
        "a word of four letters, nowhere": "zqxj",
        "a word in one span of a thousand": "out of range",
        "a word in half of all spans": "value-1",
    }
    names = ("custom.attribute.3", "http.request.method", "host.name")
    run.compare(
        f"words in, and attributes from, {megabytes(path)} of raw bytes",
        {
            "floor: orjson.loads of each line": lambda: read_lines(path),
            "the bytes read": lambda: _read(path),
            **{title: partial(spans_holding, store, Needle(word)) for title, word in words.items()},
            **{f"as a column: {name}": partial(column, store, store.spans, name) for name in names},
        },
    )
    _of_document(run, "Jaeger", write_jaeger, "custom.tag.3")
    _of_document(run, "Zipkin", write_zipkin, "custom.tag.3")


def _of_document(run: Run, name: str, write: Callable[[Path, int], None], attribute: str) -> None:
    path = run.folder / f"{name}.json"
    write(path, run.spans // 2)
    store = ingest([path])
    run.compare(
        f"{name}, one document, {run.spans // 2:,} spans, {megabytes(path)}",
        {
            "floor: orjson.loads": lambda: orjson.loads(path.read_bytes()),
            f"as a column: {attribute}": partial(column, store, store.spans, attribute),
        },
    )


def _read(path: Path) -> None:
    with path.open("rb") as stream:
        while stream.read(BLOCK):
            pass
