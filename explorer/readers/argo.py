"""Argo Workflows as ``argo get``, ``argo list`` or ``kubectl get workflow`` print them with ``-o json`` or ``-o yaml``.

YAML goes as far as :mod:`explorer.decoding.block_yaml`; it is read when its file ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.block_yaml import documents
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, text
from explorer.decoding.gathering import gather, hand_on
from explorer.decoding.lenient import dumps
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Parsed
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.decoding.traces.workflow import add_workflow
from explorer.model.builder import Builder, Records

NAME: Final = "argo"
LABEL: Final = "Argo Workflows"
RECOGNISED_BY: Final = "kind Workflow of argoproj.io, or an entrypoint and a status with nodes"
FRAMINGS: Final = ("lines", "document")

_KIND: Final = re.compile(rb'"kind"\s*:\s*"Workflow(?:List)?"')
_API: Final = re.compile(rb'"apiVersion"\s*:\s*"argoproj\.io/')
_YAML_KIND: Final = re.compile(rb"\n(?:- |  )?kind: Workflow(?:List)?\s*\n")
_YAML_API: Final = re.compile(rb"\n(?:- |  )?apiVersion: argoproj\.io/")
_YAML_METADATA: Final = re.compile(rb"\nmetadata:\s*\n")
_PLACES: Final = ((), ("items",))


def detect(head: bytes) -> Confidence | None:
    """By the kind, or by what only workflows have."""
    begin = head[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if begin not in (b"{", b"["):
        return Confidence.CERTAIN if _is_yaml(head) else None
    if b"orkflow" not in head and b'"entrypoint"' not in head:
        return None
    paths = outline(head)
    for above in _PLACES:
        if _KIND.search(head) and _API.search(head) and (*above, "kind") in paths:
            return Confidence.CERTAIN
        nodes = (*above, "status", "nodes") in paths or (*above, "status", "compressedNodes") in paths
        if (*above, "spec", "entrypoint") in paths and ((*above, "metadata") in paths or nodes):
            return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is no workflow, or does not parse, is returned."""
    if builder.held != NAME and records[0][:1] in (b"{", b"["):
        return read_plain(records, builder, parse)
    gather(records, builder, NAME, lambda whole: _read_yaml(whole, builder))
    return ()


def _read_yaml(data: bytes, builder: Builder) -> None:
    """Hand the documents of a whole file on as JSON."""
    try:
        found = documents(data.decode("utf-8", "replace"))
    except ValueError as error:
        builder.skip("warning", "broken-yaml", f"YAML that is not understood: {error}", offset=0)
        return
    for value in filter(None, found):
        hand_on(builder, dumps(value))


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def hides(raw: bytes) -> bool:
    """Whether nodes are packed in it."""
    return b'"compressedNodes"' in raw


def parse(value: Any) -> Parsed | None:
    """The nodes of workflows, alone or listed; None where there is none."""
    parsed = Parsed()
    found = value if isinstance(value, list) else listed(named(value).get("items")) or [value]
    workflows = [one for one in found if _is_workflow(named(one))]
    for one in workflows:
        add_workflow(one, parsed)
    return parsed if workflows else None


def _is_workflow(one: dict[str, Any]) -> bool:
    return text(one.get("kind")) == "Workflow" or "entrypoint" in named(one.get("spec"))


def _is_yaml(head: bytes) -> bool:
    """By the kind, or by keys of a workflow at their places; without a kind, as Argo's own tests write it."""
    begin = b"\n" + head[:4096]
    if _YAML_KIND.search(begin) and _YAML_API.search(begin):
        return True
    if b"\n    workflows.argoproj.io/" in begin:
        return True
    spec = begin.find(b"\nspec:")
    return spec >= 0 and b"\n  entrypoint: " in begin[spec:] and bool(_YAML_METADATA.search(begin))
