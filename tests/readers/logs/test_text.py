"""Text logs: records joined over lines and blocks, ids in free text, what is refused."""

from __future__ import annotations

import random

import pytest

from explorer.decoding.logs import by_place
from explorer.model.ids import span_number
from explorer.model.options import ReadOptions
from explorer.model.schema import LogFlag
from explorer.model.store import Store
from explorer.readers import text_log
from tests.readers.logs.reading import details_of, fields_of, messages_of, read_with, refused_by

LOG = b"""\
2026-11-22 09:14:43,270 - api - INFO - request_id=rq-81 POST /predict
2026-11-22 09:14:43,271 - api - ERROR - prediction failed
Traceback (most recent call last):
  File "api.py", line 13, in predict

ValueError: Input X contains NaN.
told in two lines (trace_id=4bf92f3577b34da6a3ce929d0e0e4736)
2026-11-22 09:14:43,300 - api - WARNING - fallback
"""


def cuts() -> list[int]:
    """Where a line of the log begins."""
    return [i + 1 for i, byte in enumerate(LOG[:-1]) if byte == 10]


@pytest.mark.parametrize("cut", cuts())
def test_a_record_may_go_on_in_the_next_block(cut: int) -> None:
    whole, parted = read_with(text_log, LOG), read_with(text_log, LOG[:cut], LOG[cut:])
    assert details_of(parted) == details_of(whole)
    for name in ("time", "severity", "flags", "length", "id"):
        assert getattr(parted.logs, name).tolist() == getattr(whole.logs, name).tolist(), name


def test_the_trace_of_a_record_may_stand_in_its_last_line() -> None:
    store = read_with(text_log, LOG)
    assert store.correlation.rows[int(store.logs.id[1])].id == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert int(store.logs.flags[1]) == LogFlag.NO_ZONE | LogFlag.ID_FROM_TEXT
    detail = details_of(store)[1]
    assert detail.exception_type == "ValueError"
    assert detail.exception_message.startswith("Input X contains NaN.\ntold in two lines")


def test_lines_at_fixed_places_and_lines_that_are_not_are_read_alike() -> None:
    rows = [f"2026-11-22 09:14:{i % 60:02d},{i % 1000:03d} INFO  [main] a.B - line {i}" for i in range(3000)]
    rows[1500] = "2026-11-22 09:14:30 ERROR [main] a.B - another width"
    rows[1501] = "2026-11-22 25:14:30,001 INFO  [main] a.B - no time: continues"
    rows[1502] = "2026-11-22 09:14:31,002 CRITICAL [main] a.B - longest word"
    store = read_with(text_log, "\n".join(rows).encode())
    assert len(store.logs) == 2999
    assert sorted(set(store.logs.severity.tolist())) == [9, 17, 21]
    assert sum("continues" in message for message in messages_of(store)) == 1


SEARCHED = (
    ("{} INFO  [billing] done", 9),
    ("{} ERROR [billing] then INFO", 17),
    ("{} info ] a bracket behind the word", 9),
    ("{} info x right behind the time", 9),
    ("{} 7 info x not right behind the time", 0),
    ("{}   WARN: more blanks", 13),
    ("{} +02:00 ERROR with a zone", 17),
    ("{} +02:00 INFO with a zone", 9),
    ("{} 7 ERROR behind a digit", 17),
    ("{} [main] billing WARN behind words", 13),
    ("{} information desk is open", 0),
    ("{} INFORMATION is long", 9),
    ("{} ERRORS are no level", 0),
    ("{} FATAL", 21),
    ("{} plain text only, nothing told", 0),
    ("[{}] ERROR in brackets", 17),
)
"""Lines of a format that only searches for levels, and the severity of each."""


def test_levels_that_are_searched_for_are_the_same_looked_up_together_and_line_by_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for begin in range(len(SEARCHED)):  # each stands first once: that line sets the places of all
        lines = (SEARCHED[begin:] + SEARCHED[:begin]) * 6
        text = "\n".join(
            line.format(f"2026-11-22 09:14:{i % 60:02d}.{i:03d}") for i, (line, _) in enumerate(lines)
        ).encode()
        monkeypatch.setattr(by_place, "WINDOW", 16)
        together = read_with(text_log, text)
        monkeypatch.setattr(by_place, "WINDOW", 1 << 20)  # no line is as long
        one_by_one = read_with(text_log, text)
        for name in ("time", "severity", "flags", "service", "length"):
            assert getattr(together.logs, name).tolist() == getattr(one_by_one.logs, name).tolist(), name
        assert sorted(together.logs.severity.tolist()) == sorted(number for _, number in lines)


def test_services_stand_in_the_order_of_the_lines() -> None:
    names = ["sshd", "cron", "kernel", "su", "ftpd", "named"]
    text = "\n".join(f"Nov 22 09:14:4{i} host {name}[7]: it began" for i, name in enumerate(names))
    store = read_with(text_log, text.encode())
    assert [store.services[code] for code in store.logs.service.tolist()] == names
    assert sorted(store.logs.service.tolist()) == store.logs.service.tolist()


def test_a_stack_trace_of_the_runtime_is_no_part_of_the_harmless_record_before() -> None:
    text = b"2026-05-07 10:55:54 INFO trainer: epoch 4\nTraceback (most recent call last):\n  File 'a'\nKeyError: 1\n"
    store = read_with(text_log, text)
    assert store.logs.severity.tolist() == [9, 17]
    assert store.logs.flags[1] & LogFlag.TIME_INFERRED
    assert details_of(store)[1].exception_type == "KeyError"
    worse = read_with(text_log, text.replace(b"INFO", b"ERROR"))
    assert worse.logs.severity.tolist() == [17]


def test_very_long_records_end_somewhere() -> None:
    text = b"2026-05-07 10:55:54 INFO trainer: dump\n" + b"  row of a table\n" * 12_000
    store = read_with(text_log, text)
    assert len(store.logs) == 3
    assert int(store.logs.length.sum()) >= len(text) - 3


def test_ids_in_free_text() -> None:
    lines = [
        "[request id: 12] infer",
        "TraceID: 4bf92f3577b34da6a3ce929d0e0e4736 SpanID: 00f067aa0ba902b7 pid=12 uid=0",
        'x "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7"',
        "traceparent=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "X-B3-TraceId=4bf92f3577b34da6 run_id=r-1 orderRef=77",
        "sha256:4bf92f3577b34da6a3ce929d0e0e47364bf92f3577b34da6a3ce929d0e0e4736 trace_id=0 request_id=-",
        "dd.trace_id=5473347453271398198 dd.span_id=67667974448284343",
    ]
    text = "".join(f"2026-11-22 09:14:4{i},000 - api - INFO - {line}\n" for i, line in enumerate(lines))
    store = read_with(text_log, text.encode(), options=ReadOptions(id_fields=("orderRef",)))
    ids = [store.correlation.rows[row].id if row >= 0 else "" for row in store.logs.id.tolist()]
    same = ["4bf92f3577b34da6a3ce929d0e0e4736"] * 3
    assert ids == ["12", *same, "77", "", f"{5473347453271398198:016x}"]
    assert store.logs.span_id.tolist()[1:4] == [0x00F067AA0BA902B7] * 3
    assert int(store.logs.span_id[6]) == 67667974448284343
    assert sorted(field[1:] for field in fields_of(store)) == [
        ("orderRef", "77"), ("request id", "12"), ("run_id", "r-1"),
    ]  # fmt: skip


def test_ids_whose_names_only_say_what_they_are_of() -> None:
    uuid, trace = "3f2a9c1e-7b1d-4c52-9a77-0d3f5b1c2e4a", "4bf92f3577b34da6a3ce929d0e0e4736"
    lines = [
        f"[cart] [req={uuid}] no stock",
        f"[main] no stock trace={trace},span=00f067aa0ba902b7",
        "[main] req=7 trace=on",
        f"[main] my-req={uuid} request: {uuid}0",
    ]
    text = "".join(f"2026-11-22 09:14:4{i},000 INFO {line}\n" for i, line in enumerate(lines))
    store = read_with(text_log, text.encode())
    ids = [store.correlation.rows[row].id if row >= 0 else "" for row in store.logs.id.tolist()]
    assert ids == [uuid, trace, "", ""]
    assert int(store.logs.span_id[1]) == 0x00F067AA0BA902B7
    assert messages_of(store)[0] == "no stock"


def test_text_before_the_first_record_takes_its_time() -> None:
    banner = (
        b" :: Spring Boot ::\n  (v3.2)\n2026-06-14T10:22:33.101Z  INFO 1 --- [main] c.a.o.App : Started\n" * 1
    )
    store = read_with(text_log, banner)
    assert messages_of(store) == [":: Spring Boot ::\n  (v3.2)", "Started"]
    assert store.logs.time[0] == store.logs.time[1]


@pytest.mark.parametrize(
    "text",
    [
        b"# A title\n\nSome words, and more of them.\n" * 10,
        b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nerror: none\n" * 5,
        b"Time,Pod,Cpu\n2026-11-22 09:14:43.6 +0000 UTC,a,1\n2026-11-22 09:14:44.6 +0000 UTC,b,2\n",
        b'# TYPE up gauge\nup{job="a"} 1\n',
        b"<html><body>ERROR</body></html>\n",
        b"\x00\x01\x02",
    ],
)
def test_what_is_no_log_is_refused(text: bytes) -> None:
    assert text_log.detect(text) is None


def test_lines_without_any_sign_of_a_log_are_all_given_back() -> None:
    assert refused_by(text_log, b"one\ntwo\nthree\n") == [0, 1, 2]


def test_mixed_formats_in_one_file_are_each_read_in_their_own() -> None:
    text = (
        b'I0517 15:04:20.000001    1952 kubelet.go:187] "ok"\n'
        b'time="2026-05-17T15:04:21.954655670Z" level=error msg="StopContainer failed"\n'
        b"May 17 15:04:22 node-1 sshd[19939]: session opened\n"
        b"W0517 15:04:23.000001    1952 kubelet.go:190] late\n"
    )
    store = read_with(text_log, text)
    assert store.logs.severity.tolist() == [9, 17, 0, 13]
    assert store.services[store.logs.service[2]] == "sshd"
    assert [detail.message for detail in details_of(store)][1:3] == ["StopContainer failed", "session opened"]


def services_of(*lines: str) -> list[str]:
    """The service of each line, in order."""
    store = read_with(text_log, "\n".join(lines).encode())
    return [store.services[code] for code in store.logs.service.tolist()]


@pytest.mark.parametrize(
    ("fields", "service"),
    [
        ("service=cart", "cart"),
        ("svc=cart", "cart"),
        ("serviceName=cart", "cart"),
        ("service.name=cart", "cart"),
        ("app=cart", "cart"),
        ("application=cart", "cart"),
        ("app.kubernetes.io/name=cart", "cart"),
        ('service="shopping cart"', "shopping cart"),
        ("app=shop service=cart", "cart"),
        ("service=cart app=shop", "cart"),
        ("service=cart service=pay", "cart"),
        ('err="no service=pay left" service=cart', "cart"),
        (r'err="said \"no service=pay\"" service=cart', "cart"),
        ('err="no service=pay left"', ""),
        ("component=tsdb", ""),
        ("microservice2=pay", ""),
        ("url=/x?service=pay", ""),
        ('service=""', ""),
        ("service=", ""),
        (f"service={'x' * 80}", ""),
    ],
)
def test_logfmt_names_its_service_as_json_does(fields: str, service: str) -> None:
    timed = f"ts=2026-05-02T12:17:25.584Z level=info msg=done {fields}"
    assert services_of(timed, f"{fields} level=warn msg=untimed") == [service] * 2
    assert services_of(f"{fields} {timed}") == [service]


def test_lines_of_several_services_keep_their_own() -> None:
    lines = [f"ts=2026-05-02T12:17:25Z level=info msg=m{i} service=s{i % 3}" for i in range(300)]
    lines[7] = lines[7].replace("service=", "zone=")
    assert services_of(*lines) == [f"s{i % 3}" if i != 7 else "" for i in range(300)]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1", 0x00F067AA0BA902B7),
        ('headers={"b3":"4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"}', 0x00F067AA0BA902B7),
        ("X-Cloud-Trace-Context: 4bf92f3577b34da6a3ce929d0e0e4736/123;o=1", 123),
        (
            "X-Amzn-Trace-Id: Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7",
            0x00F067AA0BA902B7,
        ),
        (
            "sw8: 1-NGJmOTJmMzU3N2IzNGRhNmEzY2U5MjlkMGUwZTQ3MzY=-c2Vn-3-c3Zj-aTE=-L2E=-YjoxMA==",
            span_number("seg.3"),
        ),
        (
            '"GET / HTTP/1.1" 200 tp=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
            0x00F067AA0BA902B7,
        ),
        ("id-00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", None),
        ("abcb3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1", None),
    ],
)
def test_headers_in_free_text_that_do_not_end_in_id(text: str, span: int | None) -> None:
    store = read_with(text_log, f"2026-11-22 09:14:40,000 - api - INFO - {text}\n".encode())
    ids = [store.correlation.rows[row].id for row in store.logs.id.tolist() if row >= 0]
    assert ids == ([] if span is None else ["4bf92f3577b34da6a3ce929d0e0e4736"])
    assert store.logs.span_id.tolist() == [span or 0]


@pytest.mark.parametrize("seed", range(3))
def test_levels_behind_thread_names_of_any_length_are_read_as_line_by_line(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = random.Random(seed)
    lines = []
    for number in range(600):
        thread = made.choice(
            ("main", f"http-nio-8080-exec-{made.randrange(200)}", f"INFO-{made.randrange(20)}")
        )
        message = made.choice(("done", "x] ERROR y", "[a] WARN b - c", "ERROR", "", "at [main] INFO later"))
        level = made.choice(("INFO ", "WARN ", "ERROR", "DEBUG", "INFORM"))
        line = f"2026-06-14 10:22:{number % 60:02d}.123 [{thread}] {level} c.a.Shop - {message}"
        at = made.randrange(line.index(f"] {level}") + 2)  # what follows the level is not looked at
        lines.append(line[:at] + made.choice((" ", "]", "7", "")) + line[at:] if number % 5 == 0 else line)
    lines[: by_place.TRIED] = [line.replace("INFORM", "INFO ") for line in lines[: by_place.TRIED]]
    text = "\n".join(lines).encode()
    many = read_with(text_log, text)
    monkeypatch.setattr(by_place, "PLACES", 0)
    each = read_with(text_log, text)
    assert len(many.logs) > 400

    def told(store: Store) -> dict[int, tuple[int, int, int]]:
        logs = store.logs
        columns = (logs.index, logs.time, logs.severity, logs.length)
        return {row[0]: row[1:] for row in zip(*(column.tolist() for column in columns), strict=True)}

    assert told(many) == told(each)


@pytest.mark.parametrize("before", ["", "<14>Nov 20 10:00:00 h app[7]: "])
def test_levels_of_logfmt_read_many_at_once(before: str) -> None:
    """A level in the value before the time, no level, and a value that only looks like one."""
    told = [
        ("time=2026-11-20T10:00:{:02}Z level=warn msg=slow", 13),
        ("time=2026-11-20T10:00:{:02}Z level=info msg=on level=error", 9),
        ("time=2026-11-20T10:00:{:02}Z msg=error level=info user=3", 9),
        ("time=2026-11-20T10:00:{:02}Z error=info level=error user=3", 17),
        ("time=2026-11-20T10:00:{:02}Z xlevel=error level=debug u=3", 5),
        ("level=error time=2026-11-20T10:00:{:02}Z msg=failed level=info", 17),
    ]
    lines = "".join(before + told[i % 6][0].format(i) + "\n" for i in range(60))
    store = read_with(text_log, lines.encode())
    assert store.logs.severity.tolist() == [severity for _, severity in told] * 10


@pytest.mark.parametrize(
    ("head", "trace", "span"),
    [
        (
            "[shop,4bf92f3577b34da6a3ce929d0e0e4736,00f067aa0ba902b7]",
            "4bf92f3577b34da6a3ce929d0e0e4736",
            0xF067AA0BA902B7,
        ),
        ("[shop,a3ce929d0e0e4736,00f067aa0ba902b7,true]", "a3ce929d0e0e4736", 0xF067AA0BA902B7),
        (
            "[4bf92f3577b34da6a3ce929d0e0e4736/00f067aa0ba902b7]",
            "4bf92f3577b34da6a3ce929d0e0e4736",
            0xF067AA0BA902B7,
        ),
        (
            "[4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1]",
            "4bf92f3577b34da6a3ce929d0e0e4736",
            0xF067AA0BA902B7,
        ),
        ("[shop,,]", "", 0),
        ("[sha,4bf92f3577b34da6a3ce929d0e0e4736]", "", 0),
        ("[x4bf92f3577b34da6a3ce929d0e0e4736,00f067aa0ba902b7]", "", 0),
        ("[4bf92f3577b34da6a3ce929d0e0e473g,00f067aa0ba902b7]", "", 0),
    ],
)
def test_a_trace_and_a_span_that_end_a_bracket(head: str, trace: str, span: int) -> None:
    store = read_with(
        text_log, f"2026-11-22 09:14:43,270 INFO up\n2026-11-22 09:14:43,271 {head} WARN slow\n".encode()
    )
    id_ = int(store.logs.id[1])
    assert (store.correlation.rows[id_].id if id_ >= 0 else "") == trace
    assert int(store.logs.span_id[1]) == span


def test_commas_in_brackets_make_no_table() -> None:
    line = "2026-11-22 09:14:43,{0:03d} INFO [shop,{0:032x},{0:016x}] a.Cart cart {0} is priced\n"
    assert len(read_with(text_log, "".join(line.format(i) for i in range(1, 50)).encode()).logs) == 49


@pytest.mark.parametrize(
    "line",
    [
        "2026-{0:02}-{0:02} 10:00:{0:02},123 [main] ERROR shop.Cart - could not price cart {0}\n",
        "2026-{0:02}-01 10:00:{0:02} ERROR could not price cart {0}\n",
        'time="2026-{0:02}-01T10:00:{0:02}Z" level=error msg="could not price cart {0}"\n',
        "ERROR [0001-{0:02}-31 10:00:{0:02}] could not price cart {0}\n",
    ],
)
@pytest.mark.parametrize("first", [1, 10, 20])
def test_records_are_kept_whose_dates_cannot_be(line: str, first: int) -> None:
    """Twelve months and what is none: those stand where they stood in the file, and are told with their place."""
    lines = [line.format(i) for i in range(first, first + 20)]
    store = read_with(text_log, "".join(lines).encode())
    odd = [i for i in range(20) if first + i > 12 or "0001" in line]
    assert store.logs.severity.tolist() == [17] * 20
    assert messages_of(store) == [f"could not price cart {first + i}" for i in range(20)]
    assert [i for i in range(20) if store.logs.flags[i] & LogFlag.TIME_INFERRED] == odd
    (told,) = [one for one in store.issues if one.code == "impossible-time"]
    assert (told.offset, told.count) == (sum(map(len, lines[: odd[0]])), len(odd))
    assert not store.counts[0].skipped
    assert sorted(store.logs.time.tolist()) == store.logs.time.tolist()


def test_a_hexadecimal_digit_where_other_lines_have_their_level_is_none() -> None:
    lines = (
        b"2026-06-14 10:22:33.123 - 4bf92f3577b34da6a3ce929d0e0e4736 ERROR 1 --- [main] a.Cart : no stock\n"
        b"2026-06-14 10:22:33.223 -   INFO 1 --- [main] a.Cart : fine\n"
    )
    assert read_with(text_log, lines).logs.severity.tolist() == [17, 9]


def test_a_word_that_ends_where_other_lines_have_their_level_is_none() -> None:
    lines = (
        b"2026-06-14 10:22:33.123 1 kserve INFO [model.py:predict():42] loaded\n"
        b"2026-06-14 10:22:33.125 1 a.bc.trace answered: 12 ms\n"
    )
    assert read_with(text_log, lines).logs.severity.tolist() == [9, 0]
