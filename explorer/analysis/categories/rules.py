"""Rules in, verdict out: the category of one error."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.analysis.categories.codes import grpc_name
from explorer.analysis.categories.matching import Hit, RuleIndex
from explorer.analysis.categories.phrases import without_ids
from explorer.analysis.categories.rule import CODE_KINDS, Rule
from explorer.analysis.categories.rulefile import read_rules
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.unwrap import RAISED_BY, unwrap, unwrap_exception
from explorer.analysis.categories.verdict import UNKNOWN, Verdict
from explorer.analysis.categories.wordfeatures import rule_features
from explorer.analysis.categories.wordmodel import Posterior, WordModel
from explorer.model.issue import Issues

FIRM = 0.5
"""Evidence of at least this strength counts by depth first: the innermost error decides."""

CLASS_DISCOUNT = 0.08
"""By so much a class weighs less than words of the same strength: ``Forbidden: quota exceeded`` is no denial."""

SPECIFIC = 0.94
"""Rules of at least this strength name one thing only; they are not weighed against other words.

Chosen by leaving whole systems out: below it, weighing makes fewer verdicts surely wrong and none less right."""

HINT, GUESS = 0.3, 0.49
"""How strong a verdict is that words alone give, and at most one that words give against the best rule."""

WORTH = 1.0
"""The best rule counts by this much times its strength squared (logarithm of a likelihood) beside what was learnt."""

LIKELY = 0.3
"""A category that only the words speak for must be at least this probable, or the error stays unknown."""

_TEXTS = frozenset({"message", "log", "status", "quality"})
_MAX_EVIDENCE = 3
_MOST_KNOWN = 2_000
_OUTERMOST = 1_000
_MAX_WORDS = 120
_FIELD = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a run: what was read, the index over it, and what words speak for.

    ``own`` are the ids of the user's rules: what a user wrote is not weighed against words. ``known`` are the
    verdicts given lately: the same error comes many times.
    """

    rules: tuple[Rule, ...]
    index: RuleIndex = field(repr=False, compare=False)
    words: WordModel = field(repr=False, compare=False)
    own: frozenset[str] = frozenset()
    known: dict[tuple[Signal, ...], Verdict] = field(default_factory=dict, repr=False, compare=False)


def load_rules(folders: Sequence[Path | None], issues: Issues) -> Rules:
    """The rules of the folders' ``*.toml`` files; a rule of a later folder replaces one of the same id.

    The first folder is the shipped one and holds what was learnt of words; the others are the user's.
    A faulty rule becomes an issue ``faulty-rule`` with file and line, and the others stand.
    """
    shipped, own = read_rules(folders[:1], issues), read_rules(folders[1:], issues)
    rules = tuple({rule.id: rule for rule in (*shipped, *own)}.values())
    words = WordModel(rules, folders[0] if folders else None)
    return Rules(rules, RuleIndex(rules), words, frozenset(rule.id for rule in own))


def categorize(signals: Sequence[Signal], rules: Rules) -> Verdict:
    """The verdict on one error from all its signals, whose order does not matter.

    Firm evidence (:data:`FIRM`) of the innermost layer wins; within a layer the stronger, then the longer match,
    then the id of the rule. Without firm evidence the strongest weak one wins. A rule that is not specific
    (:data:`SPECIFIC`) is weighed against what the other words say
    (:mod:`explorer.analysis.categories.wordmodel`), which decide alone where no rule speaks; else ``UNKNOWN``.
    """
    key = tuple(signals)
    verdict = rules.known.get(key)
    if verdict is None:
        if len(rules.known) >= _MOST_KNOWN:
            rules.known.clear()
        verdict = rules.known[key] = _judged(key, rules)
    return verdict


def _judged(signals: Sequence[Signal], rules: Rules) -> Verdict:
    parts = [part for signal in signals for part in _parts(signal)]
    hits = sorted((hit for part in parts for hit in rules.index.hits(part)), key=_rank)
    said = [hit for hit in hits if not _is_mere(hit)]
    if len(said) < len(hits) and (said or hits[0].rule.strength < FIRM):
        verdict = _decided(parts, said, rules)
        if verdict != UNKNOWN:
            return verdict
    return _decided(parts, hits, rules)


def _is_mere(hit: Hit) -> bool:
    """Whether it is but a code that stands for any failure: not every format carries it, so that it must not change
    what rules say of the words beside it; nor, where it is weak, what the words alone say.
    """
    return hit.by == "code" and (hit.rule.symptom or hit.rule.strength < FIRM)


def _decided(parts: Sequence[Signal], hits: Sequence[Hit], rules: Rules) -> Verdict:
    """The verdict by rules that fit and by words, the best rule first."""
    best = hits[0] if hits else None
    if best is not None and _settled(best, rules):
        return _verdict(best, hits)
    likely = _likely(parts, hits, rules.words)
    if likely is None:
        return _verdict(best, hits) if best else UNKNOWN
    return _weighed(likely, hits, rules.words)


def _settled(best: Hit, rules: Rules) -> bool:
    """Whether no word can change the verdict of the best rule."""
    return best.rule.strength >= SPECIFIC or best.rule.final or best.rule.id in rules.own


def _weighed(likely: Posterior, hits: Sequence[Hit], known: WordModel) -> Verdict:
    """The verdict of the best rule or of the words, whichever is likelier by both; as sure as what was learnt is."""
    odds = dict(likely.chances)
    best = hits[0] if hits else None
    if best is not None:
        odds["unknown"] = -math.inf
        odds[best.rule.category] += WORTH * best.rule.strength**2
    category = max(odds, key=odds.__getitem__)
    most = odds[category]
    chance = 1 / sum([math.exp(each - most) for each in odds.values()])
    if best is not None and best.rule.category == category:
        return _verdict(best, hits, max(math.exp(likely.chances[category]), min(chance, FIRM)))
    said = next((hit for hit in hits if hit.rule.category == category), None)
    if said is not None:
        return _verdict(said, hits, GUESS)
    if category == "unknown" or chance < LIKELY:
        return _verdict(best, hits, HINT) if best else UNKNOWN
    rule, words = known.because(likely, category)
    says = f"probably {_says(rule.says, {})}" if rule else f"probably a fault of {category}"
    subcategory, symptom = (rule.subcategory, rule.symptom) if rule else ("", False)
    return Verdict(category, subcategory, "", HINT, symptom, False, words[:_MAX_EVIDENCE], says)


def told_by_rules(signal: Signal, rules: Rules) -> tuple[str, ...]:
    """What the rules that fit one signal tell to the model of words, as its features."""
    return _told(sorted((hit for part in _parts(signal) for hit in rules.index.hits(part)), key=_rank))


def _told(hits: Sequence[Hit]) -> tuple[str, ...]:
    return rule_features([(hit.rule.id, hit.rule.category, hit.rule.strength) for hit in hits])


def _likely(parts: Sequence[Signal], hits: Sequence[Hit], known: WordModel) -> Posterior | None:
    """What rules and words say of the innermost text that says enough, as far out as the best rule's own layer."""
    outermost = hits[0].layer if hits else _OUTERMOST
    told = _told(hits)
    texts = {(part.layer, *_in_words(part)) for part in parts if part.layer <= outermost}
    layer, found = _OUTERMOST, []
    for at, name, text in sorted(texts) if len(texts) > 1 else texts:
        if at > layer:
            break
        likely = known.of(name, text, told)
        if likely is not None:
            layer = at
            found.append(likely)
    if len(found) > 1:
        found.sort(key=lambda each: (max(each.chances.values()), sorted(each.found)))
    return found[-1] if found else None


def _in_words(part: Signal) -> tuple[str, str]:
    """Class and text of a signal, without who raised it; a code has but the text that came with it."""
    detail = part.detail.partition(RAISED_BY)[0]
    if part.kind in CODE_KINDS:
        return "", without_ids(detail)
    if part.kind in {"exception", "error.type"}:
        return part.text, without_ids(detail)
    return "", without_ids(f"{part.text} {detail}".strip())


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
        parts = unwrap(signal.text)
        if signal.kind != "message":
            parts = tuple(
                replace(each, kind=signal.kind) if each.kind == "message" else each for each in parts
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


def _rank(hit: Hit) -> tuple[bool, int, float, int, int, str, str, tuple[tuple[str, str], ...]]:
    firm = hit.rule.strength >= FIRM
    weight = hit.rule.strength - (CLASS_DISCOUNT if hit.by == "class" else 0)
    layer = hit.layer if firm and not hit.rule.final else 0
    return (not firm, layer, -weight, hit.layer, -len(hit.words), hit.rule.id, hit.words, hit.values)


def _verdict(best: Hit, hits: Sequence[Hit], most: float = 1.0) -> Verdict:
    """What the rule says; as sure as it is, at most ``most``."""
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
        min(rule.strength, most),
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
