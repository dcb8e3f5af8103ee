"""LangSmith's runs as its newer SDKs post them: a body of parts, some of each run (``/runs/multipart``).

Source: langchain-ai/langsmith-sdk ``python/langsmith/_internal/_operations.py``: parts are named ``post.ID`` or
``patch.ID``, and those of a run's longer fields ``post.ID.inputs`` and the like. They become the lists that older ones
post.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import open_whole
from explorer.decoding.gathering import gather, hand_on
from explorer.decoding.lenient import dumps, loads
from explorer.model.builder import Builder, Records

NAME: Final = "langsmith-multipart"
LABEL: Final = "LangSmith (multipart body)"
RECOGNISED_BY: Final = "a boundary, then a part of form data named post or patch and the id of a run"
FRAMINGS: Final = ("lines",)

_HEAD: Final = re.compile(
    rb"\s*--(?P<boundary>[\w-]{16,70})\r?\n"
    rb'(?:Content-Disposition: form-data; name="(?:post|patch|feedback|attachment)\.[0-9a-f-]{36}|\Z)'
)
_NAME: Final = re.compile(rb'name="(?P<verb>post|patch)\.(?P<id>[0-9a-f-]{36})(?:\.(?P<field>\w+))?"')
_BODY: Final = re.compile(rb"\r?\n\r?\n")


def detect(head: bytes) -> Confidence | None:
    """By the first two lines, or the first where no more is here."""
    return Confidence.CERTAIN if _HEAD.match(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Take the lines; the body is read when its file ends."""
    gather(records, builder, NAME, lambda whole: _read(whole, builder))
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Runs are kept as JSON, and opened by who reads them."""
    return open_whole(raw)


def _read(whole: bytes, builder: Builder) -> None:
    runs: dict[tuple[str, str], dict[str, Any]] = {}
    beside = broken = 0
    for name, body in _parts(whole):
        match = _NAME.search(name)
        if match is None:
            beside += 1
            continue
        verb, own = match["verb"].decode(), match["id"].decode()
        run = runs.setdefault((verb, own), {"id": own})
        try:
            value = loads(body)
        except ValueError:
            broken += 1
            continue
        if match["field"]:
            run[match["field"].decode()] = value
        elif isinstance(value, dict):
            run.update(value)
    if runs:
        posted = {verb: [run for (of, _), run in runs.items() if of == verb] for verb in ("post", "patch")}
        hand_on(builder, dumps({verb: listed for verb, listed in posted.items() if listed}))
    else:
        builder.skip("warning", "unknown-content", "a body of parts without a run", offset=0)
    if broken:
        said = "parts of runs that are damaged or cut short are left out"
        builder.skip("warning", "broken-record", said, offset=0, count=broken)
    if beside:
        builder.skip("info", "not-shown", "parts that are no runs are not shown", offset=0, count=beside)


def _parts(whole: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Headers and body of each part."""
    match = _HEAD.match(whole)
    boundary = b"--" + match["boundary"] if match else b""
    for part in whole.split(boundary)[1:] if boundary else ():
        if not part.startswith(b"--"):  # behind the last one
            head, *body = _BODY.split(part, 1)
            yield head, body[0].strip() if body else b""
