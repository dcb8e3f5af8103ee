"""An attribute as a column is what opening every record tells, in all formats."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from explorer.analysis.search import column
from explorer.model.fields import normalise
from explorer.model.records import Detail
from explorer.readers.details import log_detail, span_detail
from tests.readers.reading import FIXTURES, fixtures, read


def text(detail: Detail, name: str) -> str | None:
    """What a record says of an attribute."""
    pairs = (*detail.attributes, *detail.resource)
    value = next((value for one, value in pairs if normalise(one) == normalise(name)), None)
    return None if value is None else str(value)


def told(detail: Detail, name: str) -> set[str | None]:
    """The same; of several values of which the first is nothing, any."""
    values = [
        value for one, value in (*detail.attributes, *detail.resource) if normalise(one) == normalise(name)
    ]
    first = next((str(value) for value in values if value is not None), None)
    return {text(detail, name), first}


def one_of_each() -> list[Path]:
    """The largest fixture of each format, and all whose attributes are cut out of the bytes."""
    every = fixtures()
    largest = {path.parent: path for path in sorted(every, key=lambda path: path.stat().st_size)}
    return [path for path in every if largest[path.parent] is path or path.parent.name == "otlp_json"]


@pytest.mark.parametrize("path", one_of_each(), ids=lambda path: str(path.relative_to(FIXTURES)))
def test_a_column_tells_what_opening_tells(path: Path) -> None:
    store = read(path)
    for records, opened in ((store.spans, span_detail), (store.logs, log_detail)):
        details = [opened(store, row) for row in range(min(len(records), 200))]
        names = sorted({name for detail in details for name, _ in (*detail.attributes, *detail.resource)})
        for name in random.Random(path.name).sample(names, min(5, len(names))):
            found = column(store, records, name)
            for row, detail in enumerate(details):
                code = -1 if found is None else int(found[0][row])
                here = None if found is None or code < 0 else found[1][code]
                assert here in told(detail, name), (name, row)
