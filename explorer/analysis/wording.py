"""Short texts for people: what a span ended with, durations, shares."""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus

from explorer.analysis.categories.fingerprint import template
from explorer.model.schema import GRPC, FailureKind
from explorer.model.store import Store

MOST = 160
UNSAID = "failed"
"""Stands for an error of which nothing is said."""
_EXCEPTION, _CODE = int(FailureKind.EXCEPTION), int(FailureKind.CODE)
_LONG_NUMBER = re.compile(r"\d{4,}")
_PHRASES = sorted((re.escape(status.phrase) for status in HTTPStatus), key=len, reverse=True)
_STATUS_ALONE = re.compile(
    rf"[\W_]*(?:(?<![a-z0-9])(?:{'|'.join(_PHRASES)}|\d+|http|status|code|error|exception|failed|failure|request|response"
    r"|returned|with|client|server)(?![a-z0-9])[\W_]*)*",
    re.IGNORECASE,
)
_IDS = re.compile(
    r"\A(?:\W*(?:trace|span|request|correlation)[ _-]?id(?:\W{1,3}[0-9a-f-]{8,36}\b"
    r"|\s?[=:]\s?(?=[\w.-]*\d)[\w.-]{1,64}(?![\w.-])))+\W?\s*",
    re.IGNORECASE,
)
_GRPC = (
    "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED"
    " RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS"
    " UNAUTHENTICATED"
).split()


def code_word(code: int) -> str:
    """``500`` or ``UNAVAILABLE``; ``""`` for none."""
    if code >= GRPC:
        return _GRPC[code - GRPC] if code - GRPC < len(_GRPC) else str(code - GRPC)
    return str(code) if code else ""


def error_of(store: Store, row: int) -> tuple[str, str]:
    """Class and message of a span's strongest error, ``""`` where it states none."""
    table = store.failures
    found = ("", "")
    for at in store.failure_rows(row):
        kind, message = store.texts[table["type"][at]], store.texts[table["message"][at]]
        source = int(table["kind"][at])
        if source == _EXCEPTION:
            return kind, message
        found = (found[0] or ("" if source == _CODE else kind), found[1] or message)
    return found


def says_why(store: Store, row: int) -> bool:
    """Whether a span's error says more in words than that there was one, and its status."""
    kind, message = error_of(store, row)
    return not is_status(message or kind.rsplit(".", 1)[-1])


def is_status(text: str) -> bool:
    """Whether a text names a status and no reason, as HTTP clients do: ``Request failed with status code 404``."""
    return _STATUS_ALONE.fullmatch(text) is not None


def error_text(store: Store, row: int) -> str:
    """An error in one line: ``ValueError: Input contains NaN``, else its message, else its code, else ``failed``."""
    return _line(*error_of(store, row)) or code_word(int(store.spans.code[row])) or UNSAID


@lru_cache(maxsize=1 << 12)
def _line(kind: str, message: str) -> str:
    short = kind.rsplit(".", 1)[-1]
    return clip(f"{short}: {message}" if kind and message and short not in message else message or short)


def templated(message: str) -> str:
    """A message without its parameters. Long numbers are taken out first, so that few texts need the whole work."""
    return _template(_LONG_NUMBER.sub("000000", message[:400]))


@lru_cache(maxsize=1 << 14)
def _template(message: str) -> str:
    return template(message)


def without_ids(message: str) -> str:
    """A message without the ids that loggers put before it: they name one request, not what went wrong."""
    return _IDS.sub("", message)


def clip(text: str, most: int = MOST) -> str:
    """The first ``most`` characters of a text, on one line."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else line[: most - 1] + "…"


def time_word(ns: int) -> str:
    """``1.28 s``, ``386 ms``, ``41 µs``: three digits."""
    for size, unit in ((10**9, "s"), (10**6, "ms"), (10**3, "µs")):
        if ns >= size:
            value = ns / size
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
    return f"{ns} ns"


def number_word(value: float) -> str:
    """``17,054``, ``0.402``, ``1.2e-05``: three digits, and every digit before the point."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.3g}"


def share_word(part: float) -> str:
    """A share as ``41%``; small ones with one digit after the point."""
    percent = 100 * part
    return f"{percent:.0f}%" if percent >= 10 or percent == 0 else f"{percent:.1f}%"


def times_word(count: int) -> str:
    """``1 try``, ``3 tries``."""
    return "1 try" if count == 1 else f"{count} tries"
