"""Large documents are read into memory of large pages, to the same bytes."""

from __future__ import annotations

import io

import pytest

from explorer.bundle import hugepages
from explorer.bundle.document import read_value
from explorer.bundle.window import Window

DOCUMENT = b'{"a": [' + b"1," * 5000 + b"2]}"


@pytest.mark.parametrize("expected", [0, 1, len(DOCUMENT) - 1, len(DOCUMENT), 10 * len(DOCUMENT)])
@pytest.mark.parametrize("limit", [1000, 1 << 30])
@pytest.mark.parametrize("behind", [b"", b"\n[3]"])
def test_whatever_was_expected(
    expected: int, limit: int, behind: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hugepages, "LEAST", 1)
    window = Window(io.BytesIO(DOCUMENT + behind))
    value = read_value(window, limit, expected)
    assert value.data == DOCUMENT[:limit]
    assert value.missing == max(0, len(DOCUMENT) - limit)
    assert window.read() == behind


def test_what_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hugepages, "LEAST", 1)
    value = read_value(Window(io.BytesIO(DOCUMENT[:-1])), 1 << 30, len(DOCUMENT))
    assert (value.end, value.data) == ("cut", DOCUMENT[:-1])


def test_bytes_are_zero_and_none_where_few() -> None:
    assert hugepages.large_bytes(hugepages.LEAST) == bytes(hugepages.LEAST)
    assert hugepages.large_bytes(hugepages.LEAST - 1) == b""
