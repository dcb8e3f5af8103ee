"""One rule: what it matches and what it then says, read from one TOML table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.analysis.categories.codes import NUMBERED, spellings
from explorer.analysis.categories.phrases import Phrase, phrase, words_of
from explorer.analysis.categories.signals import KINDS, Signal
from explorer.analysis.categories.verdict import CATEGORIES

CODE_KINDS = frozenset({"grpc", "http", "envoy", "k8s", "exit", "xid", "hypothesis"}) | NUMBERED
_KEYS = frozenset(
    "name category subcategory kinds codes classes class_words contains before after words pattern needs among unless "
    "strength symptom expected final says samples others".split()
)
_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})")
_REPEATED_REPEAT = re.compile(r"[*+}]\)+\s*[*+{]")
_MAX_PATTERN = 600


class RuleError(ValueError):
    """A table that is no usable rule; the text says why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. It fits a signal when any of ``codes``, ``classes``, ``class_words``, ``contains``, ``words``
    or ``pattern`` does, the class is one of ``among`` (if given) and no phrase of ``unless`` occurs.

    Attributes:
        codes: ``(kind, spelling)`` pairs, as :func:`explorer.analysis.categories.codes.spellings` gives; of numbers
            also ranges (``12500-12699``).
        classes, among: class names, lower case; with a dot they must agree from the end, part by part.
        class_words: phrases looked for in the words of a class name (``Read Timeout Error``).
        contains: phrases looked for in texts.
        before, after: words, where given one must stand close before a phrase of ``contains`` or close after it
            (``maxWorkers must be …``, ``cannot parse duration``): the same is said of everything.
        words: groups of words; the beginning of a text must hold one of each group, in any order.
        unless_words: a word of each phrase of ``unless``; a text with none of them holds none of the phrases.
        pattern, needs: a regular expression, tried only where a phrase of ``needs`` occurs.
        final: it counts as innermost wherever it is found: what it wraps says less (a client who left is met
            as a broken pipe).
        samples: signals that must get this rule's verdict; ``others``: signals that must not.
        file, line: where the rule was read, for people.
    """

    id: str
    category: str
    subcategory: str
    kinds: frozenset[str]
    codes: tuple[tuple[str, str], ...]
    classes: tuple[str, ...]
    class_words: tuple[Phrase, ...]
    contains: tuple[Phrase, ...]
    before: frozenset[str]
    after: frozenset[str]
    words: tuple[frozenset[str], ...]
    pattern: re.Pattern[str] | None
    needs: tuple[Phrase, ...]
    among: tuple[str, ...]
    unless: tuple[Phrase, ...]
    unless_words: frozenset[str]
    strength: float
    symptom: bool
    expected: bool
    final: bool
    says: str
    samples: tuple[Signal, ...]
    others: tuple[Signal, ...]
    file: str
    line: int


def rule_from(table: Mapping[str, Any], file: str, line: int) -> Rule:
    """The rule a TOML table describes.

    Raises:
        RuleError: a key is unknown or missing, or a value is of no use.
    """
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise RuleError(f"unknown key {unknown[0]!r}")
    name = _text(table, "name")
    category = _text(table, "category")
    if category not in CATEGORIES:
        raise RuleError(f"unknown category {category!r}")
    pattern, needs = _pattern(table)
    unless = _phrases(table, "unless")
    rule = Rule(
        id=f"{file.removesuffix('.toml')}:{name}",
        category=category,
        subcategory=_text(table, "subcategory"),
        kinds=_kinds(table),
        codes=_codes(table),
        classes=tuple(each.casefold() for each in _texts(table, "classes")),
        class_words=_phrases(table, "class_words"),
        contains=_phrases(table, "contains"),
        before=_near(table, "before"),
        after=_near(table, "after"),
        words=_groups(table),
        pattern=pattern,
        needs=needs,
        among=tuple(each.casefold() for each in _texts(table, "among")),
        unless=unless,
        unless_words=frozenset(max(each.words, key=lambda word: (len(word), word)) for each in unless),
        strength=_strength(table),
        symptom=_flag(table, "symptom"),
        expected=_flag(table, "expected"),
        final=_flag(table, "final"),
        says=_text(table, "says"),
        samples=_signals(table, "samples"),
        others=_signals(table, "others"),
        file=file,
        line=line,
    )
    if not (rule.codes or rule.classes or rule.class_words or rule.contains or rule.words or rule.pattern):
        raise RuleError(
            "the rule matches nothing: give codes, classes, class_words, contains, words or pattern"
        )
    if not rule.samples:
        raise RuleError("the rule has no sample")
    return rule


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise RuleError(f"{key!r} must be a text")
    return value


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise RuleError(f"{key!r} must be a list of texts")
    return tuple(value)


def _flag(table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise RuleError(f"{key!r} must be true or false")
    return value


def _strength(table: Mapping[str, Any]) -> float:
    value = table.get("strength")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise RuleError("'strength' must be a number above 0, at most 1")
    return float(value)


def _kinds(table: Mapping[str, Any]) -> frozenset[str]:
    kinds = frozenset(_texts(table, "kinds"))
    if not kinds <= set(KINDS):
        raise RuleError(f"unknown kind {min(kinds - set(KINDS))!r}")
    return kinds


def _phrases(table: Mapping[str, Any], key: str) -> tuple[Phrase, ...]:
    try:
        return tuple(phrase(each) for each in _texts(table, key))
    except ValueError as error:
        raise RuleError(str(error)) from error


def _near(table: Mapping[str, Any], key: str) -> frozenset[str]:
    if key not in table:
        return frozenset()
    if not table.get("contains"):
        raise RuleError(f"{key!r} says what stands beside a phrase of 'contains'; give one")
    return words_of(_text(table, key))


def _groups(table: Mapping[str, Any]) -> tuple[frozenset[str], ...]:
    value = table.get("words", [])
    if not isinstance(value, list) or not all(isinstance(group, str) and group for group in value):
        raise RuleError("'words' must be a list of texts, each some words of which one must occur")
    return tuple(words_of(group) for group in value)


def _codes(table: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    value = table.get("codes", {})
    if not isinstance(value, dict) or not set(value) <= CODE_KINDS:
        raise RuleError(f"'codes' must be a table whose keys are among {', '.join(sorted(CODE_KINDS))}")
    pairs: list[tuple[str, str]] = []
    for kind in value:
        for code in _texts(value, kind):
            pairs.extend((kind, key) for key in _code_keys(kind, code))
    return tuple(pairs)


def _code_keys(kind: str, code: str) -> tuple[str, ...]:
    between = _RANGE.fullmatch(code) if kind in NUMBERED else None
    if between is not None:
        return tuple(str(number) for number in range(int(between[1]), int(between[2]) + 1))
    keys = (code,) if code.endswith("xx") or code == "any" else spellings(kind, code)[:1]
    if not keys:
        raise RuleError(f"{code!r} is no {kind} code")
    return keys


def _pattern(table: Mapping[str, Any]) -> tuple[re.Pattern[str] | None, tuple[Phrase, ...]]:
    if "pattern" not in table:
        return None, ()
    text, needs = _text(table, "pattern"), _phrases(table, "needs")
    if not needs:
        raise RuleError("a pattern must say in 'needs' which words make it worth trying")
    if len(text) > _MAX_PATTERN or _REPEATED_REPEAT.search(text):
        raise RuleError("the pattern is too long or repeats a repetition, which can take for ever")
    try:
        return re.compile(text, re.IGNORECASE), needs
    except re.error as error:
        raise RuleError(f"the pattern does not compile: {error}") from error


def _signals(table: Mapping[str, Any], key: str) -> tuple[Signal, ...]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise RuleError(f"{key!r} must be a list")
    return tuple(_signal(each, key) for each in value)


def _signal(value: object, key: str) -> Signal:
    if isinstance(value, str):
        return Signal("message", value)
    if (
        not isinstance(value, dict)
        or value.get("kind") not in KINDS
        or not set(value) <= {"kind", "text", "detail"}
    ):
        raise RuleError(f"{key!r} holds texts, or tables of kind, text and detail")
    return Signal(value["kind"], str(value.get("text", "")), str(value.get("detail", "")))
