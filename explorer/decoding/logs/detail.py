"""One log record decoded again, with the fields of all its layers and its stack trace taken apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from explorer.decoding import lenient
from explorer.decoding.logs.bracketed import without_context
from explorer.decoding.logs.choosing import LONGEST, all_ranked, all_records, first_of, is_record, named
from explorer.decoding.logs.heads import without_head
from explorer.decoding.logs.line_format import PLACED_GROUPS, LineFormat
from explorer.decoding.logs.objects import (
    Pairs,
    Places,
    flatten,
    message_at,
    message_of,
    parse_object,
    places_of,
    read_object,
)
from explorer.decoding.logs.peeling import COMPOSE, without_colours, without_label, without_rank
from explorer.decoding.logs.repeated import behind
from explorer.decoding.logs.salvage import salvage
from explorer.decoding.logs.stacks import UNCAUGHT, exception_of, split_stack
from explorer.model.fields import Role, normalise, role
from explorer.model.records import Detail

LAYERS: Final = 3
ACCESS: Final = (
    ("method", "requestmethod", "httprequestmethod", "httpmethod", "verb", "clientrequestmethod"),
    (
        "path",
        "uri",
        "requesturi",
        "url",
        "urlpath",
        "requestpath",
        "httptarget",
        "request",
        "clientrequesturi",
    ),
)
_LOGFMT: Final = re.compile(
    r"""(?<![\w.@/\-])([\w.@/\-]+)=("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'(?=\s|$)"""
    r"""|(?:(?<=\bmsg=)|(?<=\bmessage=))[^\s"'][^\s=]*+(?:\s++(?![\w.@/\-]++=)[^\s=]++)*(?=\s|$)|\S*)"""
)
"""A name and its value; a message may go on to the next name though it has no quotes. Each byte is looked at once."""
_BEFORE_OBJECT: Final = re.compile(r"[\t ](?=\{)")
_OBJECTS: Final = 8
"""Places of a message at which the JSON object it ends in is looked for."""
RAISED: Final = "exc_type"
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}


def record_detail(raw: bytes, layer: int = 0, formats: str = "") -> Detail:
    """What a record says: a JSON object, or lines of text of which the first begins the record.

    Args:
        raw: its bytes.
        layer: how many wrappers were taken off.
        formats: names of the line formats one of which text is in, in the order in which they were tried; "": any.
    """
    text = without_colours(raw.lstrip())
    if text[:1] == b"{":
        value = parse_object(text)
        if value is not None and (text[1:2] != b"'" or read_object(value).is_log):
            return object_detail(value, raw, layer)
        value = salvage(text) if layer < LAYERS else None
        if value is not None:
            detail = object_detail(value, raw, layer)
            return (
                detail if detail.message else detail._replace(message=text.decode("utf-8", "replace").strip())
            )
    return text_detail(raw, formats)


def object_detail(value: dict[str, Any], raw: bytes = b"", layer: int = 0) -> Detail:
    """The detail of a decoded JSON log object."""
    pairs = flatten(value)
    where = places_of(pairs)
    message = message_at(pairs, where) or access_line(pairs)
    kind, text, stack = _exception(pairs, where)
    inner = _inner(message, layer)
    if inner is not None:
        pairs = [*pairs, *inner.attributes]
        where = places_of(pairs)
        message = inner.message
        kind, text, stack = (
            kind or inner.exception_type,
            text or inner.exception_message,
            stack or inner.stack,
        )
    elif not stack and "\n" in message:
        parted = split_stack(message)
        message, stack = parted.message or message, parted.stack
        kind, text = kind or parted.type, text or parted.text
    if kind and not stack:  # loguru formats the stack trace into a text of its own
        stack = next(
            (split_stack(item).stack for name, item in pairs if name == "text" and isinstance(item, str)), ""
        )
    if stack and not (kind and text):
        found = exception_of(stack)
        kind, text = kind or found[0], text or (found[1] if found[0] == kind or not kind else text)
    return Detail(
        attributes=tuple(pairs), message=message or text or kind, scope=_scope(pairs, where), exception_type=kind,
        exception_message=text, stack=stack, raw=raw.decode("utf-8", "replace"),
    )  # fmt: skip


def text_detail(raw: bytes, formats: str = "") -> Detail:
    """The detail of lines of text; ``formats`` as in :func:`record_detail`."""
    lines = [without_colours(line).rstrip(b"\r") for line in raw.split(b"\n")]
    pairs: Pairs = []
    if (match := COMPOSE.match(lines[0])) and not _format_of(lines[0], formats):
        pairs.append(("container", match["name"].decode("ascii", "replace")))
        found = [COMPOSE.match(line) for line in lines]
        mine = [one for one in found if one is not None and one["name"] == match["name"]]
        lines = [one.string[one.end() :] for one in mine]
        if lines[0][:1] == b"{":
            inner = record_detail(b"\n".join(lines), LAYERS, formats)
            return _with_outer(inner, pairs, raw)
    worn = without_label if _is_labelled(lines[0], formats) else without_rank
    rank, _ = worn(lines[0])
    if rank:
        pairs.append(("rank" if rank.isdigit() else "host", rank))
        lines = [text for other, text in map(worn, lines) if other == rank]
        if lines[0][:1] == b"{":
            return _with_outer(record_detail(b"\n".join(lines), LAYERS, formats), pairs, raw)
    one = _format_of(lines[0], formats)
    if one is not None and len(lines) > 1:
        lines = _without_prefix(lines, one)
    rest = "\n".join(line.decode("utf-8", "replace") for line in lines[1:])
    first = lines[0].decode("utf-8", "replace")
    if one is not None:
        first, told = _take_apart(lines[0], one)
        pairs += told
        if one.below is not None and len(lines) > 1 and (level := one.below.match(lines[1])):
            pairs.append(("level", level["level"].decode("utf-8", "replace")))
            rest = rest[len(level[0].decode("utf-8", "replace")) :]
        within = _wrapped("\n".join((first, *([rest] if rest else ())))) if one.wraps else None
        if within is not None:
            return _with_outer(within, pairs, raw)
    parted = split_stack(first + ("\n" + rest if rest else ""))
    kind, text, stack = parted.type, parted.text, parted.stack
    if not stack:
        kind, text, stack = (
            _exception(pairs, places_of(pairs)) if one is not None and one.fields else ("", "", "")
        )
    if (
        stack and not kind and ("level", "Error") in pairs
    ):  # JavaScript's class of that name was taken for the level
        kind, text = "Error", parted.message.strip()
    raised = f"{kind}: {text}" if text else kind
    said, ids = without_context(parted.message.strip())
    pairs += [(name, item) for name, item in ids if name not in dict(pairs)]
    said = said or raised or stack.partition("\n")[0]
    return Detail(
        attributes=tuple(pairs), message=said, scope=_scope(pairs, places_of(pairs)), exception_type=kind,
        exception_message=text, stack=stack, raw=raw.decode("utf-8", "replace"),
    )  # fmt: skip


def _is_labelled(line: bytes, formats: str) -> bool:
    """Whether a record begins behind a task or host that stands before its line."""
    label, rest = without_label(line)
    return (
        bool(label)
        and not _format_of(line, formats)
        and bool(_format_of(rest, formats) or UNCAUGHT.match(rest))
    )


def _without_prefix(lines: list[bytes], one: LineFormat) -> list[bytes]:
    """The lines of a record, those behind the first without its prefix where they wear it again."""
    match = one.pattern.match(lines[0])
    if match is None or one.whole_line:
        return lines
    prefix = lines[0][: match.start("message") if "message" in one.pattern.groupindex else match.end()]
    worn = ((behind(prefix, line) if prefix else None, line) for line in lines[1:])
    return [lines[0], *(line if rest is None else rest for rest, line in worn)]


def access_line(pairs: Pairs) -> str:
    """What an access log record without message says: method, path, status, Envoy's flags; ``""`` for others."""
    named = {normalise(name): item for name, item in pairs}
    plain = named.get("status", named.get("code"))
    status = next((item for name, item in pairs if role(name) is Role.HTTP_STATUS), plain)
    parts = [next((named[name] for name in names if named.get(name)), None) for names in ACCESS]
    if status is None or not any(parts):
        return ""
    flags = (named.get("responseflags"), named.get("responsecodedetails"))
    return " ".join(str(part) for part in (*parts, status, *flags) if part not in (None, "", "-"))


def _with_outer(inner: Detail, outer: Pairs, raw: bytes) -> Detail:
    return inner._replace(attributes=(*outer, *inner.attributes), raw=raw.decode("utf-8", "replace"))


def wrapped_detail(outer: Pairs, lines: Sequence[bytes], raw: bytes, formats: str = "") -> Detail:
    """The detail of a record that lay in a wrapper: fields of the wrapper come first."""
    return _with_outer(record_detail(b"\n".join(lines), 1, formats), outer, raw)


@lru_cache(maxsize=512)
def _format_of(line: bytes, formats: str = "") -> LineFormat | None:
    told = named(formats)
    return first_of(told, line) if told else all_ranked().best(line)


def _take_apart(line: bytes, one: LineFormat) -> tuple[str, Pairs]:
    """The message and the fields of a line in its format."""
    match = one.pattern.match(line)
    if match is None:
        return line.decode("utf-8", "replace"), []
    groups = {
        name: part.decode("utf-8", "replace") for name, part in match.groupdict().items() if part is not None
    }
    pairs: Pairs = [(name, part.strip()) for name, part in groups.items() if name != "message"]
    message = groups.get("message", line[0 if one.whole_line else match.end() :].decode("utf-8", "replace"))
    level_end = 0
    if one.search is not None and "level" not in groups and (level := one.search.search(line[:400])):
        pairs.append(("level", level["level"].decode("ascii", "replace")))
        level_end = max(0, len(line[match.end() : level.end("level")].decode("utf-8", "replace")))
    if one.generic and not one.fields and not one.whole_line and "message" not in groups:
        message, head = without_head(message, level_end, match[0].decode("utf-8", "replace"))
        pairs += [pair for pair in head if pair[0] not in groups]
    if one.fields == "logfmt":
        pairs = [(name, text) for name, text in pairs if name not in PLACED_GROUPS]
        found = list(_LOGFMT.finditer(message))
        pairs += [(pair[1], _unquoted(pair[2])) for pair in found]
        message = message_of(pairs) or _before(message, found) or message
    elif one.fields == "ltsv":
        parts = (part.partition(":") for part in message.split("\t"))
        pairs = [(name, item) for name, _, item in parts]
        message = message_of(pairs) or access_line(pairs) or message
    elif one.fields == "json":
        message, pairs = _with_json(message, pairs)
    return message, pairs


def _before(text: str, pairs: Sequence[re.Match[str]]) -> str:
    """What stands before the pairs in which a text ends."""
    end = len(text.rstrip())
    for pair in reversed(pairs):
        if text[pair.end() : end].strip():
            break
        end = pair.start()
    return text[:end].strip()


def _with_json(message: str, pairs: Pairs) -> tuple[str, Pairs]:
    """A message that ends in a JSON object behind a tab or a blank: zap and winston write their fields so."""
    for blank in islice(_BEFORE_OBJECT.finditer(message), _OBJECTS):
        try:
            value = lenient.loads(message[blank.end() :].encode("utf-8", "replace"))
        except ValueError:
            continue
        return message[: blank.start()], [*pairs, *flatten(value)]
    return message, pairs


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[0] not in "\"'" or text[-1] != text[0]:
        return text
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), text[1:-1])


def _inner(message: str, layer: int) -> Detail | None:
    """A message that is a record itself: a JSON object, or a line of a known format with a time."""
    if layer >= LAYERS or not message:
        return None
    raw = without_colours(message.strip().encode("utf-8", "replace"))
    if raw[:1] == b"{":
        value = parse_object(raw)
        return object_detail(value, b"", layer + 1) if value is not None else None
    line = raw.split(b"\n", 1)[0][:LONGEST]
    if all_records().best(line) is None:  # nearly always, and sooner told than of which format it is
        return None
    one = _format_of(line)
    return text_detail(raw) if one is not None and is_record(one) else None


def _wrapped(message: str) -> Detail | None:
    """What stands behind a prefix that wraps other logs (syslog): JSON, or a line with a time or level of its own."""
    raw = message.strip().encode("utf-8", "replace")
    if raw[:1] == b"{":
        value = parse_object(raw)
        return object_detail(value, b"", LAYERS) if value is not None else None
    one = _format_of(raw.split(b"\n", 1)[0][:LONGEST])
    return text_detail(raw) if one is not None and not one.wraps else None


def _exception(pairs: Pairs, where: Places) -> tuple[str, str, str]:
    """Exception type, message and stack trace among the fields."""
    for _, item in pairs:
        if isinstance(item, list) and item and isinstance(item[0], dict) and RAISED in item[0]:
            return _structured(item[0])
    if not (where.exceptions or where.errors or where.stacks):
        return "", "", ""
    kind, text, stack = (_first(pairs, some) for some in (where.exceptions, where.errors, where.stacks))
    if (
        stack and "\n" not in stack and not stack.startswith("Traceback")
    ):  # the field "exception" may hold a word
        kind, text, stack = (kind, text or stack, "") if not kind else (kind, text, stack)
    if stack and not kind:
        kind, found = exception_of(stack)
        text = text or found
    return kind, "" if text in {"true", "false", "True", "False"} else text, stack


def _structured(raised: dict[str, Any]) -> tuple[str, str, str]:
    """An exception that structlog (``dict_tracebacks``) or Airflow took apart, put together again."""
    kind, text = str(raised[RAISED] or ""), str(raised.get("exc_value") or "")
    frames = raised.get("frames")
    lines = [
        f'  File "{one.get("filename")}", line {one.get("lineno")}, in {one.get("name")}'
        for one in (frames if isinstance(frames, list) else ())
        if isinstance(one, dict)
    ]
    return kind, text, "\n".join(("Traceback (most recent call last):", *lines, f"{kind}: {text}"))


def _first(pairs: Pairs, where: Sequence[int]) -> str:
    """The first of some fields that says anything, as text; lists are lines."""
    for at in where:
        item = pairs[at][1]
        if isinstance(item, str) and item:
            return item
        if isinstance(item, list) and item:
            return lenient.lines_of(item)
    return ""


def _scope(pairs: Pairs, where: Places) -> str:
    return next((text for at in where.scopes if isinstance(text := pairs[at][1], str) and text), "")
