"""Learns what words say of the category of an error, and writes it beside the rules.

``python -m tests.learn_words`` reads the labelled messages (the rules' own samples; in ``tests/analysis/categories``
the examples and the sets of messages that say ``learnt = true``) and writes
``resources/rules/words/weights.tsv``: multinomial logistic regression with a quadratic penalty, by Adam.
Whole numbers, a word that was met once dropped unless it weighs much; the head names what it was learnt from.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories import wordfeatures
from explorer.analysis.categories.classnames import split_class
from explorer.analysis.categories.rules import load_rules
from explorer.analysis.categories.verdict import CATEGORIES
from explorer.analysis.categories.wordmodel import SCALE
from explorer.model.issue import Issues
from explorer.paths import resource

SETS = Path(__file__).parent / "analysis" / "categories"
WEIGHTS = resource("rules") / "words" / "weights.tsv"
_ROUNDS, _STEP, _PENALTY = 300, 0.1, 1.0
_LEAST, _LEAST_ONCE = 0.05, 0.15
"""Weights all nearer to nothing than this are dropped; the second is for features met once."""

Message = tuple[str, str, str]
"""Category, class (or nothing) and text."""


def labelled() -> list[Message]:
    """Everything there is to learn from, in a fixed order."""
    found: list[Message] = []
    for rule in load_rules([resource("rules")], Issues()).rules:
        for sample in rule.samples:
            named = sample.kind in ("exception", "error.type")
            parts = (sample.text, sample.detail) if named else split_class(f"{sample.text} {sample.detail}")
            found.append((rule.category, *parts))
    for file in sorted((SETS / "examples").rglob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines()
        found.extend((file.stem, *_parts(json.loads(line))) for line in lines)
    for file in sorted(SETS.glob("*.toml")):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        if table.get("learnt"):
            for source in table["source"]:
                for category, messages in source["messages"].items():
                    found.extend((category, *_parts(each)) for each in messages)
    return found


def digest(messages: list[Message]) -> str:
    """Says whether the weights were learnt from these messages, features and families."""
    families = (resource("rules") / "words" / "families.toml").read_text(encoding="utf-8")
    code = Path(wordfeatures.__file__).read_text(encoding="utf-8")
    return hashlib.sha256(json.dumps([messages, families, code]).encode()).hexdigest()[:16]


def _parts(message: str | list[str]) -> tuple[str, str]:
    return split_class(message) if isinstance(message, str) else (message[0], message[1])


def learn(messages: list[Message]) -> tuple[list[str], NDArray[np.float64], Counter[str]]:
    """Features in order, weights (bias first; float64, features + 1 by categories) and how often each was met."""
    families = wordfeatures.read_families(resource("rules") / "words" / "families.toml")
    found = [
        sorted({*wordfeatures.features(text, families), *wordfeatures.class_features(name, families)})
        for _, name, text in messages
    ]
    met = Counter(feature for each in found for feature in each)
    names = sorted(met)
    at = {feature: row + 1 for row, feature in enumerate(names)}
    rows = np.array([at[feature] for each in found for feature in each], np.int64)
    counts = np.array([len(each) for each in found])
    of = np.repeat(np.arange(len(messages)), counts)
    truth = np.zeros((len(messages), len(CATEGORIES)))
    truth[np.arange(len(messages)), [CATEGORIES.index(category) for category, _, _ in messages]] = 1
    weights = np.zeros((len(names) + 1, len(CATEGORIES)))
    mean, spread = np.zeros_like(weights), np.zeros_like(weights)
    for turn in range(1, _ROUNDS + 1):
        sums = weights[0] + _added(weights[rows], of, len(messages))
        chances = np.exp(sums - sums.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        off = chances - truth
        slope = _added(off[of], rows, len(weights)) + _PENALTY * weights
        slope[0] = off.sum(axis=0)
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope**2
        step = _STEP * (1 - turn / (_ROUNDS + 1))
        weights -= step * (mean / (1 - 0.9**turn)) / (np.sqrt(spread / (1 - 0.999**turn)) + 1e-8)
    return names, weights, met


def _added(values: NDArray[np.float64], to: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """Rows of ``values`` added up by the row each belongs ``to``."""
    return np.stack([np.bincount(to, column, size) for column in values.T], axis=1)


def main() -> int:
    """Writes the weights; says how many messages and features there are."""
    messages = labelled()
    names, weights, met = learn(messages)
    most = np.abs(weights[1:]).max(axis=1)
    whole = np.clip(np.rint(weights * SCALE), -127, 127).astype(np.int8)
    kept = [row for row, name in enumerate(names) if most[row] >= (_LEAST if met[name] > 1 else _LEAST_ONCE)]
    lines = [
        f"# Made by `python -m tests.learn_words` from {len(messages)} messages, {digest(messages)}. Do not edit.",
        "categories\t" + " ".join(CATEGORIES),
        "\t" + whole[0].tobytes().hex(),
        *(f"{names[row]}\t{whole[row + 1].tobytes().hex()}" for row in kept),
    ]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(messages)} messages, {len(kept)} of {len(names)} features kept\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
