"""The JSON that other programs read: keys, types and meanings as the contract has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from explorer.session.incidents import incidents_file
from tests.cli.conftest import Run
from tests.small import FAILING, HEALTHY, START

Answer = Callable[..., Any]


def test_summary(answer: Answer, bundle: Path) -> None:
    value = answer("summary", bundle)
    assert list(value) == ["bundle", "files", "totals", "time", "issues"]
    assert value["bundle"] == "small bundle"
    assert value["totals"] == {
        "files": 3, "spans": 6, "traces": 2, "ids": 2, "services": 2, "logs": 2, "series": 0, "points": 0,
        "findings": 0, "marks": 0,
    }  # fmt: skip
    assert value["time"] == {"start_ns": START, "end_ns": START + 5_040_000_000}
    files = {file["name"].rpartition("/")[2]: file for file in value["files"]}
    assert files["spans.jsonl"]["format"] == "otlp-json"
    assert (files["spans.jsonl"]["spans"], files["spans.jsonl"]["skipped"]) == (6, 0)
    assert files["noise.bin"]["format"] == "unknown"
    assert set(files["payment.log"]) == {
        "name", "format", "bytes", "spans", "logs", "points", "findings", "marks", "skipped",
    }  # fmt: skip
    issue = next(issue for issue in value["issues"] if issue["file"].endswith("noise.bin"))
    assert set(issue) == {"severity", "code", "file", "offset", "count", "text"}
    assert (issue["severity"], issue["count"]) == ("warning", 1)


def test_every_record_is_kept_or_counted_once(answer: Answer, bundle: Path) -> None:
    value = answer("summary", bundle)
    skipped = sum(file["skipped"] for file in value["files"])
    assert skipped == sum(issue["count"] for issue in value["issues"]) == 1


def test_ids_worst_first(answer: Answer, bundle: Path) -> None:
    value = answer("ids", bundle)
    assert list(value) == ["ids"]
    worst, healthy = value["ids"]
    assert worst == {
        "id": "rq-0001", "kind": "request-id", "traces": [FAILING], "root_service": "shop",
        "root_operation": "POST /buy", "start_ns": START, "duration_ns": 100_000_000, "spans": 3, "logs": 1,
        "errors": 3, "status": "failing", "category": "system", "services": 2,
    }  # fmt: skip
    assert (healthy["id"], healthy["traces"], healthy["status"]) == ("rq-0002", [HEALTHY], "ok")
    assert healthy["category"] is None


def test_rca(answer: Answer, bundle: Path) -> None:
    value = answer("rca", bundle)
    assert list(value) == ["causes", "ids", "anomalies", "marks", "findings", "log_errors"]
    (cause,) = value["causes"]
    assert cause["rank"] == 1
    assert (cause["category"], cause["service"]) == ("system", "payment")
    assert cause["ids"] == ["rq-0001"]
    assert cause["id_count"] == 1
    assert cause["confidence"] in ("high", "medium", "low")
    assert set(cause["entity"]) == {"kind", "name"}
    kinds = {"span", "log", "metric", "change", "drift", "mesh", "spread", "absence"}
    assert cause["evidence"]
    for one in cause["evidence"]:
        assert set(one) == {"kind", "text", "file", "offset", "line", "time_ns"}
        assert one["kind"] in kinds
    assert all(set(one) == {"text"} for one in cause["ruled_out"])
    (failing,) = value["ids"]
    assert [(step["service"], step["role"], step["relation"]) for step in failing["path"]] == [
        ("payment", "origin", None),
        ("shop", "surfaced", "call"),
    ]
    assert failing["path"][0]["span_id"] == "0000000000000003"
    assert failing["rule"].startswith("system:")
    assert failing["rule_words"]
    assert failing["candidates"][0]["service"] == "payment"
    assert set(failing["candidates"][0]) == {
        "service", "operation", "span_id", "category", "subcategory", "score",
    }  # fmt: skip


def test_rca_of_one_id(answer: Answer, bundle: Path) -> None:
    value = answer("rca", bundle, "--id", "rq-0002")
    assert value == {"causes": [], "ids": [], "anomalies": [], "marks": [], "findings": [], "log_errors": []}
    for spelling in ("rq-0001", "RQ-0001", FAILING, FAILING.upper(), FAILING[:8], f"0x{FAILING}", "rq-0001"):
        assert [one["id"] for one in answer("rca", bundle, "--id", spelling)["ids"]] == ["rq-0001"], spelling


def test_query_and_times_choose_ids(answer: Answer, bundle: Path) -> None:
    def chosen(*words: str) -> list[str]:
        return [one["id"] for one in answer("ids", bundle, *words)["ids"]]

    assert chosen("--query", "status:error service:payment") == ["rq-0001"]
    assert chosen("--query", "status:failing") == ["rq-0001"]
    assert chosen("--query", "http.status_code=200") == ["rq-0002"]
    assert chosen("--query", "log:journal") == ["rq-0001"]
    assert chosen("--query", "duration<50ms operation:/buy") == ["rq-0002"]
    assert chosen("--query", "category:system") == ["rq-0001"]
    assert chosen("--from", "14:13:22") == ["rq-0002"]
    assert chosen("--to", "2026-09-21T14:13:21Z") == ["rq-0001"]
    assert chosen("--from", "14:13:22", "--to", "14:13:23") == []
    totals = answer("summary", bundle, "--query", "status:failing")["totals"]
    assert (totals["ids"], totals["spans"], totals["logs"]) == (1, 3, 1)


def test_the_field_a_user_names(answer: Answer, bundle: Path) -> None:
    value = answer("ids", bundle, "--id-field", "user.email")
    assert [(one["id"], one["kind"]) for one in value["ids"]] == [
        ("ana.silva@example.com", "user.email"),
        ("rq-0002", "request-id"),
    ]
    assert answer("ids", "--id-field", "user.email", bundle) == value


def test_several_bundles_are_one(answer: Answer, bundle: Path) -> None:
    value = answer("summary", bundle / "spans.jsonl", bundle / "payment.log")
    assert value["totals"]["logs"] == 2
    assert value["bundle"] == "spans.jsonl and 1 more"


def test_formats(answer: Answer) -> None:
    names = {one["name"]: one for one in answer("formats")["formats"]}
    assert {"otlp-json", "jaeger-json", "zipkin-json"} <= set(names)
    for one in names.values():
        assert set(one) == {"name", "label", "recognised_by"}
        assert one["recognised_by"].strip()


def test_compare(answer: Answer, bundle: Path) -> None:
    value = answer("compare", bundle, "rq-0001", "rq-0002")
    assert (value["a"]["id"], value["b"]["id"]) == ("rq-0001", "rq-0002")
    assert value["duration_ns"] == [100_000_000, 40_000_000]
    calls = {(call["service"], call["operation"]): call for call in value["calls"]}
    charged = calls["payment", "POST /charge"]
    assert charged["path"] == [["shop", "POST /buy"], ["shop", "charge"], ["payment", "POST /charge"]]
    assert (charged["count"], charged["errors"]) == ([1, 1], [1, 0])
    assert charged["total_ns"] == [60_000_000, 15_000_000]
    assert charged["span_ids"] == ["0000000000000003"] * 2
    told = {(one["service"], one["name"]): one["values"] for one in value["attributes"]}
    assert told["shop", "http.response.status_code"] == ["500", "200"]
    assert {one["level"] for one in value["logs"]} == {"ERROR", "INFO"}
    same = answer("compare", bundle, "rq-0001", "rq-0001")
    assert not any(call["differs"] for call in same["calls"])
    assert same["attributes"] == same["logs"] == []


def test_compare_of_one_id_takes_the_nearest_healthy(answer: Answer, bundle: Path) -> None:
    value = answer("compare", bundle, "rq-0001")
    assert (value["a"]["id"], value["b"]["id"]) == ("rq-0001", "rq-0002")
    assert {one["service"] for one in value["services"]} == {"shop", "payment"}
    assert value["order"] == []


def test_compare_of_the_failing_with_the_healthy(answer: Answer, run: Run, bundle: Path) -> None:
    value = answer("compare", bundle)
    assert list(value) == ["failing", "healthy", "more", "less", "services"]
    assert (value["failing"], value["healthy"]) == (1, 1)
    assert value["more"] == value["less"] == [], "one id against one proves nothing"
    assert "Nothing sets them apart for sure." in run("compare", bundle)[1]
    none = run("compare", bundle, "--query", "id:rq-0002")[1]
    assert none == "No id that was chosen failed: nothing to compare.\n"


def test_rca_keeps_causes_and_knows_them_again(
    answer: Answer, run: Run, bundle: Path, tmp_path: Path
) -> None:
    assert [cause["seen"] for cause in answer("rca", bundle)["causes"]] == [[]]
    assert run("rca", bundle, "--keep", "the queue was full")[0] == 0
    assert [cause["seen"] for cause in answer("rca", bundle)["causes"]] == [[]], "itself is no other time"
    kept = incidents_file()
    kept.write_text(re.sub(r'"time_ns": \d+', '"time_ns": 1700000000000000000', kept.read_text()))
    [seen] = answer("rca", bundle)["causes"][0]["seen"]
    assert (seen["note"], seen["bundle"]) == ("the queue was full", bundle.name)
    assert "seen on 14 Nov 2023 (small bundle), cause then: the queue was full" in run("rca", bundle)[1]
