"""Finding by a few letters: what a person types against names, best first.

All words must be found in a name, in any order and case. A word may leave out letters (``ofi`` finds ``Open
files``) where each stretch of it begins at the beginning of a word of the name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

_WHOLE, _START, _WORD, _WITHIN, _SKIPPING = 100, 80, 60, 40, 20
"""What a word is worth that is the whole name, begins it, begins a word of it, lies within one, leaves out letters."""
_TOGETHER: Final = 10
"""What is gained where the words stand side by side."""
_LONG: Final = 40
"""A name that much longer than another loses a point to it."""


def score(words: str, name: str) -> int:
    """How well a name fits, 0 where it does not."""
    low = name.lower()
    each = [_score_word(word, low) for word in words.lower().split()]
    if not each or not all(each):
        return int(not each)
    together = _TOGETHER if len(each) > 1 and " ".join(words.lower().split()) in low else 0
    return max(1, sum(each) // len(each) + together - min(len(name) // _LONG, 5))


def _score_word(word: str, name: str) -> int:
    at = name.find(word)
    if at < 0:
        return _SKIPPING if _skips(word, name) else 0
    if at == 0:
        return _WHOLE if len(word) == len(name) else _START
    while at > 0 and not _begins(name, at):
        at = name.find(word, at + 1)
    return _WORD if at > 0 else _WITHIN


def _begins(name: str, at: int) -> bool:
    """Whether a word of the name begins there."""
    return at == 0 or (name[at].isalnum() and not name[at - 1].isalnum())


def _skips(word: str, name: str) -> bool:
    """Whether the letters come in this order, each next to the one before or at the beginning of a word."""
    places = {-1}
    for letter in word:
        following = set()
        for before in places:
            following |= {
                at for at in range(before + 1, len(name))
                if name[at] == letter and (_begins(name, at) or (at == before + 1 and before >= 0))
            }  # fmt: skip
        if not following:
            return False
        places = following
    return True


class Haystack:
    """Very many names, searched at once: a hundred thousand in a few milliseconds."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        low = [name.lower() for name in names]
        self._text = "\n".join(low)
        self._starts: list[int] = []
        at = 0
        for one in low:
            self._starts.append(at)
            at += len(one) + 1

    def find(self, words: str, most: int) -> list[int]:
        """Numbers of the names that hold all words, the best first; of very many, of the first some hundred.

        Args:
            words: as typed; none finds nothing.
            most: numbers to return.
        """
        wanted = sorted(words.lower().split(), key=len, reverse=True)
        found: list[int] = []
        at = self._text.find(wanted[0]) if wanted else -1
        while at >= 0 and len(found) < 20 * most:
            number = bisect_right(self._starts, at) - 1
            end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._text)
            if all(self._text.find(word, self._starts[number], end) >= 0 for word in wanted[1:]):
                found.append(number)
            at = self._text.find(wanted[0], end)
        found.sort(key=lambda number: -score(words, self.names[number]))
        return found[:most]
