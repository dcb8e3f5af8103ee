"""Learns what words, and the rules that fit, say of the category of an error; writes it beside the rules.

``python -m tests.learn_words`` reads the labelled messages (the rules' own samples; in ``tests/analysis/categories``
the examples and the sets of messages that say ``learnt = true``) and writes
``resources/rules/words/weights.tsv``: multinomial logistic regression with a quadratic penalty, by Adam.
A word gets a weight of its own and one by its company: words that stand among the same words in the messages of
public software (``company.tsv``, made by :mod:`tests.learn_company`) are taken to speak alike, so that a word met here
for the first time says something.
How far a rule can be trusted is learnt from messages that no rule was written from alone: of its own samples every rule
is right. Whole numbers; the weightiest are kept.

``--check`` learns from three quarters of the systems what the last quarter's messages are, four times over, and prints
how many are right, how sure it is of the others, and the temperature at which it is as sure as it should be.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories import wordfeatures
from explorer.analysis.categories.classnames import split_class
from explorer.analysis.categories.rules import Rules, load_rules, told_by_rules
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.verdict import CATEGORIES
from explorer.analysis.categories.wordmodel import SCALE
from explorer.model.issue import Issues
from explorer.paths import resource

SETS = Path(__file__).parent / "analysis" / "categories"
COMPANY = SETS / "company.tsv"
WORDS = resource("rules") / "words"
WEIGHTS = WORDS / "weights.tsv"
_ROUNDS, _STEP, _PENALTY = 200, 0.1, 2.0
_TEMPERATURE = 1.4
"""Chosen by ``--check``: weights are divided by it."""
_OF_SOURCES = 0.2
"""Messages drawn from sources count for less: programs hold far more of them than anybody ever meets."""
_MOST_KEPT = 12_000
_FOLDS = 4

Floats = NDArray[np.float32]


class Message(NamedTuple):
    """One labelled message: category, class (or nothing), text, the system it is of, what the rules tell of it."""

    category: str
    name: str
    text: str
    system: str
    told: tuple[str, ...]


class Learnt(NamedTuple):
    """Names of the features, their weights, and the bias (float32, features by categories; categories)."""

    names: list[str]
    weights: Floats
    bias: Floats


def labelled() -> list[Message]:
    """Everything there is to learn from, in a fixed order."""
    rules = load_rules([resource("rules")], Issues())
    found: list[Message] = []
    for rule in rules.rules:
        for sample in rule.samples:
            named = sample.kind in ("exception", "error.type")
            parts = (sample.text, sample.detail) if named else split_class(f"{sample.text} {sample.detail}")
            found.append(Message(rule.category, *parts, "", ()))
    for file in sorted((SETS / "examples").rglob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines()
        found.extend(Message(file.stem, *_parts(json.loads(line)), "", ()) for line in lines)
    for file in sorted(SETS.glob("*.toml")):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        if table.get("learnt"):
            for source in table["source"]:
                for category, messages in source["messages"].items():
                    found.extend(_met(category, each, source["name"], rules) for each in messages)
    return found


def digest(messages: list[Message]) -> str:
    """Says whether the weights were learnt from these messages, features and families."""
    files = (WORDS / "families.toml", COMPANY, Path(wordfeatures.__file__), Path(__file__))
    texts = [file.read_text(encoding="utf-8") for file in files]
    return hashlib.sha256(json.dumps([messages, texts]).encode()).hexdigest()[:16]


def _parts(message: str | list[str]) -> tuple[str, str]:
    return split_class(message) if isinstance(message, str) else (message[0], message[1])


def _met(category: str, message: str | list[str], system: str, rules: Rules) -> Message:
    """A message that no rule was written from, with what the rules tell of it."""
    signal = (
        Signal("message", message)
        if isinstance(message, str)
        else Signal("exception", message[0], message[1])
    )
    return Message(category, *_parts(message), system, told_by_rules(signal, rules))


def features_of(messages: Sequence[Message]) -> list[list[str]]:
    """The features of each message, each once, sorted."""
    families = wordfeatures.read_families(WORDS / "families.toml")
    return [
        sorted(
            {
                *wordfeatures.features(each.text, families),
                *wordfeatures.class_features(each.name, families),
                *each.told,
            }
        )
        for each in messages
    ]


def company() -> dict[str, Floats]:
    """The company each word keeps: a vector of a few numbers (float32), longer for a rarer word."""
    found: dict[str, Floats] = {}
    for line in COMPANY.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, packed = line.split("\t")
            found[word] = np.frombuffer(base64.b85decode(packed), np.int8).astype(np.float32) / np.float32(64)
    return found


def learn(messages: Sequence[Message], found: Sequence[list[str]]) -> Learnt:
    """What the features of messages say of their categories, words of the company file among them."""
    near = company()
    names = sorted({feature for each in found for feature in each} | near.keys())
    at = {feature: row for row, feature in enumerate(names)}
    rows = np.array([at[feature] for each in found for feature in each], np.int64)
    ends = np.cumsum([len(each) for each in found])
    starts = np.concatenate(([0], ends[:-1]))
    of = np.repeat(np.arange(len(messages)), [len(each) for each in found])
    order = np.argsort(rows, kind="stable")
    met, firsts = np.unique(rows[order], return_index=True)
    size = next(iter(near.values())).size
    vectors = np.zeros((len(names), size), np.float32)
    for word, vector in near.items():
        vectors[at[word]] = vector
    sides = np.add.reduceat(vectors[rows], starts)
    worth = np.array(
        [_OF_SOURCES if each.system.endswith(" sources") else 1 for each in messages], np.float32
    )
    truth = np.zeros((len(messages), len(CATEGORIES)), np.float32)
    truth[np.arange(len(messages)), [CATEGORIES.index(each.category) for each in messages]] = 1
    learnt = np.zeros((len(names) + size + 1, len(CATEGORIES)), np.float32)
    own, shared = slice(0, len(names)), slice(len(names), -1)
    mean, spread = np.zeros_like(learnt), np.zeros_like(learnt)
    for turn in range(1, _ROUNDS + 1):
        sums = np.add.reduceat(learnt[rows], starts) + sides @ learnt[shared] + learnt[-1]
        chances = np.exp(sums - sums.max(axis=1, keepdims=True))
        off = (chances / chances.sum(axis=1, keepdims=True) - truth) * worth[:, None]
        slope = _PENALTY * learnt
        slope[met] += np.add.reduceat(off[of[order]], firsts)
        slope[shared] += sides.T @ off
        slope[-1] = off.sum(axis=0)
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope**2
        step = _STEP * (1 - turn / (_ROUNDS + 1))
        learnt -= step * (mean / (1 - 0.9**turn)) / (np.sqrt(spread / (1 - 0.999**turn)) + 1e-8)
    weights = (learnt[own] + vectors @ learnt[shared]) / _TEMPERATURE
    return Learnt(names, weights - weights.mean(axis=1, keepdims=True), learnt[-1] / _TEMPERATURE)


def check(messages: Sequence[Message]) -> str:
    """How right and how sure what is learnt is of systems it was not learnt from."""
    found = features_of(messages)
    systems = sorted({each.system for each in messages} - {""})
    chances: list[Floats] = []
    truth: list[int] = []
    for fold in range(_FOLDS):
        kept_out = {system for place, system in enumerate(systems) if place % _FOLDS == fold}
        seen = [at for at, each in enumerate(messages) if each.system not in kept_out]
        learnt = learn([messages[at] for at in seen], [found[at] for at in seen])
        row = {name: at for at, name in enumerate(learnt.names)}
        for at, each in enumerate(messages):
            if each.system in kept_out:
                known = [row[name] for name in found[at] if name in row]
                chances.append(learnt.bias + learnt.weights[known].sum(axis=0))
                truth.append(CATEGORIES.index(each.category))
    sums, right = np.stack(chances), np.array(truth)
    lines = [f"{len(right)} messages of {len(systems)} systems, {_FOLDS} folds"]
    for temperature in (0.8, 1.0, 1.2, 1.4, 1.6):
        odds = np.exp(sums / temperature - (sums / temperature).max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        said, sure = odds.argmax(axis=1), odds.max(axis=1) >= 0.7
        loss = -np.log(odds[np.arange(len(right)), right]).mean()
        wrong = said != right
        lines.append(
            f"temperature {temperature}: loss {loss:.3f}, {1 - wrong.mean():.1%} right,"
            f" {(wrong & sure).mean():.1%} wrong and sure, {sure.mean():.0%} sure"
        )
    return "\n".join(lines)


def write(learnt: Learnt, messages: list[Message]) -> int:
    """Writes the weightiest features; how many there are."""
    most = np.abs(learnt.weights).max(axis=1)
    kept = sorted(np.argsort(-most, kind="stable")[:_MOST_KEPT].tolist())
    whole = np.clip(np.rint(learnt.weights * SCALE), -127, 127).astype(np.int8)
    bias = np.clip(np.rint(learnt.bias * SCALE), -127, 127).astype(np.int8)
    lines = [
        f"# Made by `python -m tests.learn_words` from {len(messages)} messages, {digest(messages)}. Do not edit.",
        "categories\t" + " ".join(CATEGORIES),
        "\t" + bias.tobytes().hex(),
        *(f"{learnt.names[row]}\t{whole[row].tobytes().hex()}" for row in kept),
    ]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(kept)


def main() -> int:
    """Writes the weights or, with ``--check``, says how good they would be."""
    messages = labelled()
    if "--check" in sys.argv[1:]:
        sys.stdout.write(check(messages) + "\n")
        return 0
    learnt = learn(messages, features_of(messages))
    kept = write(learnt, messages)
    sys.stdout.write(f"{len(messages)} messages, {kept} of {len(learnt.names)} features kept\n")
    counts = Counter(each.category for each in messages)
    sys.stdout.write(", ".join(f"{count} {category}" for category, count in counts.most_common()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
