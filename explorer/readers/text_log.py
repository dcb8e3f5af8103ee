"""Plain text logs of the common frameworks, line formats as in ``resources/formats``.

Stack traces and other lines that begin no record are joined to the record before them. Terminal colours and the
prefix of ``docker compose logs`` are peeled. Text that shows neither times nor levels nor a stack trace is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.choosing import SAMPLE, best_format, explained, is_table, only_generic
from explorer.decoding.logs.content import formats_of, is_json_log, is_record, read_content
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.detail import record_detail
from explorer.decoding.logs.line_format import known_formats
from explorer.decoding.logs.lines import Lines, LineValues
from explorer.decoding.logs.objects import PRINTED
from explorer.decoding.logs.origin import is_container_log
from explorer.decoding.logs.peeling import (
    by_label,
    by_rank,
    by_section,
    compose,
    is_composed,
    is_dumped,
    is_labelled,
    is_ranked,
    plain,
    without_colours,
    without_label,
    without_rank,
)
from explorer.decoding.logs.rows import emit_streams
from explorer.decoding.logs.severity import WORDS
from explorer.decoding.logs.stacks import THROWN, UNCAUGHT
from explorer.model.builder import Builder, Records

NAME = "text-log"
LABEL = "Text log"
RECOGNISED_BY = "Lines begin with a time or a level in a known format, or show a stack trace."
FRAMINGS: Collection[str] = frozenset({"lines"})

PREAMBLE: Final = 8
"""Lines of no known format that may stand before a log, as banners do."""
_OTHERS: Final = re.compile(rb"\{(?!')|<html|<\?xml|\[[{\[]|\[$")
"""Begins what is no text."""
_KEY: Final = re.compile(rb"(?:- )?(?P<key>[A-Za-z_][\w./-]*):(?:\s+(?P<value>\S.*)|\s*)$|-(?: |$)|---")
"""A line of YAML that is not indented."""


def detect(head: bytes) -> Confidence | None:
    """Whether most of the first lines begin a record of a known format or continue one."""
    # A log whose writer kept its place while it was cut has NUL bytes within.
    lines = [
        without_rank(without_colours(line).rstrip(b"\r"))[1]
        for line in head.split(b"\n")[:SAMPLE]
        if line.strip() and b"\0" not in line
    ]
    if len(lines) > 1 and len(head) == 64 << 10:
        lines.pop()  # cut
    if is_composed(lines) or is_dumped(Lines.of(lines[:1])):
        return Confidence.LIKELY
    if is_labelled(lines, is_log=_begins):
        lines = [without_label(line)[1] for line in lines]
    if PRINTED.match(b"\n".join(lines[:2])) and is_record(lines):
        return Confidence.LIKELY
    if not lines or _OTHERS.match(lines[0]):
        return None
    begun, continued = explained(lines, known_formats())
    generic = only_generic(lines, known_formats())
    if begun and (is_table(lines, known_formats()) or (generic and _is_yaml(lines))):
        return None
    if not begun:
        return Confidence.POSSIBLE if THROWN.search(b"\n".join(lines)) else None
    share = 0.5 if generic else 0.3
    first = best_format(lines[0], known_formats())
    if first is not None and first.times and not first.generic:  # programs print among what they log
        share = 0.1
    told = len(lines) - min(_before(lines), PREAMBLE) if begun > 1 else len(lines)
    return Confidence.LIKELY if begun + continued >= share * told else None


def _begins(line: bytes) -> bool:
    """Whether a line begins a record of a format that tells times, or a stack trace."""
    one = best_format(line, known_formats())
    return (one is not None and bool(one.times)) or UNCAUGHT.match(line) is not None


def _before(lines: Sequence[bytes]) -> int:
    """Lines before the first that a format knows: what programs print when they start."""
    known = (i for i, line in enumerate(lines) if best_format(line, known_formats()) is not None)
    return next(known, 0)


def _is_yaml(lines: Sequence[bytes]) -> bool:
    """Whether lines are keys and items of YAML, some of which are named like levels."""
    outer = [line for line in lines if line[:1] not in (b" ", b"\t", b"#")]
    keys = [match for line in outer if (match := _KEY.match(line))]
    if len(keys) < len(outer):
        return False
    told = [match["key"] for match in keys if match["key"]]
    levels = [key.decode("ascii").lower() in WORDS for key in told]
    return any(match["key"] and not match["value"] for match in keys) or not all(levels)


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the records into the builder; refuses all where no format and no stack trace is met."""
    context = FileContext.of(builder, NAME)
    peeled = plain(Lines(records.data, records.starts, records.ends))
    first = [peeled.lines[i] for i in range(min(SAMPLE, len(peeled.lines)))]
    if is_composed(first):
        peeled = compose(peeled)
    elif is_labelled(first, is_log=_begins):
        peeled = by_label(peeled)
    elif is_ranked(peeled.lines):
        peeled = by_rank(peeled)
    elif context.section or is_dumped(peeled.lines):
        peeled, context.section = by_section(peeled, context.section)
    known = formats_of(peeled.lines, context) or context.tails or context.section or is_json_log(peeled.lines)
    known = known or is_record([peeled.lines[i] for i in range(min(SAMPLE, len(peeled.lines)))])
    if context.alone or (not known and _is_printed(peeled.lines, builder)):
        peeled.each_timed = known = context.alone = True
    if not known:
        return range(len(records))
    doc = builder.block(records)

    def values_of(lines: Lines) -> LineValues:
        return read_content(lines, context, json_first=is_json_log(lines))

    emit_streams(peeled, values_of, doc, context, records)
    return ()


def _is_printed(lines: Lines, builder: Builder) -> bool:
    """Whether lines of no known format are what a program printed: in a container, or with a stack trace."""
    some = [lines[i] for i in range(min(SAMPLE, len(lines)))]
    shown = any(map(UNCAUGHT.match, some)) or THROWN.search(b"\n".join(some)) is not None
    return shown or is_container_log(builder.file.name)


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again."""
    return open_text(raw, "")


def open_text(raw: bytes, formats: str) -> OpenRecord:
    """Open one record again, of which is known by which line formats it was read."""
    detail = record_detail(raw, formats=formats)
    return lambda _: detail
