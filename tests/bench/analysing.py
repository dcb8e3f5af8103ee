"""The analysis alone, by parts: from the columns, the walk of each failed id, the whole pass, and what logs cost it."""

from __future__ import annotations

from dataclasses import replace

from explorer.analysis.categories.rules import Rules
from explorer.analysis.causes import analyse, explained
from explorer.analysis.facts import facts_of
from explorer.ingest import ingest
from explorer.session.rules import known_rules
from tests.bench.data_formats import write_json_logs
from tests.bench.ingesting import shuffled, structure
from tests.bench.run import Run, megabytes, read_lines


def measure(run: Run) -> None:
    """Structure, propagation and the full pass against the floor, on what was read of the same bytes."""
    path = run.otlp()
    store = ingest([path])
    rules, _ = known_rules()
    columns, facts = shuffled(store), facts_of(store)
    failing = len(explained(facts))
    run.compare(
        f"{run.spans:,} spans, {megabytes(path)}, {failing:,} ids that failed",
        {
            "floor: orjson.loads of each line": lambda: read_lines(path),
            "structure alone: parents, order, sizes": lambda: structure(columns),
            # Under another identity, so that nothing is found in a cache.
            "facts: outcomes, hops, peers, traits": lambda: facts_of(replace(store)),
            "failure propagation of every failed id": lambda: explained(facts),
            "analysis: outcomes, paths, causes": lambda: analyse(replace(store), rules),
        },
    )
    _with_logs(run, rules)


def _with_logs(run: Run, rules: Rules) -> None:
    """What log lines cost the analysis: half as many as there are spans, a third of them errors."""
    path, logs = run.otlp(), run.folder / "logs.jsonl"
    write_json_logs(logs, run.spans // 2)
    alone, both = ingest([path]), ingest([path, logs])
    run.compare(
        f"{run.spans:,} spans, {len(both.logs):,} JSON log lines, {len(explained(facts_of(both))):,} ids that failed",
        {
            "analysis of the spans alone": lambda: analyse(replace(alone), rules),
            "analysis with the log lines": lambda: analyse(replace(both), rules),
        },
    )
