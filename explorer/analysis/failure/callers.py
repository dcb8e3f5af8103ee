"""Who made a bad request: the step of the caller that built it, where there is one."""

from __future__ import annotations

import re

from explorer.analysis.failure.scene import Scene
from explorer.model.schema import Kind

_BUILDS = re.compile(
    r"\b(?:build|prepar|render|assembl|serializ|serialis|compos|construct|encod|format|marshal|templat|make|creat|"
    r"prompt|tokeniz|tokenis|payload|request|convert|transform|map)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def builder_of(scene: Scene, client: int) -> int:
    """The span right before the call, of the same service and parent, whose name says that it builds something.

    -1 where there is none.
    """
    spans = scene.facts.store.spans
    parent = int(spans.parent[client])
    if parent < 0:
        return -1
    kin = spans.children_of(parent)
    before = kin[
        (spans.end[kin] <= spans.start[client] + 1_000_000) & (spans.service[kin] == spans.service[client])
    ]
    before = before[(spans.kind[before] == Kind.INTERNAL) | (spans.kind[before] == Kind.UNSPECIFIED)]
    for row in before[::-1].tolist():
        if row != client and _BUILDS.search(" ".join(_WORDS.findall(scene.facts.store.operation(row)))):
            return int(row)
    return -1
