"""Stack traces of nine languages in one form: chains of causes, own frames told from library frames."""

from __future__ import annotations

from explorer.analysis.categories.stacktraces import (
    dotnet,
    golang,
    javascript,
    jvm,
    native,
    php,
    python,
    ruby,
    rust,
)
from explorer.analysis.categories.stacktraces.frames import Frame, Raised, StackTrace

__all__ = ["Frame", "Raised", "StackTrace", "looks_like_stack", "parse_stack"]

_LANGUAGES = (
    python.LANGUAGE,
    jvm.LANGUAGE,
    dotnet.LANGUAGE,
    rust.LANGUAGE,  # before JavaScript, for whose frames its places could be taken
    javascript.LANGUAGE,
    golang.LANGUAGE,
    php.LANGUAGE,
    ruby.LANGUAGE,
    native.LANGUAGE,
)
_MAX_CHARACTERS = 400_000
_MAX_LINE = 4000


def looks_like_stack(text: str) -> bool:
    """A cheap test: several lines (also escaped ones), and the mark of some language."""
    text = _lines_apart(text)
    return "\n" in text and any(mark in text for language in _LANGUAGES for mark in language.marks)


def _lines_apart(text: str) -> str:
    """The text; one printed on a single line with its line breaks escaped is given them back."""
    if "\n" not in text and text.count("\\n") > 1:
        return text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    return text


def parse_stack(text: str) -> StackTrace | None:
    """The stack trace in a text, None where there is none. Never raises.

    The text may hold other lines before it. Where several languages fit (Java within a Python traceback), the
    one with more frames is taken.
    """
    if not looks_like_stack(text):
        return None
    text = _lines_apart(text[:_MAX_CHARACTERS])
    lines = [line[:_MAX_LINE] for line in text.splitlines()]
    best: StackTrace | None = None
    most = 0
    for language in _LANGUAGES:
        if not any(mark in text for mark in language.marks):
            continue
        chain = language.parse(lines)
        frames = sum(len(raised.frames) for raised in chain)
        if frames > most or (best is None and len(chain) > 1):
            best, most = StackTrace(language.name, chain, len(chain) - 1), frames
    return best
