"""Which category an error's words speak for: a log-linear model over the features of its class and message.

The weights are learnt from labelled messages (multinomial logistic regression, ``python -m tests.learn_words``) and
shipped beside the rules, so that every machine answers alike. Alone they decide where no rule speaks; a rule that
is not specific is weighed against them (:mod:`explorer.analysis.categories.rules`), for the same phrase
(``must be``, ``not found``) is said of everything, and the other words tell of what.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.phrases import class_text, words_of
from explorer.analysis.categories.rule import Rule
from explorer.analysis.categories.wordfeatures import class_features, features, read_families

SCALE = 32
"""Weights are kept as whole numbers: natural logarithms times this."""
_FOLDER = "words"
_MOST_EVIDENCE = 4
_FEWEST_TELLING = 2
_LANE, _OFFSET = 4, 128
"""Bytes for each category in a packed row, and what is added to a weight there, so that none is below zero."""
_MOST_NAMES = 20_000
_EMPTY = frozenset(
    "error errors exception exceptions failed failure fail failing fails fatal occurred wrong thing something went"
    " please try again later problem issue critical warning the and for was are not has had been were with that this"
    " from have but due its into than then these those all any each some more only also of to in is on at by an be it"
    " as or if no unexpected unknown runtime internal bad message code reason details see while when cannot can could"
    " must should would will may might does did being there after before between during server".split()
)
"""Words that every error may use: they may tip the scales, and alone they are no ground for a guess."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """How likely each category is by the words of one error.

    Attributes:
        chances: natural logarithm of each category's probability.
        found: the features that the model knows, by number.
    """

    chances: dict[str, float]
    found: frozenset[int]


class WordModel:
    """The learnt weights, read when first asked: many bundles never need them. Without a file it knows nothing.

    ``folder`` is that of the rules, which are there to name what a category's words are usually about; ``read`` says
    whether the weights were.
    """

    def __init__(self, rules: Sequence[Rule], folder: Path | None = None) -> None:
        self._rules, self._folder = tuple(rules), folder
        self._families: dict[str, str] = {}
        self._categories: tuple[str, ...] = ()
        self._names: tuple[str, ...] = ()
        self._rows: dict[str, int] = {}
        self._telling: frozenset[int] = frozenset()
        self._named: dict[str, frozenset[int | None]] = {}
        self._weights: NDArray[np.int32] = np.zeros((1, 0), np.int32)
        self._packed: tuple[int, ...] = ()
        self._said: dict[tuple[str, str], list[int]] = {}
        self.read = False

    def _load(self) -> None:
        folder = self._folder / _FOLDER if self._folder else None
        if folder is None or not (folder / "weights.tsv").is_file():
            self.read = True
            return
        self._families = read_families(folder / "families.toml")
        lines = (folder / "weights.tsv").read_text(encoding="utf-8").splitlines()
        table = [line.split("\t") for line in lines if line and not line.startswith("#")]
        self._categories = tuple(table[0][1].split())
        whole = np.frombuffer(bytes.fromhex("".join(row[1] for row in table[1:])), np.int8)
        self._weights = whole.reshape(-1, len(self._categories)).astype(np.int32)
        self._packed = _packed(self._weights)
        self._names = tuple(row[0] for row in table[1:])
        self._rows = {name: at for at, name in enumerate(self._names)}
        self._telling = frozenset(at for at, name in enumerate(self._names) if _tells(name))
        self.read = True  # at last: other threads ask, too

    def of(self, name: str, text: str, told: Sequence[str] = ()) -> Posterior | None:
        """How likely each category is for an error of class ``name`` saying ``text``; None where few words tell.

        ``told`` are the features of the rules that fit it.
        """
        if not self.read:
            self._load()
        rows = set(map(self._rows.get, features(text, self._families)))
        rows |= self._class_rows(name)
        rows.discard(None)
        if len(rows & self._telling) < _FEWEST_TELLING:
            return None
        rows.update(map(self._rows.get, told))
        rows.discard(None)
        found = frozenset(cast("set[int]", rows))
        sums = self._sums(found)
        most = max(sums)
        whole = most + math.log(sum([math.exp(each - most) for each in sums]))
        chances = {category: each - whole for category, each in zip(self._categories, sums, strict=True)}
        return Posterior(chances, found)

    def _sums(self, found: frozenset[int]) -> list[float]:
        """The bias and the weights of all that was found, added up by category."""
        total = sum(map(self._packed.__getitem__, found), self._packed[0])
        added = memoryview(total.to_bytes(_LANE * len(self._categories), "little")).cast("I")
        offset = _OFFSET * (len(found) + 1)
        return [(each - offset) / SCALE for each in added]

    def _class_rows(self, name: str) -> frozenset[int | None]:
        known = self._named.get(name)
        if known is None:
            if len(self._named) > _MOST_NAMES:
                self._named.clear()
            rows = map(self._rows.get, class_features(name, self._families))
            known = self._named[name] = frozenset(rows)
        return known

    def because(self, likely: Posterior, category: str) -> tuple[Rule | None, tuple[str, ...]]:
        """The rule of a category that shares most of the words that speak for it, and those words, strongest first."""
        rows = sorted(likely.found)
        weights = self._weights[rows]
        first = self._categories.index(category)
        own = weights[:, first].copy()
        weights[:, first] = -_OFFSET
        gains = zip(rows, (own - weights.max(axis=1)).tolist(), strict=True)
        gain = sorted(((worth, row) for row, worth in gains if worth > 0), key=lambda each: -each[0])
        worths: defaultdict[int, int] = defaultdict(int)
        for worth, row in gain:
            if row in self._telling:
                for at in self._about().get((category, self._names[row]), ()):
                    worths[at] += worth
        best = max(worths, key=lambda at: (worths[at], -at), default=None)
        names = [self._names[row] for _, row in gain]
        words = [
            name for name in names if "<" not in name and not name.startswith(("class ", "in class ", "@"))
        ]
        # What every error may say is told as a reason only where there is no better one.
        words = [word for word in words if not _EMPTY.issuperset(word.split())] or words
        return None if best is None else self._rules[best], tuple(words[:_MOST_EVIDENCE])

    def _about(self) -> dict[tuple[str, str], list[int]]:
        """The rules, by number, of each category and each of their words."""
        if not self._said:
            for at, rule in enumerate(self._rules):
                texts = [each.text for each in (*rule.contains, *rule.class_words)]
                texts += [class_text(name) for name in rule.classes]
                for word in words_of(" ".join(texts)).union(*rule.words):
                    self._said.setdefault((rule.category, word), []).append(at)
        return self._said


def _packed(weights: NDArray[np.int32]) -> tuple[int, ...]:
    """Each row of weights as one whole number: adding such numbers adds all categories at once, faster than arrays."""
    lanes = (weights + _OFFSET).astype("<u4")
    return tuple(int.from_bytes(row.tobytes(), "little") for row in lanes)


def _tells(feature: str) -> bool:
    """Whether a feature is a word that not every error may use."""
    return feature.isalpha() and len(feature) > 2 and feature not in _EMPTY
