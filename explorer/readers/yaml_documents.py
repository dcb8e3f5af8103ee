"""Documents in YAML that are otherwise JSON: what kubectl, ``oc adm inspect`` and gcloud print, must-gather's files.

Each document is handed on as JSON to whoever reads that. YAML goes as far as :mod:`explorer.decoding.block_yaml`;
of a file that is cut short, what stands before the cut is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

from explorer.decoding.block_yaml import documents, parts
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, open_whole
from explorer.decoding.gathering import gather, hand_on
from explorer.decoding.lenient import dumps
from explorer.model.builder import Builder, Records

NAME = "yaml"
LABEL = "Documents in YAML (Kubernetes objects, Google Cloud logs)"
RECOGNISED_BY = "YAML that begins with an apiVersion and a kind, or with fields of a log entry of Google's."
FRAMINGS: Collection[str] = frozenset({"lines"})

_OBJECT: Final = re.compile(rb"(?:---[^\n]*\r?\n|#[^\n]*\n)*(?:- |  )?apiVersion: +[\"']?[\w./-]+[\"']?\r?\n")
_KIND: Final = re.compile(rb"\n(?:- |  )?(?:kind|items|metadata):")
_ENTRY: Final = re.compile(
    rb"(?:---[^\n]*\r?\n)?(?:httpRequest|insertId|jsonPayload|labels|logName|protoPayload|textPayload):[ \r\n]"
)
_NAMED: Final = re.compile(rb"(?:\A|\n)(?:insertId|logName): ")
_CUT_LINES: Final = 40
"""Lines at the end of a cut document that are given up at most."""
_CUT_BYTES: Final = 16 << 20
"""About so much is parsed again in search of the cut; of a document however large, twice."""


def detect(head: bytes) -> Confidence | None:
    """By the first keys."""
    begin = head[:4096].lstrip(b"\xef\xbb\xbf")
    if _OBJECT.match(begin) and _KIND.search(begin):
        return Confidence.LIKELY
    return Confidence.LIKELY if _ENTRY.match(begin) and _NAMED.search(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Gather the file; its documents are handed on at its end, and refused where nobody else knows them."""
    if records[0][:1] == b"{":
        return range(len(records))
    gather(records, builder, NAME, lambda whole: _hand_on(whole, builder))
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Documents are kept as JSON, and opened by those who read them."""
    return open_whole(raw)


def _hand_on(data: bytes, builder: Builder) -> None:
    text = data.decode("utf-8", "replace")
    texts, at, offset = parts(text), 0, 0
    for i, part in enumerate(texts):
        offset += len(text[at : part.offset].encode())
        at = part.offset
        found = _parsed(part.text, builder, offset, is_last=i == len(texts) - 1)
        for value in found:
            hand_on(builder, dumps(value))
            builder.count_format(NAME, 1)


def _parsed(text: str, builder: Builder, offset: int, *, is_last: bool) -> list[Any]:
    """The documents of a part, each of a list alone; of the last one, what stands before a cut."""
    lines = text.splitlines(keepends=True)
    tries = min(_CUT_LINES, len(lines), 3 + _CUT_BYTES // max(len(text), 1))
    given_up = range(tries if is_last else 1)
    error = ""
    for count in given_up:
        try:
            found = documents("".join(lines[: len(lines) - count]))
        except ValueError as wrong:
            error = error or str(wrong)
            continue
        if count:
            said = "a YAML document is cut short; what came before the cut is kept"
            builder.skip("warning", "truncated-record", said, offset=offset)
        return [one for value in found for one in (listed(value) if _is_listed(value) else [value])]
    builder.skip("warning", "broken-yaml", f"YAML that is not understood: {error}", offset=offset)
    return []


def _is_listed(value: Any) -> bool:
    return isinstance(value, list) and all(named(one) for one in value)
