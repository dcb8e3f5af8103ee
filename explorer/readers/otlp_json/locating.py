"""Where the spans and log records of a document lie in its bytes."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from explorer.decoding.extents import Extents, Places, Shared, places_of
from explorer.readers.otlp_json import shapes
from explorer.readers.otlp_json.compact import SILENT, compact
from explorer.readers.otlp_json.opening import Run, located


def locate(raw: bytes) -> Extents | None:
    """The places of all spans, then of all log records; None of a document that is spelt otherwise."""
    found = compact(raw)
    if found is not None or shapes.decode(raw) is None:
        return found
    runs = located(raw)
    if runs is None:
        return None
    begin, end = places_of(raw, [record for run in runs for record in run.records])
    return Extents(begin, end, lambda: _shared(raw, runs), SILENT)


def _shared(raw: bytes, runs: list[Run]) -> list[Shared]:
    """Resources and scopes, each with the records it is said of."""
    ends = list(accumulate((len(run.records) for run in runs), initial=0))
    users: dict[tuple[int, int], list[Places]] = {}
    for number, run in enumerate(runs):
        parts = [one for one in (run.resource, run.scope) if bytes(one)[:1] == b"{"]
        for first, last in zip(*(place.tolist() for place in places_of(raw, parts)), strict=True):
            users.setdefault((first, last), []).append(np.arange(ends[number], ends[number + 1]))
    return [Shared(*place, np.concatenate(ordinals)) for place, ordinals in users.items()]
