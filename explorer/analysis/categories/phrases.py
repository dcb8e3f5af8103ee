"""Phrases: the small language in which rules name the words of a message, and an index over many of them.

A phrase matches whole words, letters of either case. A blank matches blanks, underscores and hyphens;
``*`` stands for any text up to 100 characters; ``<name>`` for up to 80 of one line and keeps what it stood for
(as the last thing in a phrase: one word); a quote matches any quote. Everything else stands for itself.
All of it compiles to regular expressions with bounded gaps, so the time is linear in the text.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"<([a-z]+)>|(\*)|(\s+)|(['\"`])|([^<*\s'\"`]+|<)")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_HUMPED = re.compile(r"[A-Z](?:(?<=[a-z0-9][A-Z])|(?=[A-Z][a-z]))")
"""Whether there is a hump: as it begins with a capital, eight times quicker to look for."""
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MAYBE_ID = re.compile(r"[\dA-Fa-f-]{16}")
"""What every id holds; far quicker to look for."""
_ID = re.compile(
    # What an id is called (``TraceID: …``) says as little as the id.
    r"(?:\b[a-z]*[ _-]?id\"?[:=] ?\"?)?"
    r"(?:\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b(?=[a-f]*\d)[0-9a-f]{16,}\b)",
    re.IGNORECASE,
)
_GAP = 100
_NAMED_GAP = 80
_GAPS = re.compile(r"<[a-z]+>|\*")
_MOST_GAPS = 2  # the time of a search grows with the product of the gaps


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase: its text, and the whole words without which it cannot match (lower case)."""

    text: str
    words: frozenset[str]

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in ``text``; groups are the ``<name>`` gaps."""
        return _compiled(self.text).search(text)


def phrase(text: str) -> Phrase:
    """The phrase for its written form. Raises ``ValueError`` where it holds no whole word or too many gaps."""
    if len(_GAPS.findall(text)) > _MOST_GAPS:
        raise ValueError(f"the phrase {text!r} has more than {_MOST_GAPS} gaps")
    bare = _GAPS.sub(" ", text)
    words = words_of(bare)
    if not words:
        raise ValueError(f"the phrase {text!r} holds no word")
    return Phrase(text, words)


@lru_cache(maxsize=64)  # one error asks several times for the words of the same text
def words_of(text: str) -> frozenset[str]:
    """The whole words (runs of letters and digits) of a text, in lower case."""
    return frozenset(_WORD.findall(text.lower()))


def humps_of(text: str) -> frozenset[str]:
    """As :func:`words_of`, and the parts of ``camelCase`` names are words of their own."""
    return words_of(_HUMP.sub(" ", text) if _HUMPED.search(text) else text)


@lru_cache(maxsize=64)
def without_ids(text: str) -> str:
    """The text without ids in hexadecimal digits, whose parts may read as words, and without their names."""
    return _ID.sub("…", text) if _MAYBE_ID.search(text) else text


def class_text(name: str) -> str:
    """The last part of a class name as separate words: ``http.client.ReadTimeoutError`` -> ``Read Timeout Error``."""
    last = re.split(r"[.:\\/]", name)[-1]
    return " ".join(_CAMEL.findall(last))


@lru_cache(maxsize=8192)
def _compiled(text: str) -> re.Pattern[str]:
    # Compiled when first needed: most phrases never meet a message that holds all their words.
    pieces = list(_PIECE.finditer(text.strip()))
    out: list[str] = []
    for at, piece in enumerate(pieces):
        name, star, blank, quote, literal = piece.groups()
        if name:
            gap = rf"[^\n]{{1,{_NAMED_GAP}}}?" if at < len(pieces) - 1 else r"[^\s'\"`,;)\]]{1,120}"
            out.append(f"(?P<{name}>{gap})")
        elif star:
            out.append(rf".{{0,{_GAP}}}?")
        elif blank:
            near_gap = _is_gap(pieces, at - 1) or _is_gap(pieces, at + 1)
            out.append(r"[\s_\-]*" if near_gap else r"[\s_\-]{1,8}")
        else:
            out.append(r"\\?['\"`]" if quote else re.escape(literal))
    body = "".join(out)
    before = r"(?<![^\W_])" if _WORD.match(text.strip()[0]) else ""
    after = r"(?![^\W_])" if _WORD.match(text.strip()[-1]) else ""
    return re.compile(before + body + after, re.IGNORECASE | re.DOTALL)


def _is_gap(pieces: list[re.Match[str]], at: int) -> bool:
    return 0 <= at < len(pieces) and bool(pieces[at].group(1) or pieces[at].group(2))


class PhraseIndex:
    """Finds which of many phrases occur in a text, in time that hardly depends on how many there are.

    Each phrase is filed under its rarest word; a text asks only for its own words.
    """

    def __init__(self, entries: Iterable[tuple[int, Phrase]]) -> None:
        known = tuple(entries)
        frequency = Counter(word for _, each in known for word in each.words)
        self._by_word: defaultdict[str, list[tuple[int, Phrase]]] = defaultdict(list)
        for owner, each in known:
            rarest = min(each.words, key=lambda word: (frequency[word], -len(word), word))
            self._by_word[rarest].append((owner, each))

    def matches(self, text: str, words: frozenset[str]) -> Iterator[tuple[int, re.Match[str]]]:
        """``(owner, match)`` for every phrase found in ``text``, whose words are ``words``."""
        for word in words & self._by_word.keys():
            for owner, each in self._by_word[word]:
                if each.words <= words:
                    found = _compiled(each.text).search(text)
                    if found is not None:
                        yield owner, found
