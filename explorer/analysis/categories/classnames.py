"""Exception class names in running text: ``pkg.Class: message`` taken apart."""

from __future__ import annotations

import re

_PACKAGE = r"(?:[A-Za-z_$][\w$-]{0,80}(?:\.|::|\\|\$|\+)){0,12}"
_SUFFIX = (
    r"(?:Error|Exception|Failure|Fault|Panic|Warning|Interrupt|Timeout|Exceeded|Rejected|Refused|Disconnected"
    r"|Disconnect|Abort|Aborted|Denied|NotFound|Unavailable|Exhausted|Died|Killed|Lost|Iteration|Exit)"
)
_END = r"(?=:\s|:$|\s*$|\s\[[A-Z_]+\]:|\s?\(\S{1,40}\):\s)"
_BY_SUFFIX = re.compile(rf"{_PACKAGE}[A-Z]?\w{{0,80}}?{_SUFFIX}{_END}")
_BY_PACKAGE = re.compile(
    rf"(?:[A-Za-z_$][\w$]{{0,80}}(?:\.|::|\\|\$)){{1,12}}(?:[A-Z]\w{{0,80}}|error|timeout|\w{{1,12}}error){_END}"
)
_BY_HUMPS = re.compile(r"(?:[A-Z][a-z0-9]+){2,8}(?=:\s)")
_AFTER = re.compile(r":\s*|\s*(?=\[)|\s?\(\S{1,40}\):\s*|\s*")
_INSIDE = re.compile(rf"(?<![\w.$'\"]){_PACKAGE}[A-Z]\w{{0,80}}?(?:Error|Exception)(?=:\s+\S)")
_CALLED = re.compile(
    r"(?<![\w.])((?:[A-Za-z_]\w{0,60}\.){0,8}[A-Z]\w{0,60}?"
    r"(?:Error|Exception|Disconnected|StatusLine|IncompleteRead|Timeout|Refused|Exceeded))\((.*)\)",
    re.DOTALL,
)


def split_class(text: str) -> tuple[str, str]:
    """``("pkg.Class", message)`` for a text that begins with a class name, else ``("", text)``."""
    text = text.strip()
    for form in (_BY_SUFFIX, _BY_PACKAGE, _BY_HUMPS):
        found = form.match(text)
        if found is not None:
            after = _AFTER.match(text, found.end())
            return found.group(), text[after.end() if after else found.end() :].strip()
    return "", text


def inner_class(text: str) -> tuple[int, int, str] | None:
    """Start, end and text of an error named within a text: ``…: pkg.Class: message``, ``… Class('message') …``."""
    if "Error" in text or "Exception" in text:
        found = _INSIDE.search(text, 1)
        if found is not None:
            return found.start(), len(text), text[found.start() :]
    if "(" in text:
        called = _CALLED.search(text)
        if called is not None and (called.start() > 0 or called.end() == len(text)):
            inner = f"{called.group(1)}: {called.group(2).strip()}"
            return called.start(), called.end(), inner
    return None
