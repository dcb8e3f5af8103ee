"""Results of data checks as dbt, Soda, Deequ and pandera write them: objects in a list, each with how it ended.

Formats: dbt's ``run_results.json`` and ``sources.json`` (schemas.getdbt.com), Soda's scan results
(``get_scan_results``), Deequ's check results and metrics (rows of ``checkResultsAsJson``), pandera's failure cases
(rows, or the message of ``SchemaErrors``); rows also as tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import (
    Document,
    listed,
    moment,
    named,
    number,
    open_items,
    open_whole,
    read_documents,
    text,
)
from explorer.decoding.outline import outline
from explorer.decoding.quality.results import add_finding
from explorer.decoding.tables.rows import Header, Rows, Table, header_of, read_table
from explorer.model.builder import Builder, Records
from explorer.model.records import Finding

NAME: Final = "data-checks"
LABEL: Final = "Results of data checks (dbt, Soda, Deequ, pandera)"
RECOGNISED_BY: Final = (
    "Results with unique_id and status, checks with an outcome, rows with constraint_status or failure_case."
)
FRAMINGS: Final = frozenset({"document", "lines"})

_DBT: Final = (
    {("results", "unique_id"), ("results", "status")},
    {("metadata", "dbt_schema_version"), ("results",)},
)
_SODA: Final = {("checks", "outcome"), ("checks", "definition")}
_DEEQU: Final = frozenset({"constraint", "constraint_status"})
_MEASURED: Final = frozenset({"entity", "instance", "name", "value"})
_PANDERA: Final = frozenset({"schema_context", "check", "failure_case"})
_CODED: Final = frozenset({"check", "error", "column"})
_MARKS: Final = (b"unique_id", b"dbt_schema_version", b"outcome", b"constraint_status", b"failure_case", b"instance",
                 b"SCHEMA", b"DATA")  # fmt: skip
_VALUE: Final = re.compile(r"Value: (-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")
_COLUMN: Final = re.compile(r"\w+\(\w+\((?:List\()?([^,()]+)")
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86400}
_EXAMPLES: Final = 5

Object = Mapping[str, Any]
Result = tuple[Object, Finding]
Verdict = Literal["pass", "warn", "fail", "error"]

_VERDICTS: Final[dict[str, Verdict]] = {
    "pass": "pass", "success": "pass", "no-op": "pass", "warn": "warn", "skipped": "warn", "partial success": "warn",
    "fail": "fail", "failure": "fail", "error": "error", "runtime error": "error",
}  # fmt: skip


@dataclass(slots=True)
class _Held:
    """The rows of a table, which are told together at its end, and the document they are shown from."""

    file: int
    doc: int = -1
    rows: list[Object] = field(default_factory=list)


def detect(head: bytes) -> Confidence | None:
    """By the names of what each result tells."""
    if not any(mark in head for mark in _MARKS):
        return None
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        header = header_of(head)
        return Confidence.CERTAIN if header is not None and _is_row(header.names) else None
    paths = outline(head)
    first = frozenset(path[0] for path in paths if len(path) == 1)
    coded = {path[2] for path in paths if len(path) == 3 and path[0] in ("SCHEMA", "DATA")}
    sure = _is_row(first) or coded >= _CODED or paths >= _SODA or any(paths >= shape for shape in _DBT)
    return Confidence.CERTAIN if sure else None


def _is_row(names: Iterable[str]) -> bool:
    return any(frozenset(names) >= shape for shape in (_DEEQU, _PANDERA, _MEASURED))


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write a finding for each result into the builder."""
    if records[0].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return read_documents(records, builder, _read)

    held = builder.memory.get(NAME)
    if fresh := not isinstance(held, _Held) or held.file != len(builder.files):
        held = builder.memory[NAME] = _Held(len(builder.files))
    rows_of_file = held

    def take(table: Table, rows: Rows, place: Records) -> None:
        rows_of_file.doc = builder.block(place) if rows_of_file.doc < 0 else rows_of_file.doc
        rows_of_file.rows += [dict(zip(table.header.names, row, strict=True)) for row in rows]

    refused = read_table(records, builder, NAME, _columns, take)
    if fresh and not len(refused):
        builder.at_end(lambda: _tell(builder, rows_of_file))
    return refused


def _tell(builder: Builder, held: _Held) -> None:
    builder.begin_reader(NAME)
    builder.findings += [replace(finding, doc=held.doc) for _, finding in _rows(held.rows)]


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again, result by result; rows of a table are shown as they are."""
    if raw.lstrip()[:1] not in (b"{", b"["):
        return open_whole(raw)
    return open_items(
        raw, lambda value: [one for one, _ in _results(value)], lambda one: text(one.get("message"))
    )


def _columns(header: Header, _: Rows) -> Header | None:
    return header if _is_row(header.names) else None


def _read(document: Document) -> bool:
    found = [finding for _, finding in _results(document.value)]
    for i, finding in enumerate(found):
        add_finding(document, replace(finding, doc=document.doc, index=i), finding.subject)
    return bool(found) or "dbt_schema_version" in named(named(document.value).get("metadata"))


def _results(value: Any) -> Iterator[Result]:
    one = named(value)
    if any("unique_id" in named(result) for result in listed(one.get("results"))):
        yield from _dbt(one)
    elif isinstance(one.get("checks"), list):
        yield from _soda(one)
    elif coded := [named(one.get(part)) for part in ("SCHEMA", "DATA") if part in one]:
        for case in (named(case) for part in coded for cases in part.values() for case in listed(cases)):
            said = text(case.get("error")) or text(case.get("check"))
            yield case, _finding("pandera", text(case.get("column")), "fail", said)
    else:
        yield from _rows(map(named, value if isinstance(value, list) else [value]))


def _finding(tool: str, subject: str, status: Verdict, said: str) -> Finding:
    return Finding(tool, subject or "data set", status, said[:500])


def _dbt(run: Object) -> Iterator[Result]:
    """Tests, models and the age of sources; the id of each is its kind, project and name."""
    about = named(run.get("metadata"))
    for one in map(named, listed(run.get("results"))):
        kind, _, rest = text(one.get("unique_id")).partition(".")
        name = rest.partition(".")[2] or text(one.get("unique_id"))
        name = name.rpartition(".")[0] or name if kind == "test" else name
        status = text(one.get("status")).lower()
        said = f"{kind} {name}: " if rest else f"{name}: "
        said += text(one.get("message")) or text(one.get("error")) or status
        verdict = _VERDICTS.get(status, "error")
        age, limits = number(one.get("max_loaded_at_time_ago_in_s")), named(one.get("criteria"))
        if age is not None:
            verdict = "fail" if verdict == "error" else verdict
            said += f", loaded {age:.0f} s before"
        limit = named(limits.get("error_after" if verdict == "fail" else "warn_after"))
        most = number(limit.get("count"))
        ended = [moment(named(part).get("completed_at")) for part in listed(one.get("timing"))]
        found = replace(
            _finding("dbt", name, verdict, said),
            value=number(one.get("failures")) if age is None else age,
            threshold=most * _SECONDS.get(text(limit.get("period")), 1) if most is not None else None,
            time_ns=max(ended, default=0) or moment(about.get("generated_at")),
            run=text(about.get("invocation_id")),
        )
        yield one, found


def _soda(scan: Object) -> Iterator[Result]:
    """The checks of a scan, and what kept it from making them."""
    time = moment(scan.get("scanEndTimestamp")) or moment(scan.get("dataTimestamp"))
    for one in map(named, listed(scan.get("checks"))):
        subject = ".".join(text(one[part]) for part in ("table", "column") if one.get(part))
        measured = named(one.get("diagnostics"))
        value = number(measured.get("value"))
        limits = [*named(measured.get("fail")).values(), *named(measured.get("warn")).values()]
        status = _VERDICTS.get(text(one.get("outcome")), "error")
        reasons = [text(named(reason).get("message")) for reason in listed(one.get("outcomeReasons"))]
        parts = [f"value {value:g}"] if value is not None else []
        parts += [reason for reason in reasons if reason] or (["not evaluated"] if status == "error" else [])
        said = text(one.get("name")) + (f": {'; '.join(parts)}" if parts else "")
        found = replace(_finding("Soda", subject, status, said), value=value, time_ns=time)
        least = next((limit for told in limits if (limit := number(told)) is not None), None)
        yield one, replace(found, threshold=least)
    for line in map(named, listed(scan.get("logs"))):
        if text(line.get("level")).upper() == "ERROR":
            failed = _finding("Soda", text(scan.get("definitionName")), "error", text(line.get("message")))
            yield line, replace(failed, time_ns=moment(line.get("timestamp")) or time)


def _rows(rows: Iterable[Object]) -> Iterator[Result]:
    """Rows of Deequ, and of pandera the cases of each check together."""
    cases: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        if row.keys() >= _PANDERA:
            key = text(row.get("column")), text(row.get("check"))
            cases.setdefault(key, Counter())[text(row.get("failure_case")) or "null"] += 1
        elif row.keys() >= _DEEQU:
            yield row, _constraint(row)
        elif row.keys() >= _MEASURED:
            name, value = text(row.get("name")), number(row.get("value"))
            said = f"{name}: {text(row['value'])}"
            measured = _finding("Deequ", text(row.get("instance")).strip("*"), "pass", said)
            yield row, replace(measured, value=value)
    for (column, check), told in cases.items():
        such = ", ".join(f"{case[:40]}" for case, _ in told.most_common(_EXAMPLES))
        count = told.total()
        said = f"{check}: {count} {'case' if count == 1 else 'cases'}, such as {such}"
        together = {"column": column, "check": check, "failure_cases": dict(told)}
        yield together, replace(_finding("pandera", column, "fail", said), value=float(count))


def _constraint(row: Object) -> Finding:
    """One constraint of Deequ; the level of its check tells how bad it is where it does not hold."""
    holds = text(row.get("constraint_status")).lower() == "success"
    mild = text(row.get("check_level")).lower() == "warning"
    constraint, message = text(row.get("constraint")), text(row.get("constraint_message"))
    column, value = _COLUMN.match(constraint), _VALUE.search(message)
    subject = column[1].strip() if column and column[1] not in ("None", "*") else ""
    said = ": ".join(part for part in (text(row.get("check")), constraint, message) if part)
    found = _finding("Deequ", subject, "pass" if holds else "warn" if mild else "fail", said)
    return replace(found, value=float(value[1]) if value else None)
