"""Validation results of Great Expectations, versions 0.x and 1.x, alone or within a checkpoint's result.

Format: what ``to_json_dict`` of these versions writes. An expectation that could not be computed is an error, not a
failure; ``exception_info`` is then a map by metric in 1.x. ``unexpected_percent`` is of 100.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import (
    Document,
    listed,
    moment,
    named,
    number,
    open_items,
    read_documents,
    text,
)
from explorer.decoding.outline import outline
from explorer.decoding.quality.results import add_finding, service_in
from explorer.model.builder import Builder, Records
from explorer.model.records import Finding

NAME: Final = "great-expectations"
LABEL: Final = "Great Expectations result"
RECOGNISED_BY: Final = "JSON with an expectation_config, alone or in results, or a checkpoint's run_results."
FRAMINGS: Final = frozenset({"document", "lines"})

_LIST: Final = frozenset({"success", "expectation_config"})
_BOUNDS: Final = ("max_value", "min_value", "value")

Object = Mapping[str, Any]
Verdict = Literal["pass", "warn", "fail", "error"]


def detect(head: bytes) -> Confidence | None:
    """By the results, or by what a checkpoint holds."""
    if b"expectation" not in head and b'"run_results"' not in head:
        return None
    paths = outline(head)
    under = {path[-1] for path in paths if len(path) == 2 and path[0] == "results"}
    alone = {path[0] for path in paths if path} >= _LIST
    if alone or under >= _LIST or ({("run_results",)} <= paths and b"expectation" in head):
        return Confidence.CERTAIN
    if {("validation_results", "expectations"), ("validation_results", "statistics")} <= paths:
        return Confidence.CERTAIN
    return Confidence.LIKELY if {("results",), ("suite_name",), ("statistics",)} <= paths else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write a finding for each expectation into the builder."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again, expectation by expectation."""

    def items(value: Any) -> list[Any]:
        return [result for suite in _suites(value) for result in listed(suite.get("results"))]

    return open_items(raw, items, lambda result: _said(named(result))[1])


def _suites(value: Any) -> Iterator[Object]:
    """The validation results of a document: one, or those of all runs of a checkpoint, also as it describes them.

    What one expectation gave is a result of its own, for it is printed alone where somebody tries it.
    """
    one = named(value)
    if one.keys() >= _LIST:
        one = {"meta": one.get("meta"), "results": [one]}
    if isinstance(one.get("results"), list):
        yield one
        return
    for described in map(named, listed(one.get("validation_results"))):
        whole = [
            {
                **named(each),
                "expectation_config": {**named(each), "type": named(each).get("expectation_type")},
            }
            for each in listed(described.get("expectations"))
        ]
        yield {**described, "results": whole}
    runs = one.get("run_results")
    for run in map(named, named(runs).values() if isinstance(runs, dict) else listed(runs)):
        yield from _suites(run if "results" in run else run.get("validation_result"))


def _read(document: Document) -> bool:
    whole = named(document.value)
    parts = (whole.get(name) for name in ("results", "run_results", "validation_results"))
    if not (whole.keys() >= _LIST or any(isinstance(part, list | dict) for part in parts)):
        return False
    at = broken = 0
    for suite in _suites(document.value):
        meta = named(suite.get("meta"))
        run = named(meta.get("run_id"))
        time = moment(meta.get("validation_time")) or moment(run.get("run_time"))
        service = service_in(meta, named(meta.get("batch_spec")))
        for result in map(named, listed(suite.get("results"))):
            if "expectation_config" in result:
                name = text(run.get("run_name"))
                column, finding = _finding(result, time, service, name, document.doc, at)
                add_finding(document, finding, _config(result)[0], column=column)
            else:
                broken += 1
            at += 1
    document.skip("warning", "broken-result", "results without an expectation are left out", broken)
    return True


def _config(result: Object) -> tuple[str, Object, Object]:
    """Type, arguments and the whole configuration of an expectation."""
    config = named(result.get("expectation_config"))
    return (
        text(config.get("type")) or text(config.get("expectation_type")),
        named(config.get("kwargs")),
        config,
    )


def _finding(result: Object, time: int, service: str, run: str, doc: int, index: int) -> tuple[str, Finding]:
    status, said = _said(result)
    _, arguments, _ = _config(result)
    column = text(arguments.get("column")) or ", ".join(map(text, listed(arguments.get("column_list"))))
    found = named(result.get("result"))
    value = number(found.get("unexpected_percent"))
    if value is None:
        value = number(found.get("observed_value"))
        threshold = next(
            (limit for name in _BOUNDS if (limit := number(arguments.get(name))) is not None), None
        )
    else:  # so many of 100 may be as nobody expects
        threshold = round(100 * (1 - (number(arguments.get("mostly", 1)) or 0)), 9)
    subject = column or "data set"
    return column, Finding(
        "Great Expectations", subject, status, said[:500], value, threshold, time, service, run, doc, index
    )


def _said(result: Object) -> tuple[Verdict, str]:
    """Status and sentence of one result."""
    kind, arguments, config = _config(result)
    column, found = text(arguments.get("column")), named(result.get("result"))
    sentence = kind.replace("_", " ") + (f" ({column})" if column else "")
    raised = _exception(named(result.get("exception_info")))
    if raised:
        return "error", f"{sentence}: {raised}"
    if result.get("success") is True:
        return "pass", sentence
    mild = text(config.get("severity")).lower() in ("warning", "info")
    parts = []
    if (count := number(found.get("unexpected_count"))) is not None:
        total, share = number(found.get("element_count")), number(found.get("unexpected_percent"))
        percent = f" ({share:.3g}%)" if share is not None else ""
        parts.append(f"{count:.0f} of {total or 0:.0f} values unexpected{percent}")
    if found.get("observed_value") is not None:
        parts.append(f"observed {text(found['observed_value'])[:100]}")
    if examples := listed(found.get("partial_unexpected_list"))[:5]:
        parts.append("such as " + ", ".join("null" if one is None else text(one)[:40] for one in examples))
    return "warn" if mild else "fail", f"{sentence}: {'; '.join(parts)}" if parts else f"{sentence}: not met"


def _exception(info: Object) -> str:
    """What was raised, ``""`` for nothing."""
    infos = [info] if "raised_exception" in info else list(map(named, info.values()))
    return next((text(one.get("exception_message")) or "an exception was raised"
                 for one in infos if one.get("raised_exception") is True), "")  # fmt: skip
