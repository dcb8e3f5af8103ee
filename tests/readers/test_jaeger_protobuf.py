"""Jaeger's spans in Protocol Buffers: in a request, a batch and alone; files that are cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.decoding.wire import fields
from explorer.readers.details import span_detail
from tests.readers.reading import FIXTURES, read_copy

_REQUEST = (FIXTURES / "jaeger_protobuf" / "request.pb").read_bytes()


def _within(data: bytes) -> bytes:
    """The first field of a message."""
    _, _, begin, end = next(fields(data, 0, len(data)))
    return data[begin:end]


@pytest.mark.parametrize(
    ("data", "services"),
    [
        (_REQUEST, ["cart", "stock"]),
        (_within(_REQUEST), ["cart", "stock"]),
        (_within(_within(_REQUEST)), ["unknown_service"]),
    ],
    ids=["request", "batch", "span"],
)
def test_spans_in_any_wrapping(data: bytes, services: list[str], tmp_path: Path) -> None:
    store = read_copy(data, tmp_path)
    assert [store.service(row) for row in range(len(store.spans))] == services
    assert [count.format for count in store.counts] == ["jaeger-protobuf"]
    assert (int(store.spans.start[0]), int(store.spans.duration[0])) == (
        1_790_000_000_000_000_005,
        1_020_000_007,
    )
    values = dict(span_detail(store, 0).attributes)
    assert (values["http.status_code"], values["debug"], values["load"], values["key"]) == (
        503,
        False,
        0.5,
        "AQI=",
    )


def test_spans_before_a_cut_are_kept(tmp_path: Path) -> None:
    second = len(_within(_within(_REQUEST))) + 12
    for cut in range(second, len(_REQUEST) - 40, 17):
        store = read_copy(_REQUEST[:cut], tmp_path)
        assert len(store.spans) == 1
        assert [(one.code, one.count) for one in store.issues] == [("broken-record", 1)]
