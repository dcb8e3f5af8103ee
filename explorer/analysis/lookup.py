"""Finding what a person names: a correlation id in any spelling, or a unique beginning of it."""

from __future__ import annotations

from explorer.analysis.wording import clip
from explorer.errors import UsageError
from explorer.model.ids import meant_ids
from explorer.model.store import Store


def find_id(store: Store, text: str) -> int:
    """The id row that ``text`` names: the id as written, any spelling of one of its trace ids, or a unique beginning.

    Raises:
        UsageError: nothing, or more than one id, is named so.
    """
    wanted = text.strip()
    row = named_id(store, wanted)
    return row if row >= 0 else _by_beginning(store, wanted, wanted.lower())


def named_id(store: Store, text: str) -> int:
    """The id row that a whole id names, in any spelling; -1 for none."""
    as_written = store.correlation.row_by_id.get(text)
    if as_written is not None:
        return as_written
    lowered = text.lower()
    for row, one in enumerate(store.correlation.rows):
        if one.id.lower() == lowered:
            return row
    by_number = store.correlation.trace_by_number
    for number in meant_ids(text):
        for known in (number, *(n for n in by_number if n & (1 << 64) - 1 == number)):
            trace = by_number.get(known)
            if trace is not None:
                return int(store.correlation.of_trace[trace])
    return -1


def _by_beginning(store: Store, wanted: str, lowered: str) -> int:
    begun = {row for row, one in enumerate(store.correlation.rows) if one.id.lower().startswith(lowered)}
    if lowered:
        begun |= {
            int(store.correlation.of_trace[trace])
            for trace in range(len(store.traces))
            if store.trace_id(trace).startswith(lowered)
        }
    if len(begun) == 1:
        return begun.pop()
    wanted = clip(wanted, 80)
    if not begun or not lowered:
        raise UsageError(f"No correlation id or trace id is or begins with “{wanted}”.")
    some = ", ".join(sorted(store.correlation.rows[row].id for row in begun)[:3])
    raise UsageError(f"{len(begun)} ids begin with “{wanted}”: {some} … Give more of it.")
