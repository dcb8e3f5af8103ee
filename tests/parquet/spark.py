"""``python -m tests.parquet.spark``: the README's slice of a data lake, cut by a real local Spark and opened here.

Needs Java and pyspark (``pip install pyspark``), which no default run does.
"""

from __future__ import annotations

import re
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from explorer.ingest import ingest
from explorer.paths import resource
from explorer.writers.parquet import write_parquet
from tests.readme import README


def main() -> int:
    """Convert the demo, run the README's lines in Spark, and compare what the slice holds with the whole."""
    try:
        sql = import_module("pyspark.sql")
    except ImportError:
        sys.stderr.write("pip install pyspark, and Java, are needed for this.\n")
        return 2
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        whole = ingest([resource("demo")])
        write_parquet(whole, folder / "lake")
        session = (
            sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        )
        lines = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
        if lines is None:
            raise SystemExit("The README shows no Spark.")
        text = lines[1].replace('"lake', f'"{folder}/lake').replace('"slice"', f'"{folder}/slice"')
        exec(compile(text, "README.md", "exec"), {"spark": session})  # noqa: S102 - the project's own README
        session.stop()
        part = ingest([folder / "slice"])
    known = {whole.trace_id(trace): whole.traces.rows(trace) for trace in range(len(whole.traces))}
    found = {part.trace_id(trace): part.traces.rows(trace) for trace in range(len(part.traces))}
    same = all(
        whole.spans.start[known[trace]].tolist() == part.spans.start[rows].tolist()
        for trace, rows in found.items()
    )
    sys.stdout.write(f"{len(found)} of {len(known)} traces in the slice, {len(part.spans)} spans; ")
    sys.stdout.write("each trace is whole\n" if same and found else "spans are missing\n")
    return 0 if same and found else 1


if __name__ == "__main__":
    sys.exit(main())
