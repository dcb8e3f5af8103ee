"""What is counted of a message to tell its category: words, pairs of them, their families, and the rules that fit.

A family holds words that name one kind of thing (settings, credentials, parts of a network): what was learnt of
``unsupported codec`` then speaks of ``unsupported cipher`` as well, however seldom the one word was met.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from explorer.analysis.categories.phrases import class_text

_LONGEST_TEXT = 400
_MOST_WORDS = 40
_MOST_RULES = 6
_WORD = re.compile(r"[a-z]{2,}")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def read_families(file: Path) -> dict[str, str]:
    """Family of each word, from a TOML table of texts; a word stands in one family, plurals in ``s`` with it."""
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    known = {word: f"<{family}>" for family, words in table.items() for word in words.split()}
    return {f"{word}s": family for word, family in known.items()} | known


def words_in_order(text: str) -> list[str]:
    """The words in the beginning of a text, lower case; humps of ``camelCase`` names are words of their own."""
    text = text[:_LONGEST_TEXT]
    if _HUMP.search(text):
        text = _HUMP.sub(" ", text)
    return _WORD.findall(text.lower())[:_MOST_WORDS]


def features(text: str, families: Mapping[str, str]) -> list[str]:
    """The features of a message; some occur twice."""
    words = words_in_order(text)
    kinds = _kinds(words, families)
    found = words + kinds
    found += [f"{one} {other}" for one, other in pairwise(words)]
    found += [f"{one} {other}" for one, other in pairwise(kinds)]
    return found


def class_features(name: str, families: Mapping[str, str]) -> list[str]:
    """The features of a class name, whole and by its parts, which are words as well; none for none."""
    parts = words_in_order(class_text(name)) if name else []
    told = ["class " + "".join(parts)] if parts else []
    return told + parts + ["in class " + part for part in (*parts, *_kinds(parts, families))]


def rule_features(fitting: Sequence[tuple[str, str, float]]) -> tuple[str, ...]:
    """The features of the rules that fit an error, the one that decides first: id, category and strength of each.

    Which rule it is tells how far to trust it; what it says and how strongly, where the rule was seldom met.
    """
    if not fitting:
        return ("@none",)
    (name, category, strength), others = fitting[0], fitting[1:_MOST_RULES]
    told = (f"@{name}", f"@says {category}", f"@says {category} {strength:.1f}")
    return told + tuple(sorted({f"@also {each}" for _, each, _ in others}))


def _kinds(words: Sequence[str], families: Mapping[str, str]) -> list[str]:
    """Each word's family, or the word where it has none."""
    return [families.get(word, word) for word in words]
