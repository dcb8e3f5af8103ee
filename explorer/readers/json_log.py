"""JSON logs, one object a line or an array of objects: ECS and the structured encoders of the common frameworks.

A line that does not parse is kept as text and marked; text between the objects (start-up messages, stack traces of
the runtime) is kept as records of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.content import read_content
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.detail import record_detail
from explorer.decoding.logs.elements import LISTS, element_lines
from explorer.decoding.logs.entries import pages
from explorer.decoding.logs.hits import tell_dropped
from explorer.decoding.logs.lines import BRACE, LineKind, Lines, LineValues
from explorer.decoding.logs.objects import BY_KEYS, FAULT_ROLES, STATUS, role_of
from explorer.decoding.logs.peeling import plain
from explorer.decoding.logs.rows import emit_streams
from explorer.decoding.outline import outline
from explorer.decoding.tables.objects import has_span_rows
from explorer.model.builder import Builder, Records
from explorer.model.fields import Role
from explorer.model.schema import LogFlag

NAME = "json-log"
LABEL = "JSON log"
RECOGNISED_BY = "JSON objects with a time and a message, level or status."
FRAMINGS: Collection[str] = frozenset({"lines", "document"})
INDEPENDENT = True

NO_LOGS: Final = (
    frozenset({"sha", "author"}),
    frozenset({"commit", "author"}),
    frozenset({"pipeline_id", "created_at", "display_name"}),
)
"""Keys that together tell that a time and a message are no log record: a commit's, a pipeline's."""
_REQUESTS: Final = frozenset(
    {"method", "path", "uri", "url", "request_uri", "request.method", "request_method"}
)
"""Keys beside a status that tell of an access log."""
_MOSTLY: Final = 0.2
"""Share of JSON lines below which the text between them is another reader's."""


def detect(head: bytes) -> Confidence | None:
    """Whether the first object (of the lines, or of the array) tells a time and what happened."""
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if begin[:1] not in (b"{", b"["):
        first = begin.find(b"\n{")
        objects = begin.count(b"\n{")
        if first < 0 or objects < 2 or objects < begin.count(b"\n") // 2:
            return None
        begin = begin[first + 1 :]
    paths = outline(begin)
    if has_span_rows(paths):
        return None
    names = [".".join(path[1:] if path[0] in LISTS and len(path) > 1 else path) for path in paths]
    if any(names_of <= {name.rpartition(".")[2] for name in names} for names_of in NO_LOGS):
        return None
    roles = {role_of(name) for name in names}
    roles |= {kind for keys, _, kind in BY_KEYS if keys <= set(names)}
    tells = roles & {Role.SEVERITY, Role.MESSAGE, Role.HTTP_STATUS, *FAULT_ROLES}
    if Role.TIME in roles and (tells or (STATUS in names and _REQUESTS & set(names))):
        return Confidence.LIKELY
    if {Role.SEVERITY, Role.MESSAGE} <= roles:
        return Confidence.POSSIBLE
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the log objects into the builder; other JSON, and text where it prevails, is refused."""
    if len(records) > 1 and records[0].lstrip()[:1] == b"[":  # a list of records a line
        return [i for i, page in pages(records) if len(read(page, builder))]
    context = FileContext.of(builder, NAME)
    context.begin_block(records)
    lines = Lines(records.data, records.starts, records.ends)
    whole = element_lines(records)
    if whole is not None:
        lines = whole
    refused: set[int] = set()

    def values_of(part: Lines) -> LineValues:
        values = read_content(part, context, json_first=True)
        broken = int(((values.flags & LogFlag.BROKEN) > 0).sum())
        if broken:
            text = "lines of JSON that do not parse are kept as text"
            builder.remark("info", "broken-json-line", text, offset=records.offset)
        text_rows = np.flatnonzero((values.kind != LineKind.OBJECT) & (part.first_bytes != BRACE))
        if not context.tails and len(text_rows) > (1 - _MOSTLY) * len(part):
            values.kind[text_rows] = LineKind.FOREIGN
        refused.update(np.flatnonzero(values.kind == LineKind.FOREIGN).tolist())
        return values

    doc = builder.block(records)
    emit_streams(plain(lines), values_of, doc, context, records)
    if whole is not None:
        if len(refused) == len(lines):
            return range(len(records))
        tell_dropped(builder, records, len(refused))
        return ()
    return sorted(refused)


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again."""
    return open_text(raw, "")


def open_text(raw: bytes, formats: str) -> OpenRecord:
    """Open one record again, of which is known by which line formats it was read."""
    detail = record_detail(raw, formats=formats)
    return lambda _: detail
