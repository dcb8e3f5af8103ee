"""Events of clouds and clusters as JSON: audit logs and activity logs, and how they are wrapped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from explorer.ingest import ingest
from explorer.readers.details import log_detail

TIME = "2026-11-22T09:14:43.322Z"
CLOUDTRAIL = [
    {"eventTime": TIME, "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "AccessDenied",
     "errorMessage": "Access Denied", "requestID": "79a59df900b949e5"},
    {"eventTime": TIME, "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "requestID": "79a59df900b949e6"},
]  # fmt: skip
AZURE = [
    {"time": TIME, "resourceId": "/SITES/SHOP", "operationName": "Microsoft.Web/sites/log", "level": "Error"},
    {"time": TIME, "resourceId": "/SITES/SHOP", "operationName": "Microsoft.Web/sites/restart"},
]
AUDIT = [
    {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request", "stage": "ResponseComplete", "verb": verb,
     "requestURI": "/api/v1/pods", "responseStatus": {"code": code}, "requestReceivedTimestamp": TIME}
    for verb, code in (("create", 403), ("get", 200))
]  # fmt: skip
EVENTS = [
    ("cloudtrail", {"Records": CLOUDTRAIL}, [("GetObject", 17), ("PutObject", 0)]),
    ("azure diagnostics", {"records": AZURE}, [("Microsoft.Web/sites/log", 17), ("Microsoft.Web/sites/restart", 0)]),
    ("kubernetes audit", AUDIT, [("create /api/v1/pods 403", 13), ("get /api/v1/pods 200", 9)]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "told"), [row[1:] for row in EVENTS], ids=[row[0] for row in EVENTS])
@pytest.mark.parametrize("in_lines", [False, True], ids=["document", "lines"])
def test_events_are_logs(value: Any, told: list[tuple[str, int]], in_lines: bool, tmp_path: Path) -> None:
    rows = next(iter(value.values())) if isinstance(value, dict) else value
    data = b"\n".join(map(orjson.dumps, rows)) if in_lines else orjson.dumps(value)
    (tmp_path / "events").write_bytes(data)
    store = ingest([tmp_path / "events"])
    assert [count.skipped for count in store.counts] == [0]
    assert set(store.logs.time.tolist()) == {1_795_338_883_322_000_000}
    found = [
        (log_detail(store, row).message, int(store.logs.severity[row])) for row in range(len(store.logs))
    ]
    assert sorted(found) == sorted(told)


@pytest.mark.parametrize("times", [1, 50])
def test_a_logger_is_no_service(times: int, tmp_path: Path) -> None:
    rows = [
        {"timestamp": TIME, "level": "INFO", "component": name, "message": "up"}
        for name in ("o.e.n.Node", "cart")
    ] * times
    (tmp_path / "es.json").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    store = ingest([tmp_path / "es.json"])
    assert {store.services[code] for code in store.logs.service.tolist()} == {"", "cart"}
    assert log_detail(store, 0).scope == "o.e.n.Node"
