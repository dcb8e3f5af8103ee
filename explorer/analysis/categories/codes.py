"""Codes in one spelling each, so that a rule names them once.

gRPC numbers and names: grpc/grpc ``doc/statuscodes.md``. Exit codes above 128 are 128 plus the signal.
"""

from __future__ import annotations

import re

_GRPC = (
    "ok",
    "cancelled",
    "unknown",
    "invalidargument",
    "deadlineexceeded",
    "notfound",
    "alreadyexists",
    "permissiondenied",
    "resourceexhausted",
    "failedprecondition",
    "aborted",
    "outofrange",
    "unimplemented",
    "internal",
    "unavailable",
    "dataloss",
    "unauthenticated",
)
_GRPC_SPELLINGS = {"canceled": "cancelled"}
_SIGNALS = {"sighup": 1, "sigint": 2, "sigquit": 3, "sigill": 4, "sigtrap": 5, "sigabrt": 6, "sigbus": 7}
_SIGNALS |= {"sigfpe": 8, "sigkill": 9, "sigusr1": 10, "sigsegv": 11, "sigpipe": 13, "sigterm": 15}
_SIGNALS |= {"sigxcpu": 24, "sigxfsz": 25, "sigsys": 31}
NUMBERED = frozenset({"errno", "win32", "curl", "oracle", "mysql", "mssql", "mongodb"})
"""Vocabularies of plain numbers: of operating systems, of libcurl, of databases."""
_WIN32_RESULT = 0x8007
"""The upper half of an HRESULT whose lower half is a plain Windows error."""
_DIGITS = re.compile(r"-?\d+")
_NOT_WORD = re.compile(r"[\W_]+")


def spellings(kind: str, text: str) -> tuple[str, ...]:
    """The keys under which a code may be found, most specific first; several for several Envoy flags."""
    if kind == "grpc":
        return (grpc_name(text),) if grpc_name(text) else ()
    if kind == "http":
        found = re.search(r"\d{3}", text)
        number = found.group() if found else text.strip()
        return (number, number[0] + "xx") if len(number) == 3 else (number,)
    if kind == "exit":
        return _exit(text)
    if kind == "xid":
        found = _DIGITS.search(text)
        return (found.group(), "any") if found else ()
    if kind == "win32":
        return _windows(text)
    if kind in NUMBERED:
        return (str(int(text)) if text.isdigit() else _NOT_WORD.sub("", text.casefold()),)
    if kind == "envoy":
        return tuple(flag.strip().casefold() for flag in text.split(",") if flag.strip(" -"))
    return (_NOT_WORD.sub("", text.casefold()),)


def grpc_name(text: str) -> str:
    """``14``, ``StatusCode.UNAVAILABLE``, ``Unavailable`` -> ``unavailable``; ``""`` for what is no gRPC code."""
    bare = text.strip().rsplit(".", 1)[-1]
    if bare.isdigit():
        return _GRPC[int(bare)] if int(bare) < len(_GRPC) else ""
    name = _NOT_WORD.sub("", bare.casefold())
    name = _GRPC_SPELLINGS.get(name, name)
    return name if name in _GRPC else ""


def _windows(text: str) -> tuple[str, ...]:
    """``5`` for ``5``, ``0x80070005`` and -2147024891; other HRESULT and NTSTATUS in eight hexadecimal digits."""
    try:
        number = int(text, 0) & 0xFFFFFFFF
    except ValueError:
        return ()
    return (str(number & 0xFFFF if number >> 16 == _WIN32_RESULT else number),)


def _exit(text: str) -> tuple[str, ...]:
    name = _NOT_WORD.sub("", text.casefold())
    if name in _SIGNALS:
        return (str(128 + _SIGNALS[name]),)
    found = _DIGITS.search(text)
    if found is None:
        return ()
    number = int(found.group())
    return (str(128 - number if number < 0 else number), *(("any",) if number else ()))
