"""Recorded answers of HTTP interfaces (VCR cassettes, YAML): the JSON in their bodies, for the readers of that.

Source: vcrpy and Ruby's VCR, ``interactions`` with a ``response`` whose ``body`` has a ``string``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from explorer.decoding.block_yaml import documents
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, open_whole
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
    """Gather the file; its answers are handed on at its end."""
    whole = builder.memory.get(NAME)
    if builder.held != NAME or not isinstance(whole, bytearray):
        whole = builder.memory[NAME] = bytearray()
        builder.hold()
        builder.at_end(lambda: _hand_on(bytes(whole), builder))
    whole += records.data if records.data.endswith(b"\n") else records.data + b"\n"
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Answers are kept as JSON, and opened by those who read them."""
    return open_whole(raw)


def _hand_on(data: bytes, builder: Builder) -> None:
    builder.begin_reader(NAME)
    builder.held = ""
    try:
        bodies = [body for value in documents(data.decode("utf-8", "replace")) for body in _bodies(value)]
    except ValueError as error:
        builder.skip("warning", "broken-yaml", f"YAML that is not understood: {error}", offset=0)
        return
    nowhere = Records(len(builder.files) - 1, b"", 0, np.zeros(0, np.int64), np.zeros(0, np.int64))
    others = 0
    for body in bodies:
        try:
            line = dumps(loads(body.encode("utf-8", "replace")))
        except ValueError:
            others += 1
            continue
        builder.hand_on(builder.canonical(nowhere, [line]))
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
