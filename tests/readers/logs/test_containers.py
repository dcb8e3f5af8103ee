"""What container runtimes make of a program's output: Docker's and the kubelet's files, compose, terminal colours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from explorer.decoding.contract import Confidence
from explorer.decoding.logs.origin import origin_of, workload_of
from explorer.model.schema import LogFlag
from explorer.readers import cri_log, docker_json, text_log
from tests.readers.logs.reading import details_of, fields_of, messages_of, read_with, refused_by

RANKER = "ranker-5c9d7b6f4-x2x4z"


def docker(*logs: str, stream: str = "stdout", **more: Any) -> bytes:
    """Objects of json-file, a second apart."""
    return b"".join(
        json.dumps({"log": log, "stream": stream, "time": f"2026-11-22T09:14:{i:02d}.5Z", **more}).encode()
        + b"\n"
        for i, log in enumerate(logs)
    )


def test_a_stack_trace_over_many_objects_is_one_record() -> None:
    store = read_with(
        docker_json,
        docker(
            "2026-11-22 09:14:43,271 - api - ERROR - failed\n",
            "Traceback (most recent call last):\n",
            '  File "api.py", line 3\n',
            "ValueError: x\n",
            "2026-11-22 09:14:44,000 - api - INFO - next\n",
        ),
    )
    assert messages_of(store) == ["failed", "next"]
    assert details_of(store)[0].exception_type == "ValueError"
    assert dict(details_of(store)[0].attributes)["stream"] == "stdout"


LONG = '{"level":"error","msg":"' + "x" * 200 + '","request_id":"rq-1","time":"2026-11-22T09:00:00Z"}'
PARTED = docker("before\n", LONG[:50], LONG[50:100], LONG[100:] + "\n", '{"level":"info","msg":"after"}\n')


def test_parts_of_a_line_are_put_together() -> None:
    store = read_with(docker_json, PARTED)
    assert messages_of(store) == ["x" * 200, "before", "after"]
    assert fields_of(store) == [(0, "request_id", "rq-1")]
    assert store.logs.severity.tolist() == [17, 0, 9]


@pytest.mark.parametrize("cut", [i + 1 for i, byte in enumerate(PARTED[:-1]) if byte == 10])
def test_parts_of_a_line_may_come_in_different_blocks(cut: int) -> None:
    whole, parted = read_with(docker_json, PARTED), read_with(docker_json, PARTED[:cut], PARTED[cut:])
    assert details_of(parted) == details_of(whole)
    for name in ("time", "severity", "flags", "length", "id"):
        assert getattr(parted.logs, name).tolist() == getattr(whole.logs, name).tolist(), name


def test_streams_do_not_mix() -> None:
    out = docker("2026-11-22 09:14:43,271 - api - WARNING - out\n", "  goes on\n").splitlines(keepends=True)
    err = docker("panic: boom\n", "\n", "goroutine 1 [running]:\n", stream="stderr").splitlines(keepends=True)
    store = read_with(docker_json, out[0] + err[0] + out[1] + err[1] + err[2])
    assert sorted(messages_of(store)) == ["out\n  goes on", "panic: boom"]
    (panic,) = (detail for detail in details_of(store) if detail.exception_type)
    assert (panic.exception_type, panic.exception_message) == ("panic", "boom")
    assert 21 in store.logs.severity.tolist()


def test_a_year_that_is_not_written_is_the_wrappers() -> None:
    data = docker("W1122 09:14:00.000000       1 main.go:9] slow\n")
    store = read_with(docker_json, data, mtime_ns=1_500_000_000_000_000_000)
    assert int(store.logs.time[0]) == 1_795_338_840_000_000_000


def test_what_collectors_add_tells_the_process() -> None:
    meta = {"pod_name": "ranker-5c9d7b6f4-x2x4z", "namespace_name": "ml", "container_name": "ranker"}
    store = read_with(docker_json, docker("hello", "world", kubernetes=meta))
    assert messages_of(store) == ["hello", "world"]
    assert store.services[store.logs.service[0]] == "ranker"
    composed = docker("INFO up\n", attrs={"com.docker.compose.service": "cart"})
    assert read_with(docker_json, composed).services == ["", "cart"]


def test_objects_without_dockers_keys_are_refused() -> None:
    data = docker("INFO a\n") + b'{"resourceSpans":[]}\n' + docker("INFO b\n")
    assert refused_by(docker_json, data) == [1]
    assert docker_json.detect(data) is Confidence.CERTAIN
    assert docker_json.detect(b'{"log":"x"}') is None


def test_an_object_that_is_cut_off_is_kept_as_far_as_it_goes() -> None:
    data = docker("INFO a\n", "INFO b\n")
    broken = b'{"log":"ERROR disk \\"/data\\" is fu\n'
    store = read_with(docker_json, data[: len(data) // 2] + broken + data[len(data) // 2 :])
    assert messages_of(store) == ["a", 'disk "/data" is fu', "b"]
    assert store.logs.flags.tolist()[1] == LogFlag.BROKEN | LogFlag.TIME_INFERRED
    assert [issue.code for issue in store.issues] == ["broken-json-line"]


def test_cri_lines() -> None:
    data = (
        b"2026-11-22T09:14:43.1Z stdout F INFO ready\n"
        b'2026-11-22T09:14:43.2Z stdout P {"level":"warn","msg":"two \n'
        b"2026-11-22T09:14:43.3Z stderr F ERROR other stream\n"
        b'2026-11-22T09:14:43.4Z stdout F parts"}\n'
    )
    store = read_with(
        cri_log, data, name="var/log/pods/shop_cart-0_5d2c1b7e-4c3a-4c52-9a57-0f9a3f0e8b11/cart/0.log"
    )
    assert messages_of(store) == ["ready", "two parts", "other stream"]
    assert store.logs.severity.tolist() == [9, 13, 17]
    assert store.services[store.logs.service[0]] == "cart"
    assert cri_log.detect(data) is Confidence.CERTAIN


def test_compose_and_colours() -> None:
    data = (
        b"\x1b[33mweb-1    | \x1b[0m[2026-06-14 10:22:33,123] ERROR in app: failed\n"
        b"\x1b[36mredis-1  | \x1b[0m1:M 14 Jun 2026 10:22:33.200 # no memory\n"
        b"\x1b[33mweb-1    | \x1b[0mTraceback (most recent call last):\n"
        b"\x1b[33mweb-1    | \x1b[0mKeyError: 'age'\n"
    )
    store = read_with(text_log, data)
    assert [store.services[code] for code in store.logs.service.tolist()] == ["web", "redis"]
    assert details_of(store)[0].exception_type == "KeyError"
    assert messages_of(store) == ["failed", "no memory"]


@pytest.mark.parametrize(
    ("name", "service", "pod"),
    [
        (f"var/log/pods/ml_{RANKER}_5d2c1b7e-4c3a-4c52-9a57-0f9a3f0e8b11/main/0.log", "ranker", RANKER),
        (f"var/log/containers/cart-0_shop_cart-{'0f' * 32}.log", "cart", "cart-0"),
        ("bundle/pods/logs/shop/checkout-578fcf4766-9csqn/app-previous.log", "checkout", "checkout-578fcf4766-9csqn"),
        ("containers/payment.log.2", "payment", ""),
        (f"pods/{RANKER}.log", "ranker", RANKER),
        (f"containers/{'0f' * 32}-json.log", "", ""),
        ("logs/app.log", "", ""),
    ],
)  # fmt: skip
def test_what_the_place_of_a_file_tells(name: str, service: str, pod: str) -> None:
    assert (origin_of(name).service, origin_of(name).pod) == (service, pod)


def test_workloads() -> None:
    assert workload_of("checkout-578fcf4766-9csqn") == "checkout"
    assert workload_of("kafka-2") == "kafka"
    assert workload_of("model-server") == "model-server"


def test_lines_of_no_known_format_are_records_of_their_own_with_their_own_times() -> None:
    first = "2026-11-22T09:14:0{}.000000000Z stdout F {}\n"
    said = ["Starting up", "Listening on 8080", "Error: cannot open model", "  at open (a.js:3:1)", "bye"]
    store = read_with(cri_log, "".join(first.format(*pair) for pair in enumerate(said)).encode())
    assert messages_of(store) == [*said[:2], "cannot open model", "bye"]
    assert (store.logs.time // 10**9 % 10).tolist() == [0, 1, 2, 4]
    store = read_with(
        cri_log,
        first.format(1, "plain").encode(),
        name="var/log/pods/shop_cart-0_" + "0" * 32 + "/cart/0.log",
    )
    assert store.services[store.logs.service[0]] == "cart"


def test_a_line_written_at_once_with_a_record_belongs_to_it() -> None:
    line = "2026-11-22T09:14:01.{}Z stdout F {}\n"
    data = line.format("100000000", "2026-11-22 09:14:01 ERROR refused:") + line.format(
        "100020000", "no such key"
    )
    store = read_with(cri_log, (data + line.format("900000000", "later")).encode())
    assert messages_of(store) == ["refused:\nno such key", "later"]


def test_a_clock_before_json_or_logfmt_is_a_wrapper_as_syslog_is() -> None:
    lines = b'2026-11-22T09:14:43Z {"level":"warn","msg":"slow","service":"cart"}\n'
    lines += b"2026-11-22T09:14:44Z level=error msg=full queue=3\n"
    store = read_with(text_log, lines)
    assert (messages_of(store), store.logs.severity.tolist()) == (["slow", "full"], [13, 17])
    assert store.services[store.logs.service[0]] == "cart"


def test_what_syslog_wraps_names_its_service_and_level_itself() -> None:
    line = b'<14>1 2026-11-22T09:14:43Z node-1 docker 7 - - level=error msg="refused" service=checkout\n'
    store = read_with(text_log, line)
    assert store.logs.severity.tolist() == [17]
    resource = store.resources[store.logs.resource[0]]
    assert (resource.service, resource.host) == ("checkout", "node-1")


def test_what_compose_says_itself_hides_none_of_its_services() -> None:
    said = b"Attaching to web-1, db-1\nweb-1  | INFO:     up\ndb-1   | plain\nweb-1 exited with code 1\n"
    store = read_with(text_log, said)
    assert messages_of(store) == ["Attaching to web-1, db-1", "up", "plain", "web-1 exited with code 1"]
    assert [store.services[code] for code in store.logs.service.tolist()] == ["", "web", "db", ""]
