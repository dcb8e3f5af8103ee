"""C and C++: gdb and AddressSanitizer (``#0 0x1 in f``), glog (``@ 0x1 f``), dmlc (``[bt] (0)``),
PyTorch (``frame #0: f + 0x1``), Boost (``0# f``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.analysis.categories.classnames import split_class
from explorer.analysis.categories.stacktraces.frames import MAX_FRAMES, Frame, Language, Raised, message_of

_FORMS = (
    re.compile(
        r"^\s*#\d+\s+(?:0x[0-9a-f]+ (?:in )?)?(?P<function>[\w:~<>*&, .$@\[\]-]{1,300}?)"
        r"\s*(?:\((?P<args>[^\n]{0,2000}?)\))?"
        r"(?:\s+(?:const\s+)?(?:at|from|in)?\s*(?P<file>\(?/?[\w./+-]+\.[\w.+-]+)(?::(?P<line>\d+))?(?::\d+)?\S*)?\s*$"
    ),
    re.compile(
        r"^\s*frame #\d+: (?P<function>[^\n]{1,300}?) \+ 0x[0-9a-f]+ \(0x[0-9a-f]+ in (?P<file>[^\s)]+)\)\s*$"
    ),
    re.compile(r"^\s*(?:\*{3} )?@\s+0x[0-9a-f]+\s+(?P<function>[^\n]{1,300}?)\s*$"),
    re.compile(r"^\s*\[bt\] \(\d+\) (?P<file>[^\s(+]+)(?:\((?P<function>[^)+]*)[^)]*\)|\+\S*)?.*$"),
    re.compile(r"^\s*\d+# (?P<function>[^\n]{1,300}?)(?: (?:at|in) (?P<file>\S+?)(?::(?P<line>\d+))?)?\s*$"),
)
_THROWN = re.compile(r"terminate called after throwing an instance of '(?P<type>[^']+)'")
_WHAT = re.compile(r"^\s*what\(\):\s*(?P<text>.*)$")
_SIGNAL = re.compile(
    r"(?:Program terminated with signal|received signal|\*\*\* Signal|caught signal)\s*(?P<name>SIG\w+|\d+)"
)
_ASAN = re.compile(r"==\d+==\s*ERROR: (?P<who>\w*Sanitizer): (?P<what>[^\n]*)")
_LIBRARY = re.compile(
    r"^(?:std::|__|_start|_Z?N?St|raise$|abort$|clone|start_thread|operator (?:new|delete)|malloc|free"
    r"|c10::|at::|torch::)"
)
_SHARED = re.compile(r"/(?:usr|lib|lib64|opt)/.*?lib([\w+-]+)\.so|site-packages/(\w+)/")


def parse(lines: Sequence[str]) -> tuple[Raised, ...]:
    """One exception: the thrown type, the sanitizer's finding or the signal, with the first thread's frames."""
    frames: list[Frame] = []
    head: list[str] = []
    for line in lines:
        frame = _frame(line)
        if frame is not None:
            if frame.function and len(frames) < MAX_FRAMES:
                frames.append(frame)
        elif not frames:
            head.append(line)
    if not frames:
        return ()
    name, message = _said("\n".join(head))
    return (Raised(name, message_of(message.splitlines()), tuple(frames)),)


def _said(text: str) -> tuple[str, str]:
    thrown, sanitizer, signal = _THROWN.search(text), _ASAN.search(text), _SIGNAL.search(text)
    if thrown is not None:
        what = next((found["text"] for found in map(_WHAT.match, text.splitlines()) if found), "")
        return thrown["type"], what
    if sanitizer is not None:
        return sanitizer["who"], sanitizer["what"]
    if signal is not None:
        return signal["name"], text
    return split_class(text.removesuffix("Stack trace:").strip())


def _frame(line: str) -> Frame | None:
    for form in _FORMS:
        found = form.match(line)
        if found is not None:
            parts = found.groupdict()
            return _made(
                (parts.get("function") or "").strip(), parts.get("file") or "", int(parts.get("line") or 0)
            )
    return None


def _made(function: str, file: str, line: int) -> Frame:
    shared = _SHARED.search(file)
    named = _LIBRARY.match(function)
    library = (shared.group(1) or shared.group(2)) if shared else "c++" if named else ""
    return Frame(function or file, file, line, not library, "", library)


LANGUAGE = Language("cpp", ("#0 ", "frame #0:", "@ ", "[bt] (0)", "0# "), parse)
