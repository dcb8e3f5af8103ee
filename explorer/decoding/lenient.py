"""JSON and numbers as they are found, not as they should be.

Writers of traces leave NaN in JSON, put 64-bit integers into strings, floats or exponents, and cut
multi-byte characters. Fast decoders refuse a document for that; these functions are what is tried then.
"""

from __future__ import annotations

import codecs
import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson

LATEST_NS: Final = (1 << 63) - 1
"""Times beyond this (year 2262) do not fit their column."""

_TEXT: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*"'
_COMMENT: Final = re.compile(_TEXT + rb"|(?P<left>(?<!:)//[^\n]*|/\*.*?\*/)", re.DOTALL)
"""Behind a colon ``//`` is of an address: in a broken document it may stand outside of quotes."""
_COMMA: Final = re.compile(_TEXT + rb"|(?P<left>,)(?=\s*[}\]])", re.DOTALL)
_ESCAPE: Final = re.compile(rb'\\(?:(?P<known>["\\/bfnrt]|u[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2}))?')
_CONTROLS: Final = bytes(byte if byte == 10 or byte >= 32 else 32 for byte in range(256))
_NO_NUMBER: Final = re.compile(_TEXT + rb"|(?P<left>NaN|-?Infinity)", re.DOTALL)
_BOM: Final = b"\xef\xbb\xbf"
_HELD: Final = "explorer.held"


def _held(error: UnicodeError) -> tuple[str, int]:
    """A sign for each byte that is none, so that what lies behind keeps its place."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "?" * (error.end - error.start), error.end


codecs.register_error(_HELD, _held)


def loads(data: bytes, *, exact: bool = False) -> Any:
    """Decode JSON, also with NaN, broken UTF-8, comments, a byte order mark, tabs in texts or escapes it does not have.

    Args:
        data: the bytes of one document.
        exact: floats are kept as :class:`~decimal.Decimal`, for times written with a point or exponent.

    Raises:
        ValueError: this is no JSON.
    """
    data = data.removeprefix(_BOM)
    if not exact:
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            pass
    try:
        return _loads(data, exact=exact)
    except ValueError:
        if (plain := _ESCAPE.sub(_escape, without_comments(data))) == data:
            raise
        return _loads(plain, exact=exact)


def _loads(data: bytes, *, exact: bool) -> Any:
    text = data.decode("utf-8", "replace")
    try:
        return json.loads(text, parse_float=Decimal if exact else float, strict=False)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def without_comments(data: bytes) -> bytes:
    """JSON with blanks for comments, and for commas behind which nothing comes: as people write it by hand."""
    if b"//" in data or b"/*" in data:
        data = _COMMENT.sub(_blank, data)
    return _COMMA.sub(_blank, data)


def as_strict(data: bytes) -> bytes:
    """The same document, byte for byte as long, with what only :func:`loads` takes replaced."""
    data = _ESCAPE.sub(_slash, data.translate(_CONTROLS))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        data = data.decode("utf-8", _HELD).encode("utf-8")
    if b"NaN" in data or b"Infinity" in data:
        data = _NO_NUMBER.sub(_nought, data)
    return data


def _escape(match: re.Match[bytes]) -> bytes:
    return match[0] if match["known"] else b"\\u00" + match["byte"] if match["byte"] else b"\\\\"


def _slash(match: re.Match[bytes]) -> bytes:
    return match[0] if match["known"] else b"/" + match[0][1:]


def _nought(match: re.Match[bytes]) -> bytes:
    return match[0] if match["left"] is None else b"0".ljust(len(match[0]))


def _blank(match: re.Match[bytes]) -> bytes:
    return match[0] if match["left"] is None else b" " * len(match[0])


def dumps(value: object) -> bytes:
    """Encode what :func:`loads` returned; a decimal becomes a float."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, RecursionError):
        try:
            return json.dumps(value, default=_plain).encode()
        except RecursionError:
            return b"null"


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def nanoseconds(value: object, unit_ns: int = 1) -> int | None:
    """A time or duration as whole nanoseconds, exact for whatever decimal text it was written as.

    Args:
        value: an integer, float or decimal, or the text of one.
        unit_ns: nanoseconds in one unit of ``value``.

    Returns:
        None where ``value`` is no number, or does not fit 64 bits.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        whole = value * unit_ns
    elif isinstance(value, float | str | Decimal):
        try:
            number = Decimal(str(value).strip())
            whole = int(number * unit_ns) if number.adjusted() < 30 else LATEST_NS + 1
        except (InvalidOperation, ValueError, OverflowError):
            return None
    else:
        return None
    return whole if -LATEST_NS <= whole <= LATEST_NS else None


def lines_of(value: object) -> str:
    """A value as text: of a list each element is a line."""
    if not isinstance(value, list):
        return str(value)
    return "\n".join(part if isinstance(part, str) else dumps(part).decode() for part in value)


def text_of(value: object) -> str:
    """A scalar as text: ``true`` and ``12`` as JSON writes them, other values as JSON, null as nothing."""
    if isinstance(value, str):
        return value
    return "" if value is None else dumps(value).decode()
