"""The last resort: which category's rules an otherwise unknown message resembles in its words.

A multinomial naive Bayes classifier (Manning, Raghavan, Schütze: Introduction to Information Retrieval, chapter 13)
whose training texts are the rules themselves: their phrases, class names and words. So it knows nothing the
rules do not say, learns from user rules too, and gives the same answer on every machine.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.analysis.categories.phrases import class_text, words_of
from explorer.analysis.categories.rule import Rule

_SMOOTHING = 0.3
_SHORTEST_WORD = 3
_LONGEST_TEXT = 400
_MOST_EVIDENCE = 4
_EMPTY = frozenset(
    "error errors exception exceptions failed failure fail failing fails fatal unexpected unknown runtime occurred"
    " internal bad wrong thing something went please try again later problem issue critical warning message code"
    " reason details see the and for was are not has had been were with that this from have but due its while when"
    " cannot can could must should would will may might does did being into than then there these those all any each"
    " some more only also after before between during server".split()
)
"""Words that every error may use."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The category a text resembles.

    Attributes:
        rule: the rule of that category that shares most of the deciding words.
        margin: natural logarithm of how much likelier this category is than the next one.
        words: the words that decided, the strongest first.
    """

    rule: Rule
    margin: float
    words: tuple[str, ...]


class Resemblance:
    """Word counts of the rules by category, counted when first asked: many bundles never need them."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._given = tuple(rules)
        self._rules: defaultdict[str, list[tuple[Rule, Counter[str]]]] = defaultdict(list)
        self._weights: dict[str, dict[str, float]] = {}

    def _learn(self) -> None:
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for rule in self._given:
            own = _words_of_rule(rule)
            self._rules[rule.category].append((rule, own))
            counts[rule.category].update(own)
        everywhere: Counter[str] = sum(counts.values(), Counter())
        floor = _SMOOTHING * len(everywhere)
        totals = {category: count.total() + floor for category, count in counts.items()}
        self._weights = {
            word: {
                category: math.log((count[word] + _SMOOTHING) / totals[category])
                for category, count in counts.items()
            }
            for word, times in sorted(everywhere.items())
            if times > 1
        }

    def of(self, text: str) -> Likeness | None:
        """The category whose rules the beginning of ``text`` resembles most; None where no word is known."""
        if not self._rules:
            self._learn()
        found = sorted(_words(text[:_LONGEST_TEXT]) & self._weights.keys())
        if not found or len(self._rules) < 2:
            return None
        scores = {
            category: sum(self._weights[word][category] for word in found) for category in sorted(self._rules)
        }
        first, second = sorted(scores, key=lambda category: -scores[category])[:2]
        gain = {word: self._weights[word][first] - self._weights[word][second] for word in found}
        deciding = [word for word in sorted(found, key=lambda word: -gain[word]) if gain[word] > 0]
        rule = max(
            self._rules[first],
            key=lambda known: (sum(gain[word] for word in deciding if known[1][word]), known[0].id),
        )[0]
        return Likeness(rule, scores[first] - scores[second], tuple(deciding[:_MOST_EVIDENCE]))


def _words_of_rule(rule: Rule) -> Counter[str]:
    words: Counter[str] = Counter()
    for phrase in (*rule.contains, *rule.class_words):
        words.update(_words(phrase.text))
    for name in rule.classes:
        words.update(_words(class_text(name)))
    for group in rule.words:
        words.update(group)
    return words


def _words(text: str) -> set[str]:
    found = words_of(text) - _EMPTY
    return {word for word in found if len(word) >= _SHORTEST_WORD and not word.isdigit()}
