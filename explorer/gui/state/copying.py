"""What Copy puts on the clipboard: the selected span, else the selected log line, else the selected id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from explorer.gui.state.appstate import AppState
from explorer.layout.numbers import date_time, duration
from explorer.model.raw import ChangedError
from explorer.model.records import Detail
from explorer.model.schema import Kind, Status, severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail
from explorer.report.reproduce import replay

Form = Literal["text", "json", "markdown", "curl"]


def copied(state: AppState, form: Form) -> str:
    """The selection as text with tabs, as JSON, as a Markdown table, or its request as a ``curl`` command.

    "" where nothing is selected, or the span is of no HTTP request.
    """
    store = state.store
    if store is None:
        return ""
    if form == "curl":
        return _curl(store, state.span_row)
    if state.span_row >= 0:
        return _written(_span(store, state.span_row), form)
    if state.log >= 0:
        return copied_log(store, state.log, form)
    if state.id_row >= 0:
        row = store.correlation.rows[state.id_row]
        traces = [store.trace_id(trace) for trace in row.traces]
        return _written({"id": row.id, "kind": row.kind, "traces": traces}, form)
    return ""


def _curl(store: Store, row: int) -> str:
    detail = span_detail_or_none(store, row) if row >= 0 else None
    if detail is None:
        return ""
    owner = store.correlation.rows[int(store.correlation.of_trace[store.spans.trace[row]])]
    return replay(detail, owner.id if owner.kind != "trace-id" else "")


def copied_log(store: Store, row: int, form: Form | Literal["line"]) -> str:
    """A log record; as a ``line``, time, level, service and message between tabs."""
    if form != "line":
        return _written(_log(store, row), form)
    one = _log(store, row)
    message = str(one["message"]).replace("\n", "\n\t")
    return f"{one['time']}\t{severity_word(int(store.logs.severity[row]))}\t{one['service']}\t{message}\n"


def _span(store: Store, row: int) -> dict[str, object]:
    spans = store.spans
    start = int(spans.start[row])
    return {
        "trace_id": store.trace_id(int(spans.trace[row])), "span_id": store.span_id(row),
        "service": store.service(row), "operation": store.operation(row),
        "kind": Kind(int(spans.kind[row])).name.lower(), "status": Status(int(spans.status[row])).name.lower(),
        "start": date_time(start, precision=9), "start_ns": start,
        "duration": duration(int(spans.duration[row])), "duration_ns": int(spans.duration[row]),
    } | _rest(span_detail_or_none(store, row))  # fmt: skip


def _log(store: Store, row: int) -> dict[str, object]:
    logs = store.logs
    time = int(logs.time[row])
    try:
        detail: Detail | None = log_detail(store, row)
    except ChangedError:
        detail = None
    return {
        "time": date_time(time, precision=9), "time_ns": time, "service": store.services[logs.service[row]],
        "message": detail.message if detail else "",
    } | _rest(detail)  # fmt: skip


def span_detail_or_none(store: Store, row: int) -> Detail | None:
    """The span's detail, None where its file changed since it was read."""
    try:
        return span_detail(store, row)
    except ChangedError:
        return None


def _rest(detail: Detail | None) -> dict[str, object]:
    if detail is None:
        return {}
    found: dict[str, object] = {}
    if detail.attributes:
        found["attributes"] = dict(detail.attributes)
    if detail.exception_type or detail.exception_message:
        found["exception"] = f"{detail.exception_type}: {detail.exception_message}".strip(": ")
    return found


def _written(fields: Mapping[str, object], form: Form) -> str:
    if form == "json":
        return json.dumps(fields, indent=2, ensure_ascii=False, default=str)
    flat = _flat(fields)
    if form == "markdown":
        rows = [f"| {_cell(name)} | {_cell(value)} |" for name, value in flat]
        return "\n".join(["| field | value |", "|---|---|", *rows])
    return "\n".join(f"{name}\t{value}" for name, value in flat)


def _flat(fields: Mapping[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in fields.items():
        if isinstance(value, dict):
            found += [(str(inner), _word(one)) for inner, one in value.items()]
        else:
            found.append((name, _word(value)))
    return found


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _cell(value: str) -> str:
    return value.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "<br>")
