"""One id however it is spelt: where a command takes an id, and where a query does."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.lookup import find_id
from explorer.analysis.matching import matching_ids
from explorer.errors import UsageError
from explorer.query import parse
from tests.analysis.rules import RULES
from tests.readers.reading import read_copy

LINE = (
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"00f067aa0ba902b7","name":"a",'
    '"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000000000001"}]}]}]}\n'
)
BUNDLE = (LINE % "4bf92f3577b34da6a3ce929d0e0e4736" + LINE % "7ad6b7169203331a4bf92f3577b34da6").encode()


@pytest.mark.parametrize(
    "text",
    [
        "4BF92F3577B34DA6A3CE929D0E0E4736", "{4bf92f35-77b3-4da6-a3ce-929d0e0e4736}", "S/kvNXezTaajzpKdDg5HNg==",
        "4bf92f35-77b34da6-a3ce-929d0e0e4736", "1-4bf92f35-77b34da6a3ce929d0e0e4736", "a3ce929d0e0e4736",
        "tr-4bf92f3577b34da6a3ce929d0e0e4736", "11803532876627986230",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ],
)  # fmt: skip
def test_a_spelling_names_its_id_everywhere(text: str, tmp_path: Path) -> None:
    store = read_copy(BUNDLE, tmp_path)
    row = find_id(store, text)
    assert store.correlation.rows[row].id == "4bf92f3577b34da6a3ce929d0e0e4736"
    analysis = analyse(store, RULES)
    for query in (text, f"trace:{text}", f'trace="{text}"'):
        assert matching_ids(store, analysis, parse(query)).nonzero()[0].tolist() == [row], query


def test_what_names_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        find_id(read_copy(BUNDLE, tmp_path), "{4bf92f35-77b3-4da6-a3ce-929d0e0e4737}")


def test_an_id_as_it_is_written_comes_before_one_in_another_case(tmp_path: Path) -> None:
    line = '{"time":"2026-11-22T09:14:0%d Z","level":"info","message":"m","request_id":"%s"}\n'
    store = read_copy((line % (1, "RQ-Aa") + line % (2, "rq-aa")).replace(" Z", "Z").encode(), tmp_path)
    assert [store.correlation.rows[find_id(store, text)].id for text in ("rq-aa", "RQ-Aa")] == [
        "rq-aa",
        "RQ-Aa",
    ]
