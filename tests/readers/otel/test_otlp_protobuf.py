"""OTLP in Protocol Buffers: each form, each kind of value, and every way to be damaged."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from explorer.ingest import ingest
from explorer.model.schema import Status
from explorer.model.store import Store
from explorer.readers.details import span_detail
from explorer.readers.otlp_protobuf.decoding import Decoder
from tests.readers.otel.wire_written import double, fixed, framed, pair, part, request, span, whole
from tests.readers.reading import read_copy, told
from tests.shared import needs_shared, shared

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RAISED = pair("exception.type", part(1, "E"))
FAILED = (
    part(9, pair("http.status_code", whole(3, 503))),
    part(9, pair("negative", whole(3, -5))),
    part(9, pair("list", part(5, part(1, part(1, "a")) + part(1, whole(2, 1))))),
    part(9, pair("bytes", part(7, b"\x00\xff"))),
    part(11, fixed(1, 1_772_366_400_000_000_003) + part(2, "exception") + part(3, RAISED)),
    part(13, part(1, bytes(15) + b"\x01") + part(2, bytes(7) + b"\x02")),
    part(15, part(2, "no luck") + whole(3, 2)),
)
TWO = (request("web", span(1), span(2, 1, *FAILED)), request("db", span(3, 2)))


def forms() -> dict[str, bytes]:
    return {
        "bare": b"".join(TWO),
        "framed": framed(*TWO),
        "packed": framed(*(zstd.compress(one) for one in TWO)),
        "stream": zstd.compress(framed(*TWO)),
        "streams": b"".join(zstd.compress(framed(one)) for one in TWO),
        "answer": part(1, b"".join(TWO)) + part(2, whole(1, 5)),
    }


@pytest.mark.parametrize("form", forms())
def test_every_form_tells_the_same(form: str, tmp_path: Path) -> None:
    store = read_copy(forms()[form], tmp_path)
    assert [count.format for count in store.counts] == ["otlp-protobuf"]
    assert [store.operations[name] for name in store.spans.name] == ["step 1", "step 2", "step 3"]
    assert store.spans.parent.tolist() == [-1, 0, 1]
    assert store.spans.status.tolist() == [0, int(Status.ERROR), 0]
    assert int(store.spans.code[1]) == 503
    detail = span_detail(store, 1)
    assert dict(detail.attributes) == {
        "http.status_code": 503,
        "negative": -5,
        "list": ["a", True],
        "bytes": "AP8=",
    }
    assert detail.message == "no luck"
    assert detail.exception_type == "E"
    assert detail.links == (("0" * 31 + "1", "0" * 15 + "2"),)
    assert dict(span_detail(store, 2).resource) == {"service.name": "db"}


def test_logs_and_metrics(tmp_path: Path) -> None:
    log = (
        fixed(1, 1_772_366_400_000_000_001)
        + whole(2, 17)
        + part(5, part(1, "gone"))
        + part(9, bytes(15) + b"\x07")
    )
    point = fixed(3, 1_772_366_400_000_000_002)
    gauge = part(1, "depth") + part(3, "1") + part(5, part(1, point + fixed(6, (1 << 64) - 3)))
    total = part(1, "seconds") + part(7, part(1, point + double(4, 0.5)) + whole(2, 2) + whole(3, 1))
    buckets = part(6, b"".join(n.to_bytes(8, "little") for n in (1, 3))) + double(7, 2.0)
    histogram = part(1, "wait") + part(9, part(1, point + fixed(4, 4) + buckets))
    store = read_copy(framed(request("a", log), request("a", gauge, total, histogram)), tmp_path)
    assert (len(store.logs), int(store.logs.severity[0])) == (1, 17)
    values = {one.name: (one.kind, store.points["value"][one.first]) for one in store.series}
    assert values["depth"] == ("gauge", -3.0)
    assert values["seconds"] == ("counter", 0.5)
    assert values["wait.count"] == ("histogram", 4.0)


def counted(store: Store) -> int:
    return len(store.spans) + sum(issue.count for issue in store.issues)


def test_a_broken_span_does_not_lose_its_neighbours(tmp_path: Path) -> None:
    broken = span(2) + b"\xff\xff\xff"
    store = read_copy(framed(request("web", span(1), broken, span(3))), tmp_path)
    assert len(store.spans) == 2
    assert counted(store) == 3


def test_a_span_beyond_the_limit_is_counted() -> None:
    data = request("web", span(1), span(2, 0, part(9, pair("much", part(1, "x" * 5000)))))
    found = Decoder(data, 1000).request()
    assert found is not None
    assert found.dropped == 1
    assert len(found.value["resourceSpans"][0]["scopeSpans"][0]["spans"]) == 1


def test_nested_values_end_somewhere(tmp_path: Path) -> None:
    value = part(1, "deep")
    for _ in range(200):
        value = part(5, part(1, value))
    store = read_copy(request("web", span(1), span(2, 0, part(9, pair("deep", value)))), tmp_path)
    assert len(store.spans) == 1
    assert counted(store) == 2


@pytest.mark.parametrize("form", ["bare", "framed"])
def test_a_cut_file_keeps_what_is_whole(form: str, tmp_path: Path) -> None:
    data, before = forms()[form], 0
    for cut in range(120, len(data)):
        store = read_copy(data[:cut], tmp_path)
        assert not [issue for issue in store.issues if issue.code == "reader-failed"]
        assert before <= len(store.spans) <= 3
        before = len(store.spans)


def test_damage_anywhere_raises_nothing(tmp_path: Path) -> None:
    chance = random.Random(5)
    data = bytearray(forms()["framed"])
    for _ in range(150):
        hurt = bytearray(data)
        hurt[chance.randrange(4, len(hurt))] = chance.randrange(256)
        store = read_copy(bytes(hurt), tmp_path)
        assert not [issue for issue in store.issues if issue.code == "reader-failed"]
        assert len(store.spans) <= 3


@needs_shared
@pytest.mark.parametrize(
    "name",
    [
        "export_trace_service_request.pb", "fileexporter-framed.proto.bin",
        "fileexporter-framed.proto.zstd-per-message.bin", "fileexporter-stream.proto.zst",
    ],
)  # fmt: skip
def test_real_requests_tell_what_their_json_tells(name: str) -> None:
    folder = shared("samples", "otlp-generated")
    binary, text = told(ingest([folder / name])), told(ingest([folder / "otlp-hex.jsonl"]))
    assert binary["spans"] == text["spans"]
    assert binary["formats"] == ["otlp-protobuf"]


def test_an_answer_of_tempo_that_says_so_is_partial(tmp_path: Path) -> None:
    answer = part(1, b"".join(TWO)) + whole(3, 1) + part(4, "too large")
    store = read_copy(answer, tmp_path)
    assert len(store.spans) == 3
    assert "partial-trace" in {issue.code for issue in store.issues}
