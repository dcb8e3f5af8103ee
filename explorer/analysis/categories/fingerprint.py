"""Fingerprints: the same for errors that differ only in their parameters, so that they can be grouped.

Order of preference as in Sentry's grouping (stack, then type, then message); own code, no line numbers, so that
a fingerprint outlives an unrelated change of the file.
"""

from __future__ import annotations

import hashlib
import re

from explorer.analysis.categories.stacktraces.frames import Frame, StackTrace

_MAX_MESSAGE = 2000
_MAX_FRAMES = 12
_PARAMETER = "<*>"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), into)
    for pattern, into in (
        (
            r"(?<![\w'])'(?:[^'\\\n]|\\.){0,400}'(?!\w)|(?<![\w\"])\"(?:[^\"\\\n]|\\.){0,400}\"(?!\w)|`[^`\n]{1,200}`",
            _PARAMETER,
        ),
        (r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b", _PARAMETER),
        (r"\b[a-z][a-z0-9+.-]{1,12}://[^\s'\"<>)\]]+", _PARAMETER),
        (r"(?<![\w/])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _PARAMETER),
        (r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", _PARAMETER),
        (r"\[[0-9a-fA-F:]*:[0-9a-fA-F:]+\](?::\d+)?|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b", _PARAMETER),
        (r"\b0x[0-9a-fA-F]+\b", _PARAMETER),
    )
)
_PATH_PART = re.compile(r"(?<=/)[^/\s:'\"<>]*\d[^/\s:'\"<>]*")
_NUMBERED = re.compile(r"(?<![\w<])[+-]?[\w.-]*\d[\w.-]*%?")
_CODE = re.compile(r"(?i)\b(?:errno|http|status|code|signal|exit|xid|error|sqlstate)\b[\s:=#(\[]*$")
_FUNCTION_NOISE = re.compile(
    r"\$\$Lambda\S*|lambda\$\w+\$\d+|\$\d+|::h[0-9a-f]{16}|\.func\d+(?:\.\d+)*|0x[0-9a-f]+|<.*?>"
)


def template(message: str) -> str:
    """The message without its parameters: numbers, hex, ids, addresses, paths' variable parts, quoted values.

    Each becomes ``<*>``; short numbers that are codes (``errno 111``, ``HTTP 503``) stay. Blanks are collapsed.
    """
    text = " ".join(message[:_MAX_MESSAGE].split())
    for pattern, into in _RULES:
        text = pattern.sub(into, text)
    text = _PATH_PART.sub(_PARAMETER, text)
    text = _NUMBERED.sub(lambda found: _number(found, text), text)
    return re.sub(r"<\*>(?:(?:, ?| )<\*>)+", _PARAMETER, text)


def fingerprint(
    category: str, service: str, exception_type: str, stack: StackTrace | None, message: str
) -> str:
    """Sixteen hex digits for an error: category, service, and its stack, else its type and message template.

    Of the stack the root's own frames count (all frames where none is own), by function and file.
    """
    what = _stack_key(stack) if stack is not None else ""
    if not what:
        what = f"{exception_type.rsplit('.', 1)[-1]}\n{template(message)}"
    text = f"{category}\n{service}\n{what}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _stack_key(stack: StackTrace) -> str:
    root = stack.chain[stack.root]
    frames = [frame for frame in root.frames if frame.own]
    if not frames:
        frames = [frame for raised in stack.chain for frame in raised.frames if frame.own] or list(
            root.frames
        )
    if not frames:
        return ""
    return "\n".join((root.type, *(_frame_key(frame) for frame in _without_repeats(frames)[:_MAX_FRAMES])))


def _without_repeats(frames: list[Frame]) -> list[Frame]:
    # How deep a recursion went is no part of what went wrong.
    out: dict[tuple[str, str], Frame] = {}
    for frame in frames:
        out.setdefault((frame.function, frame.file), frame)
    return list(out.values())


def _frame_key(frame: Frame) -> str:
    file = "/".join(re.split(r"[/\\]", frame.file)[-2:])
    return f"{_FUNCTION_NOISE.sub('', frame.function)} {re.sub(r'[0-9a-f]{8,}', '', file)}"


def _number(found: re.Match[str], text: str) -> str:
    value = found.group().rstrip(".-")
    tail = found.group()[len(value) :]
    if value.isdigit() and len(value) <= 3 and _CODE.search(text[max(0, found.start() - 24) : found.start()]):
        return found.group()
    return _PARAMETER + tail
