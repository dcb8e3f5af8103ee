"""Benchmarks: ``python -m tests.bench``. Ratios measured side by side in one run, medians of several."""
