"""Zipkin's spans in Protocol Buffers tell what their JSON tells."""

from __future__ import annotations

from pathlib import Path

from explorer.decoding.wire import fields
from explorer.readers.details import span_detail
from tests.readers.reading import FIXTURES, read_copy

_SPANS = (FIXTURES / "zipkin_protobuf" / "spans.pb").read_bytes()


def test_tags_addresses_and_notes_are_opened(tmp_path: Path) -> None:
    store = read_copy(_SPANS, tmp_path)
    detail = span_detail(store, 1)
    assert ("error", "connection refused") in detail.attributes
    assert ("remoteEndpoint.ipv6", "2001:db8::1") in detail.attributes
    assert [event.name for event in detail.events] == ["retry"]


def test_a_cut_file_keeps_what_is_whole_and_counts_the_rest(tmp_path: Path) -> None:
    second = list(fields(_SPANS, 0, len(_SPANS)))[1][3]
    for cut in range(second + 3, len(_SPANS), 7):
        store = read_copy(_SPANS[:cut], tmp_path)
        assert len(store.spans) == 2
        assert [(one.code, one.count) for one in store.issues] == [("broken-record", 1)]
