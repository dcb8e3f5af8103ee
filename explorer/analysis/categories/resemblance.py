"""The last resort: which category's rules and examples an otherwise unknown message resembles in its words.

A multinomial naive Bayes classifier over words and pairs of them (Manning, Raghavan, Schütze:
Introduction to Information Retrieval, chapter 13). It learns from the rules (phrases, class names, words, samples)
and from the labelled examples beside them, so it learns from user rules too and answers alike on every machine.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from explorer.analysis.categories.phrases import class_text, words_of
from explorer.analysis.categories.rule import Rule

_SMOOTHING = 0.3
_SHORTEST_WORD = 3
_LONGEST_TEXT = 400
_MOST_EVIDENCE = 4
_FEWEST_TELLING = 3
_WORD = re.compile(r"[a-z]{3,}")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STOP = frozenset(
    "error errors exception exceptions failed failure fail failing fails fatal occurred wrong thing something went"
    " please try again later problem issue critical warning the and for was are not has had been were with that this"
    " from have but due its into than then these those all any each some more only also".split()
)
"""Words that say nothing of the kind of an error."""
_EMPTY = _STOP | frozenset(
    "unexpected unknown runtime internal bad message code reason details see while when cannot can could must should"
    " would will may might does did being there after before between during server".split()
)
"""Words that every error may use: they may tip the scales, and alone they are no ground for a guess."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The category a text resembles.

    Attributes:
        rule: the rule of that category that shares most of the deciding words; None where none shares one.
        margin: natural logarithm of how much likelier this category is than the next one.
        words: the words that decided, the strongest first.
    """

    category: str
    rule: Rule | None
    margin: float
    words: tuple[str, ...]


class Resemblance:
    """Word counts by category, counted when first asked: many bundles never need them.

    ``folders`` hold examples, in folders of their own if need be: a file ``CATEGORY.jsonl`` each, on each line a
    message, or a class and its message.
    """

    def __init__(self, rules: Sequence[Rule], folders: Sequence[Path] = ()) -> None:
        self._given, self._folders = tuple(rules), tuple(folders)
        self._rules: defaultdict[str, list[tuple[Rule, Counter[str]]]] = defaultdict(list)
        self._weights: dict[str, dict[str, float]] = {}
        self._learnt = False

    def _learn(self) -> None:
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for rule in self._given:
            own = _words_of_rule(rule)
            self._rules[rule.category].append((rule, own))
            counts[rule.category].update(own)
            for sample in rule.samples:
                counts[rule.category].update(_features(f"{sample.text} {sample.detail}"))
        for category, text in _examples(self._folders):
            counts[category].update(_features(text))
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
        self._learnt = True

    def of(self, text: str) -> Likeness | None:
        """The category that the beginning of ``text`` resembles most; None where hardly a telling word is known."""
        if not self._learnt:
            self._learn()
        found = sorted(_features(text) & self._weights.keys())
        if len(_telling(found)) < _FEWEST_TELLING or len(self._weights[found[0]]) < 2:
            return None
        scores = {
            category: sum(self._weights[word][category] for word in found)
            for category in sorted(self._weights[found[0]])
        }
        first, second = sorted(scores, key=lambda category: -scores[category])[:2]
        gain = {word: self._weights[word][first] - self._weights[word][second] for word in found}
        deciding = [word for word in sorted(found, key=lambda word: -gain[word]) if gain[word] > 0]
        rule, shared = None, 0.0
        for known, words in self._rules[first]:
            worth = sum(gain[word] for word in deciding if words[word])
            if worth > shared:
                rule, shared = known, worth
        return Likeness(first, rule, scores[first] - scores[second], tuple(deciding[:_MOST_EVIDENCE]))


def _examples(folders: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Category and text of each example; those of no category teach nothing."""
    for folder in folders:
        for file in sorted(folder.rglob("*.jsonl")):
            if file.stem != "unknown":
                for line in file.read_text(encoding="utf-8").splitlines():
                    example = json.loads(line)
                    yield file.stem, example if isinstance(example, str) else " ".join(example)


def _words_of_rule(rule: Rule) -> Counter[str]:
    words: Counter[str] = Counter()
    for phrase in (*rule.contains, *rule.class_words):
        words.update(_telling(words_of(phrase.text)))
    for name in rule.classes:
        words.update(_telling(words_of(class_text(name))))
    for group in rule.words:
        words.update(group)
    return words


def _telling(words: Iterable[str]) -> set[str]:
    return {
        word
        for word in words
        if len(word) >= _SHORTEST_WORD and not word.isdigit() and " " not in word and word not in _EMPTY
    }


def _features(text: str) -> set[str]:
    """Telling words in the beginning of a text and pairs of them in order; humps of class names are words."""
    words = _WORD.findall(_HUMP.sub(" ", text[:_LONGEST_TEXT]).lower())
    telling = [word for word in words if word not in _STOP]
    return {*telling, *(f"{one} {other}" for one, other in pairwise(telling))}
