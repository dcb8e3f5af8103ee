"""Labels made of other labels: ``label_replace`` and ``label_join``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.analysis.alerting.vectors import Labels, Vector

_REFERENCE = re.compile(r"\$(?:(\d+)|(\w+)|\{(\w+)\})")


def relabelled(vector: Vector, name: str, words: Sequence[str]) -> Vector:
    """The vector with one label of each row made anew; ``words`` as PromQL has the arguments."""
    make = _replaced if name == "label_replace" else _joined
    return Vector(tuple(make(labels, words) for labels in vector.labels), vector.values, vector.there)


def _replaced(labels: Labels, words: Sequence[str]) -> Labels:
    target, text, source, pattern = words
    match = re.compile(pattern, re.DOTALL).fullmatch(dict(labels).get(source, ""))
    if match is None:
        return labels
    groups = match.groupdict()

    def value(found: re.Match[str]) -> str:
        if found[1]:
            number = int(found[1])
            return (match[number] or "") if number <= (match.re.groups or 0) else ""
        return groups.get(found[2] or found[3]) or ""

    return _with(labels, target, _REFERENCE.sub(value, text))


def _joined(labels: Labels, words: Sequence[str]) -> Labels:
    target, between, *sources = words
    known = dict(labels)
    return _with(labels, target, between.join(known.get(name, "") for name in sources))


def _with(labels: Labels, name: str, text: str) -> Labels:
    rest = dict(labels) | {name: text}
    return tuple(sorted((key, value) for key, value in rest.items() if value))
