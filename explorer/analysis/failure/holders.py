"""Who held the lock that others waited for: a long span in another trace that names the same lock."""

from __future__ import annotations

import re

import numpy as np

from explorer.analysis.facts import Facts
from explorer.analysis.reading import Reading
from explorer.analysis.results import Step
from explorer.analysis.wording import time_word

_WAITED = re.compile(
    r"lock wait|wait(?:ing|ed)? (?:for|on) (?:a |the )?\w* ?lock|could not obtain lock|lock (?:request )?time ?d? ?out"
    r"|locknotavailable|database (?:table )?is locked|due to lock",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:^|[._-])(?:b?lock(?:ed|ing)?|mutex|lease)(?:$|[._-])", re.IGNORECASE)
_MOST_READ = 40


def waits_for_lock(text: str) -> bool:
    """Whether an error says that a lock was waited for in vain."""
    return bool(_WAITED.search(text[:2000]))


def holder_of(reading: Reading, facts: Facts, waiter: int) -> int:
    """The span that held what a span waited for: at work before and meanwhile, naming the same lock; -1 for none."""
    spans = facts.store.spans
    locks = _locks(reading, waiter)
    if not locks:
        return -1
    other = (spans.trace != spans.trace[waiter]) & ~facts.hard & (spans.start <= spans.start[waiter])
    other &= (spans.end > spans.start[waiter]) & (spans.duration >= spans.duration[waiter])
    rows = np.flatnonzero(other)
    rows = rows[np.argsort(-spans.duration[rows], kind="stable")][:_MOST_READ]
    return next((row for row in rows.tolist() if locks & _locks(reading, row)), -1)


def _locks(reading: Reading, row: int) -> set[str]:
    """The locks that a span's attributes name."""
    return {str(value) for name, value in reading.span(row).attributes if _NAMED.search(name) and value}


def path_from(facts: Facts, holder: int, path: tuple[Step, ...]) -> tuple[Step, ...]:
    """The path of who waited, from the holder on."""
    store = facts.store
    text = f"held the lock for {time_word(int(store.spans.duration[holder]))}"
    first = Step(
        holder, (holder,), store.service(holder), store.operation(holder), "origin", None, text,
        int(store.spans.start[holder]),
    )  # fmt: skip
    rest = path[1:] if path[0].row < 0 and len(path) > 1 else path
    waiter = rest[0]._replace(role="raised" if len(rest) > 1 else "surfaced", relation="timeout")
    return first, waiter, *rest[1:]
