"""Newlines within the texts of JSON: told from texts that are not closed, and read as spaces in their places."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.bundle.breaks import LONGEST, Joined, joined
from tests.bundle.test_framing import PRETTY, cut

texts = st.text(st.sampled_from("ab\\/:,]}{[ü\n\n"), max_size=8)
documents = st.dictionaries(
    texts, texts | st.lists(texts, max_size=3) | st.integers(), min_size=1, max_size=4
)
SPANS = [{"record": i, "text": f"{i} \u23ce{i}\n"} for i in range(5)]


class InPieces(io.BytesIO):
    """A stream that gives a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 7))


def torn(value: object, indent: int | None = None) -> bytes:
    """As a writer puts it that does not escape newlines."""
    return json.dumps(value, indent=indent, ensure_ascii=False).replace("\\n", "\n").encode()


@given(documents, st.sampled_from([None, 2]))
def test_each_newline_in_a_text_becomes_a_space_and_no_other(value: object, indent: int | None) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=False).replace("\\\\", "/")
    expected = data.replace("\\n", " ").encode()
    assert joined(data.replace("\\n", "\n").encode()) == expected
    stream = Joined(InPieces(data.replace("\\n", "\n").encode()))
    assert b"".join(iter(lambda: stream.read(5), b"")) == expected


@pytest.mark.parametrize(
    "following", [b'{"b": 1}', b'  "b": 2}', b'text of a log, "quoted" there', b"}", b""]
)
def test_a_text_that_is_not_closed_ends_with_its_line(following: bytes) -> None:
    data = b'{"a": "cut\n' + following + b'\n{"c": 3}'
    assert joined(data) == data


def test_a_text_that_goes_on_for_ever_is_not_closed() -> None:
    data = b'{"a": "x\n' + b"y" * LONGEST + b'"}'
    assert joined(data) == data


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("before", [b"", PRETTY + b"\n"])
@pytest.mark.parametrize("block_bytes", [64, 1 << 20])
def test_a_document_with_breaks_in_texts_is_one(indent: int | None, before: bytes, block_bytes: int) -> None:
    data = torn({"data": SPANS}, indent)
    batches, (issue,) = cut(before + data, block_bytes=block_bytes)
    found = batches[-1]
    assert (found.framing, found.offset, found.mended) == ("document", len(before), True)
    assert json.loads(found.data) == {
        "data": [{**span, "text": str(span["text"]).replace("\n", " ")} for span in SPANS]
    }
    place = len(before) + data.index("⏎0\n".encode()) + 4
    assert (issue.code, issue.count, issue.offset) == ("line-break-in-text", 0, place)


def test_what_ends_in_a_backslash_is_read_to_its_end() -> None:
    assert joined(b'{"a":"b\\') == b'{"a":"b\\'
