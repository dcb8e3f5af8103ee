"""Rules in, verdict out: the category of one error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.analysis.categories.codes import grpc_name
from explorer.analysis.categories.matching import Hit, RuleIndex
from explorer.analysis.categories.phrases import class_text, without_ids
from explorer.analysis.categories.resemblance import Resemblance
from explorer.analysis.categories.rule import CODE_KINDS, Rule
from explorer.analysis.categories.rulefile import read_rules
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.unwrap import unwrap, unwrap_exception
from explorer.analysis.categories.verdict import UNKNOWN, Verdict
from explorer.model.issue import Issues

FIRM = 0.5
"""Evidence of at least this strength counts by depth first: the innermost error decides."""

CLASS_DISCOUNT = 0.08
"""By so much a class weighs less than words of the same strength: ``Forbidden: quota exceeded`` is no denial."""

HINT = 0.3
"""Evidence up to this strength is a guess, no better than resemblance."""

CLEAR, CLEAR_OVER_HINT = 1.0, 2.0
"""So much likelier (natural logarithm) the first category must be than the next, without and against a hint."""

_TEXTS = frozenset({"message", "log", "status", "quality"})
_MAX_EVIDENCE = 3
_MAX_WORDS = 120
_FIELD = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a run: what was read, the index over it, and what their words teach."""

    rules: tuple[Rule, ...]
    index: RuleIndex = field(repr=False, compare=False)
    resemblance: Resemblance = field(repr=False, compare=False)


def load_rules(folders: Sequence[Path], issues: Issues) -> Rules:
    """The rules of the folders' ``*.toml`` files; a rule of a later folder replaces one of the same id.

    A faulty rule becomes an issue ``faulty-rule`` with file and line, and the others stand.
    """
    rules = read_rules(folders, issues)
    examples = [folder / "examples" for folder in folders]
    return Rules(rules, RuleIndex(rules), Resemblance(rules, examples))


def categorize(signals: Sequence[Signal], rules: Rules) -> Verdict:
    """The verdict on one error from all its signals, whose order does not matter.

    Firm evidence (:data:`FIRM`) of the innermost layer wins; within a layer the stronger, then the longer match,
    then the id of the rule. Without firm evidence the strongest weak one wins. Where next to nothing matched,
    the category whose rules the text resembles (:mod:`explorer.analysis.categories.resemblance`), else ``UNKNOWN``.
    """
    parts = [part for signal in signals for part in _parts(signal)]
    hits = sorted((hit for part in parts for hit in rules.index.hits(part)), key=_rank)
    if hits and hits[0].rule.strength > HINT:
        return _verdict(hits[0], hits)
    likely = _resembling(parts, rules.resemblance, CLEAR_OVER_HINT if hits else CLEAR)
    if likely is not None:
        return likely
    return _verdict(hits[0], hits) if hits else UNKNOWN


def _resembling(parts: Sequence[Signal], known: Resemblance, clear: float) -> Verdict | None:
    texts = {_in_words(part) for part in parts if part.kind not in CODE_KINDS}
    found = [like for like in map(known.of, sorted(texts)) if like is not None and like.margin >= clear]
    if not found:
        return None
    best = max(found, key=lambda like: (like.margin, like.category, like.words))
    rule, words = best.rule, best.words[:_MAX_EVIDENCE]
    if rule is None:
        return Verdict(
            best.category, "", "", HINT, False, False, words, f"probably a fault of {best.category}"
        )
    says = f"probably {_says(rule.says, {})}"
    return Verdict(best.category, rule.subcategory, rule.id, HINT, rule.symptom, False, words, says)


def _in_words(part: Signal) -> str:
    named = part.kind in {"exception", "error.type"}
    return without_ids(f"{class_text(part.text) if named else part.text} {part.detail}".strip())


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


def _rank(hit: Hit) -> tuple[bool, int, float, int, int, str, str]:
    firm = hit.rule.strength >= FIRM
    weight = hit.rule.strength - (CLASS_DISCOUNT if hit.by_class else 0)
    layer = hit.layer if firm and not hit.rule.final else 0
    return (not firm, layer, -weight, hit.layer, -len(hit.words), hit.rule.id, hit.words)


def _verdict(best: Hit, hits: Sequence[Hit]) -> Verdict:
    rule = best.rule
    evidence: dict[str, None] = {}
    for hit in hits:
        if hit.rule.category == rule.category:
            evidence[_clip(hit.words)] = None
            if len(evidence) == _MAX_EVIDENCE:
                break
    return Verdict(
        rule.category,
        rule.subcategory,
        rule.id,
        rule.strength,
        rule.symptom,
        rule.expected,
        tuple(evidence),
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
