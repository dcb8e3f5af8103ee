"""Every column and its type, once.

Rows of :data:`SPAN` are, once assembled, ordered by trace and in pre-order within a trace
(a parent before its children, siblings by start), so that a subtree is the slice
``[row, row + size[row])``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``code`` is the :mod:`array` type code, ``dtype`` the numpy name of the same type."""

    name: str
    code: str
    dtype: str
    default: int | float = 0


class Kind(IntEnum):
    """Span kind, numbered as in OTLP ``Span.SpanKind``."""

    UNSPECIFIED = 0
    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


class Status(IntEnum):
    """Span status, numbered as in OTLP ``Status.StatusCode``."""

    UNSET = 0
    OK = 1
    ERROR = 2


class SpanFlag(IntFlag):
    """What is special about a span; the repairs are named so that the window can say them in words."""

    ORPHAN = 1  # names a parent that is not in the bundle
    CYCLE = 2  # its parent link closed a cycle and was cut
    DUPLICATE_ID = 4  # another, different span of the trace has the same id
    SHARED = 8  # the server half of a span id shared by client and server (Zipkin)
    NEGATIVE = 16  # ends before it starts; the duration is kept as it was written
    UNFINISHED = 32  # has no end
    NO_TIME = 64  # has no start: placed at its parent's
    INFERRED_ERROR = 128  # failed by its code, not by an explicit status
    ID_HASHED = 256  # the id is not 64-bit hex; the column holds a hash of its text


class LogFlag(IntFlag):
    """What is special about a log record."""

    TIME_INFERRED = 1  # no time of its own: taken from its neighbours or from its file
    NO_ZONE = 2  # the time was written without a zone and is read as UTC
    ID_FROM_TEXT = 4  # its correlation id was found in free text
    BROKEN = 8  # a structured record that does not parse: kept as text
    NO_DATE = 16  # the date that is written cannot be (month 19)


class FailureKind(IntEnum):
    """Where the evidence of a span's error came from, strongest first."""

    EXCEPTION = 0  # an exception event or exception fields
    MESSAGE = 1  # a status message or an error tag that holds text
    ERROR_TYPE = 2  # the attribute error.type
    CODE = 3  # a protocol status code


SPAN: Final = (
    Column("trace", "i", "int32"),  # row of the trace table
    Column("span_id", "Q", "uint64"),  # 0: none
    Column("parent_id", "Q", "uint64"),  # 0: none
    Column("service", "i", "int32"),  # code in Store.services
    Column("name", "i", "int32"),  # code in Store.operations
    Column("start", "q", "int64"),  # ns since the epoch
    Column("duration", "q", "int64"),  # ns
    Column("kind", "B", "uint8"),  # Kind
    Column("status", "B", "uint8"),  # Status
    Column("code", "h", "int16"),  # HTTP status, or GRPC + gRPC status; 0: none
    Column("flags", "H", "uint16"),  # SpanFlag
    Column("resource", "i", "int32"),  # index in Store.resources
    Column("peer", "i", "int32"),  # code in Store.texts: the remote side as the caller names it; 0: none
    Column("doc", "i", "int32"),  # row of the document table: where its bytes are
    Column("index", "i", "int32", -1),  # its ordinal in that document
)
"""Columns a reader fills. A span's ordinal is its row at the time of reading."""

TREE: Final = (
    Column("parent", "i", "int32", -1),  # row of the parent, -1: none
    Column("depth", "i", "int32"),
    Column("size", "i", "int32", 1),  # rows in the subtree, itself included
)
"""Columns that the assembly adds to :data:`SPAN`."""

LOG: Final = (
    Column("time", "q", "int64"),  # ns since the epoch
    Column("severity", "B", "uint8"),  # OTel severity number, 0: unknown
    Column("flags", "B", "uint8"),  # LogFlag
    Column("service", "i", "int32"),  # code in Store.services
    Column("resource", "i", "int32"),  # index in Store.resources
    Column("trace", "i", "int32", -1),  # trace code while reading; row of the trace table after; -1: none
    Column("span_id", "Q", "uint64"),  # 0: none
    Column("doc", "i", "int32"),
    Column("index", "i", "int32", -1),  # ordinal in the document, or byte offset where length > 0
    Column("length", "i", "int32"),  # bytes of the record; 0: index is an ordinal
)

FAILURE: Final = (
    Column("span", "i", "int32"),
    Column("kind", "B", "uint8"),  # FailureKind
    Column("type", "i", "int32"),  # code in Store.texts: exception class, error.type, code name
    Column("message", "i", "int32"),  # code in Store.texts, clipped to MESSAGE_LIMIT characters
)
EVENT: Final = (
    Column("span", "i", "int32"),
    Column("time", "q", "int64"),
    Column("name", "i", "int32"),  # code in Store.texts
)
LINK: Final = (
    Column("span", "i", "int32"),
    Column("trace", "i", "int32"),  # trace code / row of the linked span
    Column("span_id", "Q", "uint64"),
)
SPAN_FIELD: Final = (
    Column("row", "i", "int32"),
    Column("field", "i", "int32"),  # code in Store.texts: the name as written
    Column("value", "i", "int32"),  # code in Store.texts
)
"""Values of correlation fields (request id, session, run, …) found in spans; same shape for logs."""
LOG_FIELD: Final = SPAN_FIELD

DOCUMENT: Final = (
    Column("file", "i", "int32"),
    Column("offset", "q", "int64"),  # in the member's unpacked bytes
    Column("length", "q", "int64"),
    Column("reader", "i", "int32"),  # index in Store.readers
    Column("mended", "B", "uint8"),  # 1: its bytes were mended before they were read
    Column(
        "formats", "i", "int32"
    ),  # code in Store.texts: names of the line formats that text in it was read by
)
POINT: Final = (
    Column("series", "i", "int32"),
    Column("time", "q", "int64"),
    Column("value", "d", "float64"),
)
EXEMPLAR: Final = (
    Column("series", "i", "int32"),
    Column("time", "q", "int64"),
    Column("value", "d", "float64"),
    Column("trace", "i", "int32"),
    Column("span_id", "Q", "uint64"),
)

GRPC: Final = 1000
"""``code`` holds ``GRPC + n`` for gRPC status n (1000 is OK)."""

MESSAGE_LIMIT: Final = 512
"""Characters of an error message kept in the store; the whole text is in the raw bytes."""


def is_error_code(code: int, kind: int) -> bool:
    """Whether a protocol status means failure for that side (OTel semantic conventions, HTTP and RPC spans).

    A server fails from 500 up, a client from 400 up. gRPC servers fail on 2, 4, 12, 13, 14, 15,
    clients on any but 0.
    """
    if code >= GRPC:
        grpc = code - GRPC
        return grpc in (2, 4, 12, 13, 14, 15) if kind == Kind.SERVER else grpc != 0
    return code >= 500 or (code >= 400 and kind == Kind.CLIENT)


def severity_word(number: int) -> str:
    """The word for an OTel severity number (logs data model): TRACE, DEBUG, INFO, WARN, ERROR, FATAL, "" for 0."""
    return (
        ("", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")[min((number + 3) // 4, 6)]
        if number > 0
        else ""
    )
