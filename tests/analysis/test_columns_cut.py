"""An attribute cut out of bytes is what opening each span tells, however odd the documents; and how few are opened."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from explorer.analysis import search
from explorer.analysis.search import column
from explorer.decoding.naming import value_of
from explorer.ingest import ingest
from explorer.model.store import Store
from explorer.readers.details import span_detail
from tests.analysis.odd_documents import FORMATS, NAMES, plain_document


def opened(store: Store, name: str) -> list[str | None]:
    """What opening tells, span by span: its own attribute, else that of its resource."""
    told = []
    for row in range(len(store.spans)):
        detail = span_detail(store, row)
        own = value_of(detail.attributes, name)
        told.append(value_of(detail.resource, name) if own is None else own)
    return told


def cut(store: Store, name: str) -> list[str | None]:
    """What the column tells."""
    found = column(store, store.spans, name)
    if found is None:
        return [None] * len(store.spans)
    codes, table = found
    return [None if code < 0 else table[code] for code in codes.tolist()]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("seed", range(12))
def test_odd_documents_tell_what_opening_tells(
    form: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.decoding.cutting.cut._FEW", 16 * (seed % 2))
    path = tmp_path / "spans.json"
    path.write_bytes(FORMATS[form](random.Random(f"{form} {seed}")))
    store = ingest([path])
    assert len(store.spans)
    for name in NAMES:
        assert cut(store, name) == opened(store, name), name


@pytest.mark.parametrize("form", ["otlp", "jaeger", "zipkin"])
def test_of_plain_documents_no_span_is_opened(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "spans.json"
    path.write_bytes(plain_document(form))
    store = ingest([path])

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(search, "span_detail", never)
    monkeypatch.setattr("explorer.decoding.cutting.cut._Cutting._decode", never)
    for reader in ("otlp_json", "jaeger_json", "zipkin_json"):
        monkeypatch.setattr(f"explorer.readers.{reader}.column", never)
    assert cut(store, "zone")[:3] == ["zone 0", "zone 1", 'a "2"']
    assert {*cut(store, "http.route")} == {"/items/{id}", None}
