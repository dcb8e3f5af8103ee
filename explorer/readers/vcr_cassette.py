"""Recorded answers of HTTP interfaces (VCR cassettes, YAML): the JSON in their bodies, for the readers of that.

Source: vcrpy and Ruby's VCR, ``interactions`` with a ``response`` whose ``body`` has a ``string``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.block_yaml import documents
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, open_whole
from explorer.decoding.gathering import gather, hand_on
from explorer.decoding.lenient import dumps, loads
from explorer.model.builder import Builder, Records

NAME: Final = "vcr-cassette"
LABEL: Final = "Recorded HTTP answers (VCR)"
RECOGNISED_BY: Final = "YAML that begins with interactions, each with a request and a response"
FRAMINGS: Final = ("lines",)

_BEGIN: Final = re.compile(
    rb"(?:---\s*\n)?(?:\w+: [^\n]*\n)*(?:http_)?interactions:\s*\n(?:\s*- (?:request|response):|\Z)"
)


def detect(head: bytes) -> Confidence | None:
    """By its first lines."""
    return Confidence.CERTAIN if _BEGIN.match(head.lstrip(b"\xef\xbb\xbf")) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Gather the file; its answers are handed on at its end, and refused where nobody else knows them."""
    if records[0][:1] in (b"{", b"["):
        return range(len(records))
    gather(records, builder, NAME, lambda whole: _hand_on(whole, builder))
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Answers are kept as JSON, and opened by those who read them."""
    return open_whole(raw)


def _hand_on(data: bytes, builder: Builder) -> None:
    try:
        bodies = [body for value in documents(data.decode("utf-8", "replace")) for body in _bodies(value)]
    except ValueError as error:
        builder.skip("warning", "broken-yaml", f"YAML that is not understood: {error}", offset=0)
        return
    others = 0
    for body in bodies:
        try:
            line = dumps(loads(body.encode("utf-8", "replace")))
        except ValueError:
            others += 1
            continue
        hand_on(builder, line)
        builder.count_format(NAME, 1)
    if others:
        builder.skip(
            "info", "nothing-to-show", "answers that are no JSON are left out", offset=0, count=others
        )


def _bodies(value: Any) -> Iterator[str]:
    for one in listed(named(value).get("interactions") or named(value).get("http_interactions")):
        body = named(named(one).get("response")).get("body")
        told = named(body).get("string") if isinstance(body, dict) else body
        if isinstance(told, str) and told.strip():
            yield told
