"""One kind of fault: what the errors of many ids with the same origin and the same words have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.analysis.categories.fingerprint import fingerprint
from explorer.analysis.categories.rules import Rules, categorize
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.stacktrace import StackTrace, parse_stack
from explorer.analysis.categories.verdict import UNKNOWN, Verdict
from explorer.analysis.failure.contrast import NewVersion, new_model_version
from explorer.analysis.failure.propagation import Explained
from explorer.analysis.failure.surroundings import surrounding_signals
from explorer.analysis.reading import Reading, column_signals, log_signals, log_words
from explorer.analysis.wording import error_of, templated

SAMPLES = 4
"""Ids of a kind whose logs, stacks and attributes are read."""
LOGS_OF_SAMPLE = 8
_STACKS = 2
FIRM = 0.5
_USELESS = frozenset({"Error", "Exception", "error", "RuntimeError", "_OTHER", ""})

Key = tuple[str, str, str, str, str, int]


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault, judged.

    Attributes:
        key: service, operation, hypothesis, exception class, message template, code.
        verdict: what the categories say, after structure had its word.
        error_type, message: of the first sample; ``stack``: parsed, None for none.
        hypothesis: typed, as in ``rca --json``.
        symptom: category of what the span that tells of it says by itself.
        version: of the model, where only the failing ids have it.
    """

    key: Key
    verdict: Verdict
    error_type: str
    message: str
    stack: StackTrace | None
    hypothesis: str
    symptom: str
    version: NewVersion | None = None

    def fingerprint(self, service: str) -> str:
        """The same for the same fault in another bundle."""
        return fingerprint(self.verdict.category, service, self.error_type, self.stack, self.message)


def key_of(reading: Reading, explained: Explained) -> Key:
    """What makes two failures of one kind, from the columns; from the first error log where the span says nothing."""
    store, blame = explained.scene.facts.store, explained.blame
    origin = explained.path[0]
    kind, message = said_of(explained)
    if not message and kind in _USELESS and explained.logs:
        message = reading.message(explained.logs[0])
    code = int(store.spans.code[blame.via]) if blame.via >= 0 else 0
    return blame.service, origin.operation, blame.hypothesis, kind, templated(message), code


def said_of(explained: Explained) -> tuple[str, str]:
    """Class and message of the error of the span that tells of a failure, or of the work it is part of."""
    scene, via = explained.scene, explained.blame.via
    return error_of(scene.facts.store, scene.teller(via)) if via >= 0 else ("", "")


def judge(reading: Reading, rules: Rules, key: Key, samples: Sequence[Explained]) -> Fault:
    """The category of a kind of fault, from all that its first ids say."""
    signals: list[Signal] = []
    stack_text = ""
    around: list[Signal] = []
    for at, sample in enumerate(samples[:SAMPLES]):
        signals += signals_of(reading, sample)
        around += surrounding_signals(reading, sample)
        # Opening spans costs most of it: where two have no stack, the others hardly have one.
        stack_text = stack_text or (stack_at(reading, sample) if at < _STACKS else "")
    if stack_text:
        signals.append(Signal("message", stack_text))
    signals.append(Signal("hypothesis", key[2]))
    found = died(
        decided(tuple(dict.fromkeys((*signals, *around))), rules), tuple(dict.fromkeys(around)), rules
    )
    first = samples[0]
    kind, message = said_of(first)
    if first.logs and not _holds(f"{kind}: {message}", found):
        log = deciding(reading, first.logs, found)
        if not message or _holds(log_words(reading, log), found):
            kind, message = told_by(reading, log)
    stack = parse_stack(stack_text or message) if stack_text or "\n" in message else None
    version = new_model_version(reading, samples[:SAMPLES]) if found.category in _OF_MODEL else None
    verdict = placed(first, found)
    if version is not None:
        verdict = replace(verdict, category="model", subcategory="version", symptom=False)
    symptom = found.category if first.blame.row == first.blame.via else said_at_symptom(reading, rules, first)
    return Fault(key, verdict, kind, message, stack, "model-fault" if version else key[2], symptom, version)


def deciding(reading: Reading, logs: Sequence[int], verdict: Verdict) -> int:
    """The log record that holds the words a verdict was decided on, else the first."""
    return next((log for log in logs[:LOGS_OF_SAMPLE] if _holds(log_words(reading, log), verdict)), logs[0])


def _holds(text: str, verdict: Verdict) -> bool:
    """Whether the words a verdict was decided on stand in a text."""
    return any(words.lower() in text.lower() for words in verdict.evidence[:1])


def told_by(reading: Reading, log: int) -> tuple[str, str]:
    """Class and message of the exception that came with a log record, else no class and what it says."""
    detail = reading.log(log)
    if detail.exception_type and detail.exception_message:
        return detail.exception_type, detail.exception_message
    return "", reading.message(log)


def said_at_symptom(reading: Reading, rules: Rules, sample: Explained) -> str:
    """Category of what the span that tells of a failure, and its logs, say: without origin, surroundings, structure."""
    via = sample.blame.via
    logs = sample.scene.logs.get(via, ())
    return decided(
        (*column_signals(reading.store, via), *log_signals(reading, logs[:LOGS_OF_SAMPLE])), rules
    ).category


def signals_of(reading: Reading, sample: Explained) -> list[Signal]:
    """Signals of one id: the columns of the origin and of the span that tells of it, and its logs."""
    blame = sample.blame
    signals: list[Signal] = []
    told = (blame.via, sample.scene.teller(blame.via)) if blame.via >= 0 else ()
    for row in dict.fromkeys((blame.row, *told)):
        if row >= 0:
            signals += column_signals(reading.store, row)
    return signals + log_signals(reading, sample.logs[:LOGS_OF_SAMPLE])


def stack_at(reading: Reading, sample: Explained) -> str:
    """Stack trace of the origin, from its span or its logs; ``""`` for none."""
    rows = [row for row in dict.fromkeys((sample.blame.row, sample.blame.via)) if row >= 0]
    for row in rows:
        if error_of(reading.store, row) != ("", ""):
            stack = reading.span(row).stack
            if stack:
                return stack
    return next((stack for log in sample.logs[:LOGS_OF_SAMPLE] if (stack := reading.log(log).stack)), "")


def decided(signals: Sequence[Signal], rules: Rules) -> Verdict:
    """The verdict on signals; a symptom gives way to any firm statement that is none."""
    whole = categorize(signals, rules)
    if not whole.symptom and whole.strength >= FIRM:
        return whole
    single = [categorize((signal,), rules) for signal in signals]
    causal = [verdict for verdict in single if not verdict.symptom and verdict.strength >= FIRM]
    return max(causal, key=lambda verdict: verdict.strength, default=whole)


def died(found: Verdict, around: Sequence[Signal], rules: Rules) -> Verdict:
    """What its host or its last words say of a peer that answers no more: why it refused, whatever callers saw."""
    if found.category != "infrastructure" or not around:
        return found
    said = decided(around, rules)
    return said if said.category == "system" and said.strength >= FIRM and not said.symptom else found


def placed(sample: Explained, found: Verdict) -> Verdict:
    """The verdict after structure had its word: where the text is a mere symptom, how it came about decides."""
    blame = sample.blame
    by_structure = STRUCTURAL.get(blame.hypothesis)
    # That time ran out is said in words; only where nothing is said does slow work tell by itself.
    if by_structure is None or (blame.hypothesis == "slow-self" and found.category != "unknown"):
        return found
    if sample.blame.hypothesis in _ALWAYS:
        return replace(by_structure, rule=found.rule, evidence=found.evidence)
    if found.strength >= FIRM and not found.symptom:
        return found
    if found.category == by_structure.category and found.subcategory:
        return found
    return replace(by_structure, rule=found.rule, evidence=found.evidence)


def _verdict(category: str, subcategory: str, says: str, strength: float = 0.6) -> Verdict:
    return replace(UNKNOWN, category=category, subcategory=subcategory, says=says, strength=strength)


STRUCTURAL = {
    "deadline-too-tight": _verdict("configuration", "deadline", "deadline too short"),
    "dependency-down": _verdict("infrastructure", "connection", "no connection"),
    "dependency-slow": _verdict("infrastructure", "slow-dependency", "slow answer"),
    "slow-self": _verdict("application", "slow-code", "slow work"),
    "network": _verdict("infrastructure", "network", "slow network"),
    "quota": _verdict("capacity", "rate-limit", "rate limit"),
    "breaker-open": _verdict("infrastructure", "circuit-open", "open circuit"),
    "bad-request": _verdict("application", "bad-request", "bad request"),
    "bad-message": _verdict("data", "schema", "unreadable message"),
    "client": _verdict("client", "client-left", "user left"),
}
"""What structure alone says, by hypothesis."""
_OF_MODEL = frozenset({"data", "model", "application", "unknown"})
_ALWAYS = frozenset({"deadline-too-tight", "client"})
