"""What naive readers of logs, metrics and quality files get wrong: some traps, a test each."""

from __future__ import annotations

from pathlib import Path

from explorer.ingest import ingest
from explorer.model.store import Store
from explorer.readers.details import log_detail
from explorer.report.redact import Redactor
from tests.readers.reading import MTIME_NS, read_copy

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
AT = 1795338883301000000
OTLP = (
    '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pay"}}]},"scopeSpans":'
    f'[{{"spans":[{{"traceId":"{TRACE}","spanId":"{SPAN}","name":"GET /","startTimeUnixNano":"{AT}",'
    f'"endTimeUnixNano":"{AT + 10**8}"}}]}}]}}]}}\n'
)  # fmt: skip


def read(folder: Path, text: str | bytes, name: str = "unknown") -> Store:
    return read_copy(text if isinstance(text, bytes) else text.encode(), folder, name)


def read_all(folder: Path, **files: str) -> Store:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return ingest([folder])


def messages(store: Store) -> list[str]:
    return [log_detail(store, row).message for row in range(len(store.logs))]


def ids(store: Store) -> list[str]:
    return [row.id for row in store.correlation.rows]


def test_01_lines_of_json_in_a_file_named_json(tmp_path: Path) -> None:
    text = '{"ts":1795338883.301,"level":"error","msg":"a"}\n{"ts":1795338883.302,"level":"info","msg":"b"}\n'
    assert messages(read(tmp_path, text, "log.json")) == ["a", "b"]


def test_02_json_with_nan_and_infinity(tmp_path: Path) -> None:
    text = (
        '{"info":{"run_id":"r1","status":"FAILED","start_time":1795338883301,"end_time":1795338884301},'
        '"data":{"metrics":{"loss":Infinity,"auc":NaN}}}'
    )
    assert {one.text for one in read(tmp_path, text).findings} >= {"loss is infinite", "auc is not a number"}


def test_03_a_line_of_json_with_a_bracket_too_many(tmp_path: Path) -> None:
    text = (
        '{"log":"INFO one\\n","stream":"stdout","time":"2026-11-22T09:14:43.301Z"}\n'
        '{"log":"INFO two\\n","stream":"stdout","time":"2026-11-22T09:14:43.302Z"}}\n'
    )
    store = read(tmp_path, text)
    assert len(store.logs) == 2
    assert "two" in messages(store)[1]


def test_04_dotted_and_nested_keys_together(tmp_path: Path) -> None:
    text = (
        '{"@timestamp":"2026-11-22T09:14:43.301Z","log.level":"error","log":{"logger":"x"},"message":"m"}\n'
    )
    store = read(tmp_path, text * 2)
    assert store.logs.severity.tolist() == [17, 17]
    assert ("log.logger", "x") in log_detail(store, 0).attributes


def test_05_integers_beyond_doubles(tmp_path: Path) -> None:
    text = (
        '[[{"trace_id":9223372036854775807,"span_id":9007199254740993,"parent_id":0,"name":"a","resource":"a",'
        f'"service":"s","start":{AT},"duration":5,"error":0,"meta":{{}},"metrics":{{}}}}]]'
    )
    store = read(tmp_path, text)
    assert int(store.spans.span_id[0]) == 9007199254740993
    assert store.traces.number[0] == 9223372036854775807


def test_06_a_decimal_id_is_no_hex(tmp_path: Path) -> None:
    low = int(TRACE[16:], 16)
    log = f'{{"timestamp":"2026-11-22T09:14:43.301Z","level":"error","message":"m","dd.trace_id":"{low}"}}\n'
    assert read_all(tmp_path, a=OTLP, b=log).logs.trace.tolist() == [0]


def test_07_half_an_id_joins_the_whole(tmp_path: Path) -> None:
    log = f'{{"ts":"2026-11-22T09:14:43.301Z","level":"error","msg":"m","traceID":"{TRACE[16:]}"}}\n'
    store = read_all(tmp_path, a=OTLP, b=log)
    assert store.logs.trace.tolist() == [0]
    assert ids(store) == [TRACE]


def test_08_a_run_id_is_no_trace_id(tmp_path: Path) -> None:
    text = (
        f'{{"info":{{"run_id":"{TRACE}","status":"FINISHED","start_time":1795338883301,"end_time":1795338884301}},'
        '"data":{"metrics":{}}}'
    )
    assert ids(read(tmp_path, text)) == []


def test_09_base64_and_hex_are_one_id(tmp_path: Path) -> None:
    packed = (
        OTLP.replace(TRACE, "S/kvNXezTaajzpKdDg5HNg==").replace(SPAN, "APBnqgupArg=").replace("GET", "PUT")
    )
    store = read_all(tmp_path, a=OTLP, b=packed)
    assert ids(store) == [TRACE]
    assert len(store.spans) == 2


def test_10_two_columns_of_times_that_disagree(tmp_path: Path) -> None:
    text = (
        "Time,TimeStamp,PodName,CpuUsage(m)\n"
        "2022-08-22 03:51:19.607158889 +0000 UTC m=+0.1,1861140279,pay-578fcf4766-9csqn,12.5\n"
    )
    store = read(tmp_path, text)
    assert store.points["time"].tolist() == [1661140279607158889]
    assert [issue.code for issue in store.issues] == ["times-disagree"]


def test_11_a_year_that_is_not_written(tmp_path: Path) -> None:
    store = read(tmp_path, "E0517 15:04:22.619632       1 reflector.go:1] no answer\n")
    assert int(store.logs.time[0]) < MTIME_NS
    assert MTIME_NS - int(store.logs.time[0]) < 366 * 86_400 * 10**9


def test_12_milliseconds_behind_a_comma(tmp_path: Path) -> None:
    store = read(tmp_path, "2026-11-22 09:14:43,301 - fraud - ERROR - failed\n")
    assert int(store.logs.time[0]) == AT


def test_13_events_without_first_and_last_times(tmp_path: Path) -> None:
    text = (
        '{"kind":"EventList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":"d"},"involvedObject":'
        '{"kind":"Pod","name":"pay-1","namespace":"d"},"reason":"Scheduled","message":"m","type":"Normal",'
        '"firstTimestamp":null,"lastTimestamp":null,"eventTime":"2026-11-22T09:14:43.301000Z"}]}'
    )
    assert read(tmp_path, text).logs.time.tolist() == [AT]


def envoy(code: str, flags: str, cluster: str = "outbound|80||pay.default.svc.cluster.local") -> str:
    return (
        f'[2026-11-22T09:14:43.301Z] "GET /x HTTP/1.1" {code} {flags} via_upstream - "-" 0 19 12 10 "-" "curl" "rq-7" '
        f'"pay" "10.1.1.1:80" {cluster} 10.1.1.2:1 10.1.1.1:80 10.1.1.3:2 - default\n'
    )


def test_14_response_flags_joined_by_a_comma(tmp_path: Path) -> None:
    store = read(tmp_path, envoy("503", "UF,URX"))
    assert dict(log_detail(store, 0).attributes)["response_flags"] == "UF,URX"


def test_15_a_response_code_of_0(tmp_path: Path) -> None:
    assert read(tmp_path, envoy("0", "DC")).logs.severity.tolist() == [17]


def test_16_a_small_p_value_is_drift(tmp_path: Path) -> None:
    text = (
        '{"version":"0.4.40","metrics":[{"metric":"DataDriftTable","result":{"drift_by_columns":{'
        '"age":{"column_name":"age","stattest_name":"K-S p_value","stattest_threshold":0.05,"drift_score":0.001,'
        '"drift_detected":true},"size":{"column_name":"size","stattest_name":"Wasserstein distance (normed)",'
        '"stattest_threshold":0.1,"drift_score":0.001,"drift_detected":false}}}}]}'
    )
    found = {one.subject: one.status for one in read(tmp_path, text).findings}
    assert (found["age"], found["size"]) == ("fail", "pass")


def test_17_rolling_counters_are_not_summed(tmp_path: Path) -> None:
    line = (
        'data: {"type":"HystrixCommand","name":"Pay","group":"Pay","currentTime":%d,"isCircuitBreakerOpen":false,'
        '"errorPercentage":10,"errorCount":1,"requestCount":10,"rollingCountTimeout":1,"rollingCountSuccess":9}\n\n'
    )
    store = read(tmp_path, line % 1795338883301 + line % 1795338884301)
    assert {one.kind for one in store.series if "ount" in one.name} == {"gauge"}


def test_18_lines_that_docker_cut(tmp_path: Path) -> None:
    text = (
        '{"log":"INFO first ","stream":"stdout","time":"2026-11-22T09:14:43.301Z"}\n'
        '{"log":"second\\n","stream":"stdout","time":"2026-11-22T09:14:43.302Z"}\n'
        '{"log":"INFO third\\n","stream":"stdout","time":"2026-11-22T09:14:43.303Z"}\n'
    )
    assert messages(read(tmp_path, text)) == ["first second", "third"]


def test_19_parts_of_two_streams_do_not_mix(tmp_path: Path) -> None:
    text = "".join(
        f"2026-11-22T09:14:43.30{i}Z {stream} {tag} {words}\n"
        for i, (stream, tag, words) in enumerate(
            [
                ("stdout", "P", "one "),
                ("stderr", "P", "two "),
                ("stdout", "F", "half"),
                ("stderr", "F", "halves"),
            ]
        )
    )
    assert sorted(messages(read(tmp_path, text))) == ["one half", "two halves"]


def test_20_colours_of_terminals(tmp_path: Path) -> None:
    store = read(tmp_path, "\x1b[2m2026-11-22T09:14:43.301Z\x1b[0m \x1b[31mERROR\x1b[0m my_crate: failed\n")
    assert (store.logs.severity.tolist(), messages(store)) == ([17], ["failed"])


def test_21_bytes_that_are_no_utf_8(tmp_path: Path) -> None:
    store = read(tmp_path, b"2026-11-22T09:14:43.301Z ERROR caf\xe9 failed\n")
    assert "failed" in messages(store)[0]


def test_22_breaks_within_a_message_that_repeat_the_prefix(tmp_path: Path) -> None:
    text = "ERROR 11-22 09:14:43 engine.py:88] one\r\nERROR 11-22 09:14:43 engine.py:88] two\n"
    assert messages(read(tmp_path, text)) == ["one", "two"]


def test_23_several_tables_in_one_file(tmp_path: Path) -> None:
    text = 'sep=,\r\n"Time","a"\r\n1795338883301,1\r\n\r\n"Time","b"\r\n1795338883301,2\r\n'
    assert sorted(one.name for one in read(tmp_path, text).series) == ["a", "b"]


def test_24_semicolons_of_other_languages(tmp_path: Path) -> None:
    store = read(tmp_path, '"Time";"a"\r\n"2026-11-22 09:14:43";"1,5"\r\n')
    assert store.points["value"].tolist() == [1.5]


def test_25_secrets_do_not_leave(tmp_path: Path) -> None:
    text = "card 4111 1111 1111 1111, dsn https://abcdef0123456789abcdef0123456789@o1.ingest.sentry.io/1"
    shown = Redactor().text(text)
    assert "4111" not in shown
    assert "abcdef0123456789abcdef0123456789" not in shown


def test_26_empty_pages(tmp_path: Path) -> None:
    store = read(tmp_path, '{"data":[],"meta":{"page":{}},"links":{}}')
    assert store.counts[0].skipped <= 1
    assert not [issue for issue in store.issues if issue.severity == "error"]


def test_27_files_that_hold_only_an_error(tmp_path: Path) -> None:
    store = read(
        tmp_path, '{"error":{"type":"index_not_found_exception","reason":"no such index [x]"},"status":404}'
    )
    assert [(issue.code, "no such index" in issue.text) for issue in store.issues] == [
        ("only-an-error", True)
    ]


def test_28_rotated_pieces_are_in_order_of_time(tmp_path: Path) -> None:
    pieces = {
        f"pay.log.{i}": f"2026-11-22 09:14:4{5 - i},000 - pay - INFO - step {5 - i}\n" for i in range(3)
    }
    assert messages(read_all(tmp_path, **pieces)) == ["step 3", "step 4", "step 5"]


def test_29_a_request_that_both_sidecars_logged(tmp_path: Path) -> None:
    store = read(tmp_path, envoy("503", "UF") + envoy("503", "UF", "inbound|8080||"))
    directions = [str(dict(log_detail(store, row).attributes)["upstream_cluster"]) for row in range(2)]
    assert [one.partition("|")[0] for one in directions] == ["outbound", "inbound"]
    assert ids(store) == ["rq-7"]


def test_30_the_time_of_the_event_not_of_its_collection(tmp_path: Path) -> None:
    text = (
        '{"log":"{\\"time\\":\\"2026-11-22T09:14:43.301Z\\",\\"level\\":\\"error\\",\\"msg\\":\\"m\\"}\\n",'
        '"stream":"stdout","time":"2026-11-22T09:14:49Z"}\n'
    )
    assert read(tmp_path, text).logs.time.tolist() == [AT]


def test_times_of_cloudwatch_without_a_value_are_counted(tmp_path: Path) -> None:
    store = read(
        tmp_path,
        '{"MetricDataResults":[{"Id":"m1","Label":"Errors","Values":[2.0],'
        '"Timestamps":["2026-11-22T09:15:00Z","2026-11-22T09:14:00Z","2026-11-22T09:13:00Z"]}]}',
    )
    assert len(store.points["time"]) == 1
    assert [(issue.code, issue.count) for issue in store.issues] == [("broken-point", 2)]


def test_03_json_with_comments(tmp_path: Path) -> None:
    text = (
        '{\n  /* when */ "timestamp": "2026-11-22T09:14:43.301Z",\n  "level": "error", // bad\n'
        '  "message": "see https://x/y",\n}\n'
    )
    store = read(tmp_path, text)
    assert (store.logs.time.tolist(), store.logs.severity.tolist()) == ([AT], [17])
    assert messages(store) == ["see https://x/y"]


def test_a_column_of_whole_documents(tmp_path: Path) -> None:
    """Kibana's saved search without columns."""
    hit = '{"@timestamp":"2026-11-22T09:14:43.301Z","message":"m","level":"error"}'.replace('"', '""')
    text = f'"_id","_source"\n"a","{hit}"\n'
    store = read(tmp_path, text)
    assert (store.logs.time.tolist(), store.logs.severity.tolist(), messages(store)) == ([AT], [17], ["m"])
