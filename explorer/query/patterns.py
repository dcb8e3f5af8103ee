r"""Regular expressions that a user typed, made safe to run over texts that nobody has vetted.

Python's engine backtracks and cannot be interrupted, and while it runs nothing else does. What bounds it:

* A repeat of something that can itself match in several ways takes exponential time, ``(a+)+``,
  ``(a|aa)*``, ``(a?){40}``: such a pattern is refused, and the message points at the repeat.
* ``n`` open repeats that can take characters from each other take time to the power ``n + 1``. A repeat
  that the next character must end (``\d+\.``) takes none from another. Of a text, so many characters
  are looked at that one search stays below some twenty million steps, 4096 for most patterns, 500 where
  two repeats meet; where too few would be left, the pattern is refused.
* ``a.*b.*c`` is looked for piece by piece: where a piece can match in one way only, its first place is
  as good as any, and the whole is as fast as its pieces. ``.`` matches line ends too.
* Whoever applies a pattern to many texts does so once per distinct text, and may stop between two.
"""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass
from typing import cast

from explorer.errors import QueryError
from explorer.query.repeats import Branch, Piece, branches

MOST_STEPS = 20_000_000  # of one search, some tenths of a second
FARTHEST = 4096  # characters of a text that are looked at at most
NEAREST = 140  # with fewer, a pattern is of no use

_FLAGS = re.compile(r"\(\?([aiLmsux]+)\)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern ready to use.

    Attributes:
        alternatives: of which one must be found; each is pieces to be found one after the other.
        reach: characters of a text that are looked at.
    """

    alternatives: tuple[tuple[re.Pattern[str], ...], ...]
    reach: int

    def found(self, text: str) -> bool:
        """The pattern matches somewhere in the text, as far as it is looked at."""
        return any(_found_in_order(pieces, text[: self.reach]) for pieces in self.alternatives)


def pattern(source: str, column: int) -> Pattern:
    """Compile a pattern.

    Args:
        source: the regular expression, Python's syntax.
        column: where it begins in the query, for errors.

    Raises:
        QueryError: it is none, or one that could run for ever.
    """
    flags = _FLAGS.match(source)
    head, body = (flags.group(), source[flags.end() :]) if flags else ("", source)
    _compiled(source, column)
    if "x" in head:
        raise QueryError("Patterns in verbose form, (?x), are not read here.", column)
    found = branches(body, column + len(head))
    reach = min(_reach(piece) for branch in found for piece in branch)
    if reach < NEAREST:
        raise QueryError("So many repeats (*, +, ?) side by side could run for ever.", column)
    return Pattern(tuple(_pieces(branch, head, column) for branch in found), reach)


def _reach(piece: Piece) -> int:
    """Characters within which a piece stays below the steps allowed: ``factor * n**power / power!`` of them."""
    allowed = MOST_STEPS * math.factorial(min(piece.power, 20)) / piece.factor
    return min(FARTHEST, int(allowed ** (1 / piece.power)))


def _pieces(branch: Branch, head: str, column: int) -> tuple[re.Pattern[str], ...]:
    return tuple(_compiled(head + piece.source, column) for piece in branch)


def _compiled(source: str, column: int) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():  # of spellings that may mean something else one day
            warnings.simplefilter("ignore")
            return re.compile(source, re.DOTALL)
    except (re.error, RecursionError, OverflowError) as error:
        place = cast("int | None", getattr(error, "pos", None)) or 0
        reason = str(getattr(error, "msg", "it is nested too deeply"))
        raise QueryError(f"This is no regular expression: {reason}.", column + place) from error


def _found_in_order(pieces: tuple[re.Pattern[str], ...], text: str) -> bool:
    at = 0
    for piece in pieces:
        match = piece.search(text, at)
        if match is None:
            return False
        at = match.end()
    return True
