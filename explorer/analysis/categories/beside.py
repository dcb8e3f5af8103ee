"""Rules of which a phrase alone says little: what stands beside it decides (``maxWorkers must be …``)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from explorer.analysis.categories.phrases import PhraseIndex, humps_of
from explorer.analysis.categories.rule import Rule

_BESIDE = 60
"""So many characters before or after a phrase are close to it, as far as their clause goes."""
_CLAUSE = re.compile(r"[.;:,!?](?=\s|$)|\n")
_CLAUSE_OR_PREPOSITION = re.compile(
    rf"{_CLAUSE.pattern}|[()]|\b(?:for|from|in|at|while|when|by|with)\b", re.IGNORECASE
)


class BesideIndex:
    """Such rules, filed under the words one of which must stand beside their phrases: most texts hold none.

    ``strongest`` is the strength of the strongest: where a stronger rule fits, none of these need be tried.
    """

    def __init__(self, rules: Iterable[tuple[int, Rule]]) -> None:
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._rules: dict[int, tuple[Rule, PhraseIndex]] = {}
        self.strongest = 0.0
        for at, rule in rules:
            self.strongest = max(self.strongest, rule.strength)
            self._rules[at] = rule, PhraseIndex((0, each) for each in rule.contains)
            for word in sorted(rule.before | rule.after):
                self._by_word[word].append(at)

    def matches(self, text: str, words: frozenset[str]) -> Iterator[tuple[int, re.Match[str], str]]:
        """Each rule that fits: its number, the phrase found and the word beside it; ``words`` are the text's."""
        near = humps_of(text) & self._by_word.keys()
        for at in sorted({at for word in near for at in self._by_word[word]}):
            rule, phrases = self._rules[at]
            for _, found in phrases.matches(text, words):
                beside = _beside(rule, found, text)
                if beside:
                    yield at, found, beside


def _beside(rule: Rule, found: re.Match[str], text: str) -> str:
    """The word of the rule that stands close to the match; ``""`` where none does."""
    start, end = found.span()
    near: frozenset[str] = frozenset()
    if rule.before:
        from_ = text.rfind(" ", 0, start - _BESIDE) + 1 if start > _BESIDE else 0
        near = humps_of(_CLAUSE.split(text[from_:start])[-1]) & rule.before
    if not near and rule.after:
        to = text.find(" ", end + _BESIDE)
        clause = text[end : to if to >= 0 else end + 2 * _BESIDE]
        near = humps_of(_CLAUSE_OR_PREPOSITION.split(clause, maxsplit=1)[0]) & rule.after
    return min(near, default="")
