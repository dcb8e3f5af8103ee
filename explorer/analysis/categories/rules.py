"""Rules in, verdict out: the category of one error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.analysis.categories.codes import grpc_name
from explorer.analysis.categories.matching import Hit, RuleIndex
from explorer.analysis.categories.rule import Rule
from explorer.analysis.categories.rulefile import read_rules
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.unwrap import unwrap, unwrap_exception
from explorer.analysis.categories.verdict import UNKNOWN, Verdict
from explorer.model.issue import Issues

FIRM = 0.5
"""Evidence of at least this strength counts by depth first: the innermost error decides."""

CLASS_DISCOUNT = 0.08
"""By so much a class weighs less than words of the same strength: ``Forbidden: quota exceeded`` is no denial."""

_TEXTS = frozenset({"message", "log", "status", "quality"})
_MAX_EVIDENCE = 3
_MAX_WORDS = 120
_FIELD = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a run: what was read, and the index over it."""

    rules: tuple[Rule, ...]
    index: RuleIndex = field(repr=False, compare=False)


def load_rules(folders: Sequence[Path], issues: Issues) -> Rules:
    """The rules of the folders' ``*.toml`` files; a rule of a later folder replaces one of the same id.

    A faulty rule becomes an issue ``faulty-rule`` with file and line, and the others stand.
    """
    rules = read_rules(folders, issues)
    return Rules(rules, RuleIndex(rules))


def categorize(signals: Sequence[Signal], rules: Rules) -> Verdict:
    """The verdict on one error from all its signals, whose order does not matter.

    Firm evidence (:data:`FIRM`) of the innermost layer wins; within a layer the stronger, then the longer match,
    then the id of the rule. Without firm evidence the strongest weak one wins. Nothing matched: ``UNKNOWN``.
    """
    hits = [hit for signal in signals for part in _parts(signal) for hit in rules.index.hits(part)]
    if not hits:
        return UNKNOWN
    hits.sort(key=_rank)
    return _verdict(hits[0], hits)


def failing_samples(rules: Rules) -> tuple[str, ...]:
    """One sentence for each sample that does not get its own rule's verdict, and each of ``others`` that does."""
    out: list[str] = []
    for rule in rules.rules:
        for signal in rule.samples:
            given = categorize((signal,), rules).rule
            if given != rule.id:
                out.append(f"{rule.id}: its sample {signal.text!r} gets {given or 'no rule'}")
        out.extend(
            f"{rule.id}: the text {signal.text!r} must not get this rule"
            for signal in rule.others
            if categorize((signal,), rules).rule == rule.id
        )
    return tuple(out)


def _parts(signal: Signal) -> tuple[Signal, ...]:
    """The signal with its wrappers peeled, layers counted on from its own."""
    if signal.kind == "exception":
        parts = unwrap_exception(signal.text, signal.detail)
    elif signal.kind in _TEXTS:
        parts = tuple(
            replace(each, kind=signal.kind) if each.kind == "message" else each
            for each in unwrap(signal.text)
        )
        parts += unwrap(signal.detail) if signal.detail else ()
    elif signal.kind == "error.type":
        parts = _error_type(signal)
    else:
        parts = (signal, *(unwrap(signal.detail) if signal.detail else ()))
    return tuple(replace(each, layer=each.layer + signal.layer) for each in parts) if signal.layer else parts


def _error_type(signal: Signal) -> tuple[Signal, ...]:
    # OpenTelemetry's error.type holds a class name, a status code, or a word of a small vocabulary.
    text = signal.text.strip()
    if text.isdigit() and len(text) == 3:
        return (replace(signal, kind="http"),)
    if grpc_name(text) and (text.isupper() or text.startswith("StatusCode")):
        return (replace(signal, kind="grpc"),)
    if text.islower() and "." not in text:
        return (signal, replace(signal, kind="message"))
    return (signal,)


def _rank(hit: Hit) -> tuple[bool, int, float, int, int, str]:
    firm = hit.rule.strength >= FIRM
    weight = hit.rule.strength - (CLASS_DISCOUNT if hit.by_class else 0)
    layer = hit.layer if firm and not hit.rule.final else 0
    return (not firm, layer, -weight, hit.layer, -len(hit.words), hit.rule.id)


def _verdict(best: Hit, hits: Sequence[Hit]) -> Verdict:
    rule = best.rule
    same = (hit.words for hit in hits if hit.rule.category == rule.category)
    evidence = tuple(dict.fromkeys(_clip(words) for words in (best.words, *same)))[:_MAX_EVIDENCE]
    return Verdict(
        rule.category,
        rule.subcategory,
        rule.id,
        rule.strength,
        rule.symptom,
        rule.expected,
        evidence,
        _says(rule.says, dict(best.values)),
    )


def _says(text: str, values: dict[str, str]) -> str:
    """``text`` with ``{name}`` replaced; a name without value takes its preposition along."""
    for name in _FIELD.findall(text):
        value = _clip(values.get(name, ""), 60)
        if value:
            text = text.replace(f"{{{name}}}", value)
        else:
            text = re.sub(
                rf"\s*(?:\b(?:on|of|for|in|to|from|at|by|with|named|called))?\s*\{{{name}\}}", "", text
            )
    return text.strip()


def _clip(words: str, most: int = _MAX_WORDS) -> str:
    if not words.isprintable():
        words = "".join(each if each.isprintable() else " " for each in words)
    one_line = " ".join(words.split())
    return one_line if len(one_line) <= most else one_line[: most - 1] + "…"
