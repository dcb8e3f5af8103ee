"""Ray's timeline: a failed task leads to whoever got its exception."""

from __future__ import annotations

from pathlib import Path

from explorer.analysis.links import linked_rows
from explorer.readers.details import span_detail
from tests.readers.reading import FIXTURES, read_copy


def test_an_exception_that_was_received_is_that_of_the_task_that_raised_it(tmp_path: Path) -> None:
    store = read_copy((FIXTURES / "chrome-trace" / "received.json").read_bytes(), tmp_path)
    names = [store.operation(row) for row in range(len(store.spans))]
    receiver, failed = names.index("ray.get"), len(names) - 1 - names[::-1].index("__main__.load")
    assert store.links["span"].tolist() == [failed]
    assert linked_rows(store).tolist() == [receiver]
    told = [(store.texts[kind], store.texts[said]) for kind, said in zip(
        store.failures["type"].tolist(), store.failures["message"].tolist(), strict=True)]  # fmt: skip
    assert ("ray.exceptions.RayTaskError(ValueError)", "ValueError: shard 3 is empty") in told
    assert told.count(("ValueError", "shard 3 is empty")) == 2
    detail = span_detail(store, receiver)
    assert detail.exception_message.startswith("ray::load()")
