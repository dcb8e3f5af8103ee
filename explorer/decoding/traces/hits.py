"""Documents of Elasticsearch and OpenSearch as they are exported: search answers, ``elasticdump``'s, bare ones."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from explorer.decoding.documents import listed, named, number
from explorer.decoding.outline import outline

_DOCUMENT: Final = re.compile(rb'"(_source|fields)"\s*:\s*\{')
_COPIES: Final = (".text", ".keyword")
_LOOKED_AT: Final = 20
_outline: Final = outline.__wrapped__
_ANSWERS: Final = ("response", "rawResponse", "body")


@dataclass(slots=True)
class Hits:
    """The documents of an export.

    Attributes:
        documents: each as an object; those of the ``fields`` form have dotted names and single values.
        broken: what stood in the place of a document and was no object.
        total: how many the search found, -1 where it is not said.
        wrapped: whether they came in an answer or with their index.
    """

    documents: list[dict[str, Any]] = field(default_factory=list)
    broken: int = 0
    total: int = -1
    wrapped: bool = False

    @property
    def remark(self) -> str:
        """What to say where the export holds fewer documents than the search found; empty otherwise."""
        here = len(self.documents) + self.broken
        return f"{here} of {self.total} hits are in this export" if self.total > here else ""


def hits_in(value: Any) -> Hits:
    """The documents of a decoded export, however it is wrapped."""
    found = Hits()
    for one in value if isinstance(value, list) else [value]:
        for hit in _unwrapped(one, found):
            document = _document(hit)
            if document is None:
                found.broken += 1
            else:
                found.documents.append(document)
                found.wrapped = found.wrapped or document is not hit
    return found


def _unwrapped(one: Any, found: Hits) -> Iterator[Any]:
    if not isinstance(one, dict):
        yield one
        return
    is_answer = False
    for answer in (one, *(named(one.get(name)) for name in _ANSWERS)):
        for part in (answer, *map(named, listed(answer.get("responses")))):
            inner = part.get("hits")
            if isinstance(inner, dict) and isinstance(inner.get("hits"), list):
                total = inner.get("total")
                count = number(total.get("value") if isinstance(total, dict) else total)
                if count is not None and math.isfinite(count):
                    found.total = max(found.total, 0) + int(count)
                found.wrapped = is_answer = True
                yield from inner["hits"]
    if not is_answer:
        yield one


def _document(hit: Any) -> dict[str, Any] | None:
    if not isinstance(hit, dict):
        return None
    source, fields = hit.get("_source"), hit.get("fields")
    if isinstance(source, dict) and source:
        return source
    for one in (fields, hit):
        if isinstance(one, dict) and one and all(isinstance(item, list | None) for item in one.values()):
            return {
                name: item[0] if len(item) == 1 else item
                for name, item in one.items()
                if item is not None and not (name.endswith(_COPIES) and name.rpartition(".")[0] in one)
            }
    return None if "_source" in hit else hit


@lru_cache(maxsize=4)
def names_in(head: bytes) -> frozenset[str]:
    """The dotted names, of at most three levels, that the first documents of an export have."""
    if not is_wrapped(head):
        return frozenset(".".join(path) for path in outline(head))
    names: set[str] = set()
    for match in islice(_DOCUMENT.finditer(head), _LOOKED_AT):
        name = match[1].decode()
        names |= {".".join(path[1:]) for path in _outline(b"{" + head[match.start() :]) if path[0] == name}
    return frozenset(names)


def is_wrapped(head: bytes) -> bool:
    """Whether the record is an answer or a hit, not a document."""
    paths = outline(head)
    return (
        ("_source",) in paths
        or (("fields",) in paths and ("_index",) in paths)
        or (b'"hits"' in head and bool(paths & _AROUND))
    )


_AROUND: Final = frozenset({("hits", "hits"), *((name,) for name in ("responses", *_ANSWERS))})
