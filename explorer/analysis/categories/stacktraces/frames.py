"""What every parser of stack traces gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MAX_FRAMES = 2000
MAX_MESSAGE_LINES = 40


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame.

    Attributes:
        function: qualified as the language prints it, without arguments.
        file: as printed; ``""`` where there is none.
        line: 1-based, 0 where unknown.
        own: the user's code, as far as name and path tell; False for libraries and the runtime.
        text: the source line, where the trace shows it, else ``""``.
        library: name of the library or module of a frame that is not own, else ``""``.
    """

    function: str
    file: str
    line: int
    own: bool
    text: str = ""
    library: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """One exception of a chain: class, message, frames with the raising one first."""

    type: str
    message: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class StackTrace:
    """A parsed stack trace.

    Attributes:
        language: ``python``, ``java``, ``javascript``, ``dotnet``, ``go``, ``rust``, ``ruby``, ``php``, ``cpp``.
        chain: exceptions, the one that surfaced first, each followed by its cause.
        root: index in ``chain`` of the innermost cause.
    """

    language: str
    chain: tuple[Raised, ...]
    root: int


@dataclass(frozen=True, slots=True)
class Language:
    """A parser: tried where one of ``marks`` occurs in the text; gives the chain, outermost first, or nothing."""

    name: str
    marks: tuple[str, ...]
    parse: Callable[[Sequence[str]], tuple[Raised, ...]]


def message_of(lines: Sequence[str]) -> str:
    """The lines of a message as one text, without blank lines at its ends, at most 40 lines."""
    return "\n".join(line.rstrip() for line in lines[:MAX_MESSAGE_LINES]).strip()
