"""Documents that fill their file are read without looking where they end, to the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.bundle.framing import Batch
from explorer.ingest.routing import WholeDocument
from explorer.model.builder import Builder
from explorer.model.issue import Issues
from explorer.model.records import File
from tests.bench.data_formats import write_jaeger, write_zipkin
from tests.readers.reading import read, told

SPANS = 1200

each_format = pytest.mark.parametrize("write", [write_jaeger, write_zipkin])


@each_format
@pytest.mark.parametrize("data", [lambda all_: all_, lambda all_: all_[:-1], lambda all_: all_ + b"]",
                                  lambda all_: all_ * 2, lambda all_: all_ + b"\ntext\n",
                                  lambda all_: b"\n" + all_.replace(b"},{", b"},\n{") + b"\n",
                                  lambda all_: all_.replace(b'operation-7"', b"operation-7", 9)])  # fmt: skip
def test_the_store_is_the_same(
    write: Callable[[Path, int], None], data: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "spans.json"
    write(path, SPANS)
    path.write_bytes(data(path.read_bytes()))
    assert told(read(path, block_bytes=64 << 10)) == told(read(path, block_bytes=64 << 20))


@each_format
def test_only_exactly_one_document_is_read(write: Callable[[Path, int], None], tmp_path: Path) -> None:
    path = tmp_path / "spans.json"
    write(path, SPANS)
    data = path.read_bytes()
    builder = Builder(Issues())
    whole = WholeDocument(builder, builder.begin_file(File("spans.json", None, len(data), 0)))
    assert whole.knows(data[:4096])
    for damaged in (data[:-1], data + b"]", data * 2, data + b" x"):
        assert not whole.read(Batch(damaged, 0, "document"))
        assert (len(builder.spans), len(builder.documents)) == (0, 0)
    assert whole.read(Batch(data, 0, "document"))
    assert (len(builder.spans), len(builder.documents)) == (SPANS, 1)
