"""How often the categories are right: on messages of our own and on real exceptions, with the confusion.

Ours, those from public sources, public and numbers of known vocabularies (the rules were mended for them), held out,
threads, fresh, unseen, field, afield and kept (they never were), shown (the other half; mended and learnt from),
the staged exceptions by class and message, and the same by their stack traces. Then the sets gathered in rounds: the
head of each says how many were right at first sight, before words were learnt from it.

``python -m tests.categories_report`` prints accuracy, every miss and the confusion of the categories; of the public
sets counts alone, so that who mends rules does not see its misses. ``--public`` shows them. Last, what a message costs.

How messages are labelled, before any rule sees them. The category is of the cause that the text itself tells, by the
definitions of the command line; a message of which two readings are as likely is left out, not labelled twice.

* system: what a host, a device, a kernel or a process did (memory of a GPU too). infrastructure: networks, names, peers
  and services that cannot be reached, are not ready or not placed on a node; what ran out of time without saying why.
* data: a request, record, file or answer of wrong form, shape, type or range. model: weights, tokenizers, checkpoints,
  adapters, what a model answers, and inputs that only fit another model.
* configuration: settings, flags of a service, missing files, packages, features, versions and named resources that the
  deployment should hold; a deadline too tight. capacity: quota, rate, full pools and queues, also of money.
* security: who may, keys, tokens, certificates, ciphers; a file that may not be read. client: the caller asked for what
  is not there, in a way that is not offered, or went away; a command line used wrongly.
* application: a program's own fault: wrong arguments to a library, wrong order or state, what is not implemented, two
  writers in each other's way, a callee's unexplained 500. unknown: nothing is told.
"""

from __future__ import annotations

import json
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from explorer.analysis.categories.rules import Rules, categorize, failing_samples, load_rules
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.verdict import Verdict
from explorer.model.issue import Issues
from explorer.paths import resource
from tests.shared import SHARED

OWN = Path(__file__).parent / "analysis" / "categories"
FULL_NAMES = {
    "infra": "infrastructure",
    "quota": "capacity",
    "overload": "capacity",
    "app": "application",
    "config": "configuration",
    "dependency": "client",
}
"""Names of the categories in the staged set, in the words of the command line."""
ANOTHER_WORDING = {"sa_pool": "capacity"}
"""Staged cases whose label the command line words otherwise: an exhausted pool is capacity."""


MOST_TIMED = 1_500
CONFIDENT = 0.7
"""A verdict of this strength rests on a specific message or class (:class:`Verdict`)."""


class Case(NamedTuple):
    """One labelled error: where it comes from, its category, its signals."""

    source: str
    category: str
    signals: tuple[Signal, ...]

    @property
    def text(self) -> str:
        """The error in one short line."""
        return " ".join(f"{each.text} {each.detail}".strip() for each in self.signals)[:150].replace(
            "\n", " "
        )


class Judged(NamedTuple):
    """A case and what the rules say of it."""

    case: Case
    verdict: Verdict


def own_cases(folder: str = "") -> list[Case]:
    """The examples that the rules were mended for; ``sources`` are from public code."""
    cases: list[Case] = []
    for file in sorted((OWN / "examples" / folder).glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            example = json.loads(line)
            named = isinstance(example, list)
            signal = Signal("exception", *example) if named else Signal("message", example)
            cases.append(Case(folder or "own", file.stem, (signal,)))
    return cases


def held_out_cases() -> list[Case]:
    """The messages the rules are never mended for."""
    groups = tomllib.loads((OWN / "held_out.toml").read_text(encoding="utf-8"))
    return [
        Case("held out", category, (Signal("message", text),))
        for category, group in groups.items()
        for text in group["messages"]
    ]


def public_cases(name: str = "public") -> list[Case]:
    """Messages of public software or of threads about it, labelled before the rules saw them."""
    sources = tomllib.loads((OWN / f"{name}.toml").read_text(encoding="utf-8"))["source"]
    return [
        Case(
            name,
            category,
            (Signal("message", each) if isinstance(each, str) else Signal("exception", *each),),
        )
        for source in sources
        for category, messages in source["messages"].items()
        for each in messages
    ]


def rounds() -> list[str]:
    """The sets gathered in rounds, each judged at first sight before anything was learnt from it."""
    return sorted(file.stem for file in OWN.glob("round*.toml"))


def head(name: str) -> str:
    """What the file of a set says of it."""
    lines = (OWN / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    return " ".join(line.removeprefix("# ") for line in lines if line.startswith("# "))


def staged_cases(stacks: bool = False) -> list[Case]:
    """The staged exceptions among the real exports, none where those are absent; with their stacks if asked."""
    file = SHARED / "samples" / "error-messages" / "real_exceptions.jsonl" if SHARED else None
    if file is None or not file.exists():
        return []
    cases: list[Case] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        label = ANOTHER_WORDING.get(record["case"], record["expected_category"])
        signals: tuple[Signal, ...] = (Signal("exception", record["type"], record["message"]),)
        if stacks:
            signals = (Signal("log", record["traceback"]),)
        cases.append(Case("staged+stack" if stacks else "staged", FULL_NAMES.get(label, label), signals))
    return cases


def judge(cases: Iterable[Case], rules: Rules) -> list[Judged]:
    """The verdict on each case."""
    return [Judged(case, categorize(case.signals, rules)) for case in cases]


def accuracy(judged: Sequence[Judged]) -> float:
    """The share that got its category, 0 to 1."""
    return sum(each.verdict.category == each.case.category for each in judged) / max(len(judged), 1)


def summary(judged: Sequence[Judged]) -> str:
    """Accuracy in one line."""
    missed = [each for each in judged if each.verdict.category != each.case.category]
    unknown = sum(each.verdict.category == "unknown" for each in missed)
    source = judged[0].case.source if judged else "nothing"
    right = f"{accuracy(judged):.1%} of {len(judged)} right"
    sure = sum(each.verdict.category != "unknown" and each.verdict.strength >= CONFIDENT for each in missed)
    return f"{source}: {right}, {unknown} called unknown, {len(missed) - unknown} wrong, {sure} of them confidently"


def report(judged: Sequence[Judged]) -> str:
    """Accuracy, misses and confusion as text."""
    missed = [each for each in judged if each.verdict.category != each.case.category]
    lines = [summary(judged)]
    lines += [
        (
            f"  {each.case.category} -> {each.verdict.category} ({each.verdict.rule or 'no rule'} "
            f"{' | '.join(each.verdict.evidence)!r}): {each.case.text}"
        )
        for each in missed
    ]
    confusion = Counter((each.case.category, each.verdict.category) for each in missed)
    lines += [f"  {count:3} {told} called {said}" for (told, said), count in confusion.most_common()]
    return "\n".join(lines)


def cost(rules: Rules) -> str:
    """What a message costs, told for the first time and again, in microseconds of the processor."""
    cases = [case.signals for name in ("public", *rounds()) for case in public_cases(name)][:MOST_TIMED]
    spent = {"first": 0.0, "again": 0.0}
    judge((Case("", "", signals) for signals in cases), rules)
    rules.known.clear()
    for when in spent:
        started = time.process_time()
        for signals in cases:
            categorize(signals, rules)
        spent[when] = (time.process_time() - started) / len(cases) * 1e6
    return f"{len(cases)} messages, {spent['first']:.0f} µs each, {spent['again']:.1f} µs again"


def main() -> int:
    """Prints the report; 1 where a sample of a rule does not get its own verdict."""
    issues = Issues()
    started = time.perf_counter()
    rules = load_rules([resource("rules")], issues)
    loaded = time.perf_counter() - started
    groups = [own_cases(), held_out_cases(), staged_cases(), staged_cases(stacks=True)]
    parts = [f"{len(rules.rules)} rules read in {loaded * 1000:.0f} ms, {len(issues.rows())} faulty"]
    parts += [str(issue) for issue in issues.rows()]
    failing = failing_samples(rules)
    parts += failing
    parts += [report(judge(cases, rules)) for cases in groups if cases]
    parts.append(summary(judge(own_cases("sources"), rules)))
    for name in ("numbers", "public", "threads", "fresh", "unseen", "field", "afield", "shown", "kept"):
        public = judge(public_cases(name), rules)
        parts.append(report(public) if "--public" in sys.argv[1:] else summary(public))
    for name in rounds():
        judged = judge(public_cases(name), rules)
        parts += [head(name), "  now " + (report(judged) if "--public" in sys.argv[1:] else summary(judged))]
    parts.append(cost(rules))
    sys.stdout.write("\n".join(parts) + "\n")
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
