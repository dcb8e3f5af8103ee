"""An index over many rules: which of them fit a signal, without trying each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.analysis.categories.beside import BesideIndex
from explorer.analysis.categories.codes import spellings
from explorer.analysis.categories.phrases import PhraseIndex, class_text, without_ids, words_of
from explorer.analysis.categories.rule import CODE_KINDS, Rule
from explorer.analysis.categories.signals import Signal

_SEPARATORS = re.compile(r"[.:\\/$+]+")
_ONE_WORD = re.compile(r"[\w.:$-]+")
_MAX_NAME, _MAX_NAMES = 400, 20_000
_BEGINNING, _LONGEST_WORD, _LONGEST_DETAIL = 300, 60, 4000


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fits a signal: the words that matched (or class or code) and the values of its named gaps."""

    rule: Rule
    layer: int
    words: str
    values: tuple[tuple[str, str], ...] = ()
    by: Literal["words", "class", "code"] = "words"


class RuleIndex:
    """Rules filed under their codes, classes and rarest words.

    In the index of texts an owner below zero, ``~at``, stands for the pattern of rule ``at``.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._codes: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._classes: defaultdict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        for at, rule in enumerate(self._rules):
            for code in rule.codes:
                self._codes[code].append(at)
            for name in rule.classes:
                parts = _parts(name)
                self._classes[parts[-1]].append((at, parts))
        numbered = tuple(enumerate(self._rules))
        self._class_words = PhraseIndex((at, each) for at, rule in numbered for each in rule.class_words)
        self._texts = PhraseIndex(
            [(at, each) for at, rule in numbered for each in rule.contains if not (rule.before or rule.after)]
            + [(~at, each) for at, rule in numbered for each in rule.needs]
        )
        self._beside = BesideIndex((at, rule) for at, rule in numbered if rule.before or rule.after)
        self._bags: defaultdict[str, list[int]] = defaultdict(list)
        for at, rule in numbered:
            for word in rule.words[0] if rule.words else ():
                self._bags[word].append(at)
        self._strongest_bag = max((rule.strength for rule in self._rules if rule.words), default=0.0)
        self._named: dict[str, tuple[tuple[int, str], ...]] = {}

    def hits(self, signal: Signal) -> Iterator[Hit]:
        """Every rule that fits the signal."""
        texts: tuple[str, ...]
        name = signal.text if signal.kind in ("exception", "error.type") else ""
        if signal.kind in CODE_KINDS:
            yield from self._by_code(signal)
            texts = (signal.detail,)
        elif name:
            yield from self._by_class(signal, name)
            texts = (signal.detail,)
        else:
            texts = (signal.text, signal.detail)
        for with_ids in texts:
            if with_ids:
                text = without_ids(with_ids)
                if len(text) < _LONGEST_WORD and _ONE_WORD.fullmatch(text):
                    yield from self._by_class(signal, text)
                yield from self._by_text(signal, text, name)

    def _by_code(self, signal: Signal) -> Iterator[Hit]:
        detail = signal.detail[:_LONGEST_DETAIL]
        for key in spellings(signal.kind, signal.text):
            known = self._codes.get((signal.kind, key), ())
            for at in known:
                if _allowed(self._rules[at], signal, "", detail, words_of(detail)):
                    yield Hit(self._rules[at], signal.layer, signal.text, by="code")
            if known and signal.kind != "envoy":
                return

    def _by_class(self, signal: Signal, name: str) -> Iterator[Hit]:
        fitting = self._named.get(name)
        if fitting is None:
            if len(self._named) > _MAX_NAMES:
                self._named.clear()
            fitting = self._named[name] = tuple(self._fitting(name)) if len(name) < _MAX_NAME else ()
        words = words_of(signal.detail) if fitting else frozenset()
        for at, found in fitting:
            if _allowed(self._rules[at], signal, name, signal.detail, words):
                yield Hit(self._rules[at], signal.layer, found, by="class")

    def _fitting(self, name: str) -> Iterator[tuple[int, str]]:
        parts, spelled = _parts(name.casefold()), class_text(name)
        for at, wanted in self._classes.get(parts[-1], ()):
            if _ends_with(parts, wanted):
                yield at, name
        for at, found in self._class_words.matches(spelled, words_of(spelled)):
            yield at, found.group()

    def _by_text(self, signal: Signal, text: str, name: str) -> Iterator[Hit]:
        words, strongest = words_of(text), 0.0
        tried: set[int] = set()
        for at, found in self._texts.matches(text, words):
            match: re.Match[str] | None = found
            rule = self._rules[at if at >= 0 else ~at]
            if at < 0:
                match = rule.pattern.search(text) if rule.pattern and at not in tried else None
                tried.add(at)
            if match is not None and _allowed(rule, signal, name, text, words):
                strongest = max(strongest, rule.strength)
                yield _hit(rule, signal.layer, match)
        weaker = strongest >= self._beside.strongest
        for at, match, beside in () if weaker else self._beside.matches(text, words):
            rule = self._rules[at]
            if _allowed(rule, signal, name, text, words):
                strongest = max(strongest, rule.strength)
                yield Hit(rule, signal.layer, f"{match.group()} ({beside})", (("thing", beside),))
        if strongest <= self._strongest_bag:
            yield from self._by_words(signal, text, name, words)

    def _by_words(self, signal: Signal, text: str, name: str, words: frozenset[str]) -> Iterator[Hit]:
        if len(text) > _BEGINNING:
            words = words_of(text[:_BEGINNING])
        for at in sorted({at for word in words & self._bags.keys() for at in self._bags[word]}):
            rule = self._rules[at]
            if not any(words.isdisjoint(group) for group in rule.words) and _allowed(
                rule, signal, name, text, words
            ):
                found = " ".join(min(words & group) for group in rule.words)
                yield Hit(rule, signal.layer, found)


def _hit(rule: Rule, layer: int, found: re.Match[str]) -> Hit:
    if found.re.groups == 0:
        return Hit(rule, layer, found.group())
    values = tuple((key, value.strip(" '\"`")) for key, value in found.groupdict().items() if value)
    return Hit(rule, layer, found.group(), values)


def _allowed(rule: Rule, signal: Signal, name: str, text: str, words: frozenset[str]) -> bool:
    if rule.kinds and signal.kind not in rule.kinds:
        return False
    if rule.among:
        parts = _parts(name.casefold())
        if not any(_ends_with(parts, _parts(each)) for each in rule.among):
            return False
    if rule.unless_words.isdisjoint(words):
        return True
    possible = [each for each in rule.unless if each.words <= words]
    return not (possible and any(each.search(text) for each in possible))


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part for part in _SEPARATORS.split(name) if part) or ("",)


def _ends_with(parts: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return parts[-len(wanted) :] == wanted
