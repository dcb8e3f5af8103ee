"""Stack traces in the text of a log record: where one begins, and which exception it shows.

Forms: Python, Java and Kotlin, .NET, JavaScript, Go (panic, zap's ``stacktrace``), Rust, C++ (glog's check failures),
Ruby, PHP, Elixir.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

UNCAUGHT: Final = re.compile(
    rb"Traceback \(most recent call last\):|Exception in thread |panic: |fatal error: |thread '[^']*' panicked at"
    rb"|\(node:\d+\) UnhandledPromiseRejectionWarning: "
    rb"|(?<![\w./\\@:-])(?:file://|node:|[A-Z]:)?[\w./\\@-]+\.[cm]?[jt]s:\d+$"
    rb"|Unhandled exception|Uncaught (?:exception|[\w.]*Error)|terminate called after throwing"
    rb"|(?<![ \t])[ \t]+[|+] Exception Group Traceback|PHP (?:Fatal|Parse) error: |(?<!\S)\S+\.rb:\d+:in [`\x27]"
)
"""Begins a stack trace that a runtime prints by itself, after whatever was logged before it."""

THROWN: Final = re.compile(
    rb"^(?:[A-Za-z_$][\w$]*\.)*[A-Z][\w$]*(?:Exception|Error|Throwable|Failure)\b(?:: .*)?\r?\n[ \t]+at \S.*[):]",
    re.MULTILINE,
)
"""An exception and the first frame below it, as Java and Node.js print them by themselves."""

CRASH: Final = re.compile(rb"panic: |fatal error: |terminate called after throwing|Unhandled exception\. ")
"""Begins what a process prints when it dies of it."""

_PYTHON: Final = re.compile(
    r"^(?P<indent>[ \t]*)(?P<group>[|+][ |+]*)?"
    r"(?:(?:Exception Group )?Traceback \(most recent call last\):|╭─+ Traceback \(most recent call last\))",
    re.MULTILINE,
)
_BOTTOM: Final = "╰"
"""Below a box that Rich draws around a traceback stands what was raised."""
_GROUPED: Final = re.compile(r" +[|+] ?")
"""Before the lines of exceptions in a group."""
_FRAME: Final = re.compile(
    r"^[^\S\n]+at (?:[\w.$<(\[]|.+:\d+)|^\t/\S+\.go:\d+|^ {4,}\S+\.go:\d+$", re.MULTILINE
)
_GOROUTINE: Final = re.compile(r"^goroutine \d+ \[", re.MULTILINE)
_PANIC: Final = re.compile(r"^(?:panic|fatal error): (.*)", re.MULTILINE)
_RUST: Final = re.compile(r"^thread '[^']*' panicked at (.*)", re.MULTILINE)
_BELOW: Final = (
    (
        re.compile(
            r"^[ \t]*(?:\[[\w\-]{1,64}\] )?(?:from )?\S+\.(?:rb|erb|rake|ru):\d+:in [`'].*", re.MULTILINE
        ),
        re.compile(
            r"^(?:\S+\.rb:\d+:in [`'][^']*': )?(?P<text>\S.*?) \((?P<type>[A-Z]\w*(?:::\w+)*)\)$"
            r"|^(?:\[[\w\-]{1,64}\] )?(?P<named>[A-Z]\w*(?:::\w+)*) \((?P<said>.*)\):?$",
            re.MULTILINE,
        ),
    ),
    (
        re.compile(r"^#0 (?:\S+\.php\(\d+\)|\[internal function\]|\{main\})", re.MULTILINE),
        re.compile(
            r"Uncaught (?P<type>[A-Z][\w\\]*): (?P<text>.*?) in \S+\.php:\d+$"
            r"|(?: \{.*?)?\[object\] \((?P<named>[\w\\]+)\(code: [^)]*\): (?P<said>.*) at \S+:\d+\)$",
            re.MULTILINE,
        ),
    ),
    (
        re.compile(r"^ {4}(?:\([\w.]+ [\d.]+\) )?\S+\.(?:exs?|erl):\d+: ", re.MULTILINE),
        re.compile(r"^\*\* \((?P<type>[A-Z][\w.]*)\) (?P<text>.*)$", re.MULTILINE),
    ),
)
"""Frames of Ruby, PHP and Elixir, and what their exceptions look like in the lines up to the first."""
_TYPE: Final = re.compile(r"(?P<type>[A-Za-z_][\w.$]*[\w$])(?::\s?(?P<message>.*))?\Z", re.DOTALL)
_HEADER: Final = re.compile(
    r"(?:^|[\s:])(?P<type>(?:[\w$]+\.)*(?:[A-Z][\w$]*)?(?:Exception|Error|Throwable|Failure|Fault|Interrupt)[\w$]*)"
    r"(?::\s?(?P<message>.*))?\Z",
    re.DOTALL,
)
_THREAD: Final = re.compile(r'^Exception in thread "[^"]*"\s*')


@dataclass(frozen=True, slots=True)
class Stack:
    """A text taken apart: what stands before the stack trace, the trace, and the exception that was raised."""

    message: str
    stack: str = ""
    type: str = ""
    text: str = ""


def split_stack(text: str) -> Stack:
    """Take a record's text apart. Of chained exceptions the one raised last is named (outermost in Java)."""
    if "\n" not in text and not _PYTHON.match(text):
        return Stack(text)
    if match := _PYTHON.search(text):
        return _python(text, match.start())
    if (match := _PANIC.search(text)) and _GOROUTINE.search(text):
        return Stack(text[: match.start()].rstrip(), text[match.start() :], "panic", match[1].strip())
    if match := _RUST.search(text):
        lines = text[match.start() :].split("\n")
        told = lines[1] if len(lines) > 1 else match[1]
        return Stack(text[: match.start()].rstrip(), text[match.start() :], "panic", told.strip())
    if match := _FRAME.search(text):
        return _frames(text, match.start())
    if match := _GOROUTINE.search(text):
        return Stack(text[: match.start()].rstrip(), text[match.start() :])
    for frame, header in _BELOW:
        if match := frame.search(text):
            return _below(text, match, header)
    return Stack(text)


def exception_of(stack: str) -> tuple[str, str]:
    """Type and message of the exception that a stack trace alone shows; empty where it shows none."""
    if _PYTHON.search(stack) is None and (match := _HEADER.search(_THREAD.sub("", stack.split("\n", 1)[0]))):
        return match["type"], (match["message"] or "").strip()
    found = split_stack(stack)
    return found.type, found.text


def _python(text: str, begin: int) -> Stack:
    """Python prints the raised exception last: the first line behind the last block that is not indented."""
    head = [*_PYTHON.finditer(text)][-1]
    last = head.end()
    if (bottom := text.rfind(_BOTTOM, last)) >= 0:
        raised = "\n".join(map(str.strip, text[bottom:].split("\n")[1:])).strip()
        match = _TYPE.match(raised)
        kind, message = (match["type"], match["message"] or "") if match else ("", raised)
        return Stack(text[:begin].rstrip(), text[begin:], kind, message.strip())
    indent = "" if head["group"] else head["indent"]
    lines = [line.removeprefix(indent) for line in text[last:].split("\n")[1:]]
    for i, line in enumerate(lines):
        grouped = _GROUPED.match(line)
        bare = line[grouped.end() :] if grouped else line
        if not bare or bare[0].isspace() or bare.startswith(("+", "|", "---", "> File ")):
            continue
        told = bare if grouped else "\n".join([bare, *lines[i + 1 :]]).rstrip()
        match = _TYPE.match(told)
        kind, message = (match["type"], match["message"] or "") if match else ("", told)
        return Stack(text[:begin].rstrip(), text[begin:], kind, message.strip())
    said = text[:begin].rstrip()
    match = _HEADER.fullmatch(said) if said else None  # AWS Lambda prints the exception first
    if match is not None:
        return Stack(said, text[begin:], match["type"], (match["message"] or "").strip())
    return Stack(said, text[begin:])


def _below(text: str, frame: re.Match[str], header: re.Pattern[str]) -> Stack:
    """Frames stand below the exception, or the first one beside it; what stands above is the message."""
    told = [*header.finditer(text, 0, frame.end())]
    if not told:
        return Stack(text[: frame.start()].rstrip(), text[frame.start() :])
    kind, said = (
        (told[-1]["type"], told[-1]["text"]) if told[-1]["type"] else (told[-1]["named"], told[-1]["said"])
    )
    message, begin = text[: told[-1].start()].rstrip(), text.rfind("\n", 0, told[-1].start()) + 1
    return Stack(message, text[begin:], kind, said.strip())


def _frames(text: str, frame: int) -> Stack:
    """Java, .NET, JavaScript, Go: frames stand below the exception, which may end the log message itself."""
    before = text[:frame].rstrip("\n")
    lines = before.split("\n")
    last = len(lines) - 1
    while last > 0 and lines[last].lstrip().startswith(
        "--->"
    ):  # .NET: inner exceptions follow the raised one
        last -= 1
    for first in range(last, -1, -1):  # its message may have several lines: the header is then further up
        if first < last and not _HEADER.search(lines[first].partition(": ")[0]):
            continue
        match = _HEADER.search(_THREAD.sub("", "\n".join(lines[first : last + 1])))
        if match is not None:
            stack = "\n".join(lines[first:]) + text[len(before) :]
            message = "\n".join(lines[:first]).rstrip() or lines[first]
            return Stack(message, stack, match["type"], (match["message"] or "").strip())
    return Stack("\n".join(lines[:-1]).rstrip() or before, lines[-1] + text[len(before) :])
