"""Codes that stand in running text: HTTP statuses, exit codes, NVIDIA Xids, numbers of operating systems and databases,
bodies of JSON errors.
"""

from __future__ import annotations

import re
from typing import cast

from explorer.analysis.categories.signals import Kind, Signal

_CODES: tuple[tuple[Kind, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "http",
        ("status", "http", "response code", "returned", "<title>", "code", "googleapi"),
        re.compile(
            r"(?:[\"']status(?:_?code)?[\"']\s*:\s*"
            r"|status(?: ?code)?(?: of)?[:=]?\s+(?:does not indicate success:\s*)?|statuscode[:=]\s*"
            r"|\bhttp(?:/\d(?:\.\d)?)?(?: status)?(?: error)?[:=]?\s+"
            r"|\breturned (?:error )?|googleapi: error |\berror code |<title>|response code[:=]?\s*|\bcode[:=]\s?)"
            r"\(?'?\"?(?P<code>[1-5]\d\d)(?![\w.])",
            re.IGNORECASE,
        ),
    ),
    (
        "http",
        ("client error", "server error"),
        re.compile(r"(?<!\w)'?(?P<code>[45]\d\d) (?:Client|Server) Error"),
    ),
    ("http", ("error responses",), re.compile(r"too many (?P<code>[45]\d\d) error responses")),
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
_DIGIT = re.compile(r"\d")
_WORTH_A_LOOK = re.compile(r"(?<!\d)[1-5]\d\d(?!\d)|Signals\.|Xid|[Ee]xit")
_NUMBERED = re.compile(
    r"\b(?:ORA|TNS)-(?P<oracle>\d{4,5})\b"
    r"|\bE(?:RROR|rror(?: Code:)?) (?P<mysql_a>[1-4]\d{3})\b|\bERROR (?P<mysql_b>\d) \(HY000"
    r"|\bSQLSTATE\[\w{5}\](?: \[|: [^:\n]{0,60}: )(?P<mysql_c>\d{4})\b"
    r"|^\((?P<mysql_d>[12]\d{3}), ['\"]"
    r"|\bMsg (?P<mssql_a>\d{3,5})\b|\bError Number:\s?(?P<mssql_b>\d{3,5})\b"
    r"|\bcode\"?:\s?(?P<mongodb_a>\d{1,6}),\s?\"?codeName|\(code (?P<mongodb_b>\d{1,6})\b"
    r"|\bc(?:url|URL):? (?:error )?\(?(?P<curl_a>\d{1,2})\b|\bCURLE_(?P<curl_b>[A-Z\d_]{4,40})\b"
    r"|\b[Ee]rrno[:= ]{1,2}-?(?P<errno_a>\d{1,3})\b|\bos error (?P<errno_b>\d{1,5})\b|\bErrcode: (?P<errno_c>\d{1,3})\b"
    r"|\bWinError (?P<win32_a>\d{1,5})\b|\b(?P<win32_b>0x[8Cc][\dA-Fa-f]{7})\b"
    r"|(?<![\w.])(?P<win32_c>-(?:10737\d{5}|21470\d{5}))\b"
)
"""Numbers that name an error in a vocabulary; the group says which."""
_NUMBER_MARKS = tuple(
    "ORA-|TNS-|ERROR 1|ERROR 2|ERROR 3|Error 1|Error 2|Error Code: |SQLSTATE[|Msg |(1|(2|Number:|codeName|(code "
    "|curl|cURL|CURLE_|rrno|os error|Errcode|WinError|0x8|0xC|0xc|-1073|-2147".split("|")
)
"""What must stand in a text for its numbers to be worth looking for; looked for one by one, for that is fastest."""
_FIRST_WINDOWS = 1000
"""Rust prints numbers of Windows as ``os error`` too; those of POSIX are all smaller."""
_FIELD = re.compile(
    r"['\"](?P<key>message|msg|detail|details|reason|error_description|title|code|type|status|error|exception)['\"]\s*:\s*"
    r"(?:'(?P<single>(?:[^'\\]|\\.){1,2000})'|\"(?P<double>(?:[^\"\\]|\\.){1,2000})\"|(?P<number>\d{1,6}))"
)
_ANNOTATED = frozenset({"code", "type", "status"})


def codes_in(text: str) -> tuple[Signal, ...]:
    """The codes that a text names, each once."""
    if not _DIGIT.search(text) and "CURLE_" not in text and "Signals." not in text:
        return ()
    numbers: tuple[Signal, ...] = ()
    for mark in _NUMBER_MARKS:
        if mark in text:
            numbers = _numbers_in(text)
            break
    if not _WORTH_A_LOOK.search(text):
        return numbers
    lower = text.lower()
    found: dict[Signal, None] = {}
    for kind, literals, pattern in _CODES:
        if any(literal in lower for literal in literals):
            match = pattern.search(text)
            if match is not None:
                found[Signal(kind, match.group("code"))] = None
    return (*found, *numbers)


def _numbers_in(text: str) -> tuple[Signal, ...]:
    found: dict[Signal, None] = {}
    for match in _NUMBERED.finditer(text):
        group = match.lastgroup or ""
        kind, number = cast("Kind", group.partition("_")[0]), match.group(group)
        if kind == "errno" and int(number) >= _FIRST_WINDOWS:
            kind = "win32"
        found[Signal(kind, number)] = None
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
