"""Codes that stand in running text: HTTP statuses, exit codes, NVIDIA Xids, bodies of JSON errors."""

from __future__ import annotations

import re

from explorer.analysis.categories.signals import Kind, Signal

_CODES: tuple[tuple[Kind, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "http",
        ("status", "http", "response code", "returned", "<title>", "code"),
        re.compile(
            r"(?:[\"']status(?:_?code)?[\"']\s*:\s*"
            r"|status(?: ?code)?(?: of)?[:=]?\s+(?:does not indicate success:\s*)?|statuscode[:=]\s*"
            r"|\bhttp(?:/\d(?:\.\d)?)?(?: status)?(?: error)?[:=]?\s+"
            r"|\breturned (?:error )?|<title>|response code[:=]?\s*|\bcode[:=]\s?)"
            r"\(?'?\"?(?P<code>[1-5]\d\d)(?![\w.])",
            re.IGNORECASE,
        ),
    ),
    (
        "http",
        ("client error", "server error"),
        re.compile(r"(?<!\w)'?(?P<code>[45]\d\d) (?:Client|Server) Error"),
    ),
    ("http", (" ",), re.compile(r"(?:^|(?<=['\[(]))\s*(?P<code>[45]\d\d)(?=:? [A-Z][a-z]+)")),
    ("exit", ("signals.",), re.compile(r"<Signals\.(?P<code>SIG[A-Z]+)")),
    (
        "exit",
        ("exit",),
        re.compile(
            r"(?:non-zero exit status|exit(?:ed)?(?: with)?(?: status| code)?)[:=]?\s+\(?(?P<code>\d{1,3})\b",
            re.IGNORECASE,
        ),
    ),
    ("xid", ("xid",), re.compile(r"\bXid\b[^:]{0,40}(?::[^:]{0,20}){0,3}?\): (?P<code>\d{1,3})")),
)
_WORTH_A_LOOK = re.compile(r"(?<!\d)[1-5]\d\d(?!\d)|Signals\.|Xid|[Ee]xit")
_FIELD = re.compile(
    r"['\"](?P<key>message|msg|detail|details|reason|error_description|title|code|type|status|error|exception)['\"]\s*:\s*"
    r"(?:'(?P<single>(?:[^'\\]|\\.){1,2000})'|\"(?P<double>(?:[^\"\\]|\\.){1,2000})\"|(?P<number>\d{1,6}))"
)
_ANNOTATED = frozenset({"code", "type", "status"})


def codes_in(text: str) -> tuple[Signal, ...]:
    """The codes that a text names, each once."""
    if not _WORTH_A_LOOK.search(text):
        return ()
    lower = text.lower()
    found: dict[Signal, None] = {}
    for kind, literals, pattern in _CODES:
        if any(literal in lower for literal in literals):
            match = pattern.search(text)
            if match is not None:
                found[Signal(kind, match.group("code"))] = None
    return tuple(found)


def json_error(text: str) -> tuple[str, tuple[Signal, ...]] | None:
    """Message and HTTP code of an error printed as a JSON object or a Python dict; None if it is none."""
    start = text.find("{")
    if start < 0 or text[:start].strip(" b'\"") or ("'" not in text and '"' not in text):
        return None
    words: dict[str, str] = {}
    for field in _FIELD.finditer(text, start):
        value = field.group("single") or field.group("double") or field.group("number")
        words.setdefault(field.group("key"), value)
    message = next((words[key] for key in words if key not in _ANNOTATED), "")
    if not message:
        return None
    marks = " ".join(words[key] for key in ("type", "code", "status") if key in words)
    code = next((words[key] for key in ("code", "status") if words.get(key, "").isdigit()), "")
    signals = (Signal("http", code),) if len(code) == 3 else ()
    return f"{message} ({marks})" if marks else message, signals
