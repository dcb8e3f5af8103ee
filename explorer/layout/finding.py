"""Finding words in the spans of a slice: in names, each distinct one once, and in the bytes of their documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.fulltext import spans_holding
from explorer.analysis.scanning import Step, no_step
from explorer.decoding.needles import Needle
from explorer.model.store import Store


def find_rows(store: Store, first: int, last: int, words: str, step: Step = no_step) -> NDArray[np.int64]:
    """Rows whose service, operation, peer, error, id or attributes hold all the words, ignoring case; all must match.

    Args:
        first, last: the slice of span rows.
        words: blank-separated; empty finds nothing.
        step: told how far each word is.

    Raises:
        Cancelled: by ``step``.
    """
    wanted = words.lower().split()
    if not wanted or first >= last:
        return np.empty(0, np.int64)
    found = np.ones(last - first, bool)
    for word in wanted:
        if not found.any():
            break
        said = spans_holding(store, Needle(word), step, slice(first, last))[first:last]
        found &= said | _holds(store, first, last, word)
    return np.flatnonzero(found) + first


def _holds(store: Store, first: int, last: int, word: str) -> NDArray[np.bool_]:
    spans, rows = store.spans, slice(first, last)
    hit = _among(store.services, spans.service[rows], word) | _among(store.operations, spans.name[rows], word)
    hit |= _among(store.texts, spans.peer[rows], word)
    failures = store.failures
    part = slice(
        int(np.searchsorted(failures["span"], first, "left")),
        int(np.searchsorted(failures["span"], last, "left")),
    )
    in_failure = _among(store.texts, failures["type"][part], word) | _among(
        store.texts, failures["message"][part], word
    )
    hit[failures["span"][part][in_failure] - first] = True
    if len(word) >= 4 and all(c in "0123456789abcdef" for c in word):
        hit |= np.array([word in f"{number:016x}" for number in spans.span_id[rows].tolist()], bool)
    return hit


def _among(table: Sequence[str], codes: NDArray[np.int32], word: str) -> NDArray[np.bool_]:
    """Whether the text of each code holds the word; one look at each distinct text."""
    distinct, inverse = np.unique(codes, return_inverse=True)
    holds = np.array([word in table[code].lower() for code in distinct.tolist()], bool)
    return holds[inverse] if len(distinct) else np.zeros(len(codes), bool)
