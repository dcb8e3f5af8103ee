"""Ids in brackets before a message: ``pay [request_id=rq-81, trace_id=0af7…] no stock`` says "no stock"."""

from __future__ import annotations

import re
from typing import Final

from explorer.decoding.logs.objects import FIELD_ROLES, RESOURCE_ROLES, Pairs
from explorer.decoding.logs.short_names import meant
from explorer.model.fields import Role, normalise, role

_NAME: Final = r"[A-Za-z@][\w.\-@]*"
_VALUE: Final = r"[^\s,;|\]=]*"
_ONE: Final = rf"{_NAME}[=:] ?{_VALUE}"
_CONTEXT: Final = re.compile(
    rf"(?:(?P<before>[A-Za-z][\w.$/\-]{{0,79}}):? +)?\[(?P<pairs>{_ONE}(?:[,;| ]+{_ONE})*)\]"
    r"(?:\s*[-:](?=\s))?\s*(?=\S)"
)
_PAIR: Final = re.compile(rf"({_NAME})[=:] ?({_VALUE})")
_IDS: Final = FIELD_ROLES | {Role.TRACE_ID, Role.SPAN_ID, Role.TRACE_CONTEXT}
_BESIDE: Final = frozenset(
    {"traceflags", "tracesampled", "sampled", "parentid", "parentspanid", "spanexportable"}
)


def without_context(message: str) -> tuple[str, Pairs]:
    """A message without the ids in brackets that it begins with, and these ids; a word before them is its logger.

    Nothing is taken off where anything else than ids and what they are of stands in the brackets.
    """
    match = _CONTEXT.match(message)
    if match is None:
        return message, []
    pairs = [(meant(name, value), value) for name, value in _PAIR.findall(match["pairs"])]
    roles = [role(name) for name, _ in pairs]
    known = all(
        one in _IDS or one in RESOURCE_ROLES or normalise(name) in _BESIDE
        for one, (name, _) in zip(roles, pairs, strict=True)
    )
    if not known or not _IDS.intersection(roles):
        return message, []
    before: Pairs = [("logger", match["before"])] if match["before"] else []
    return message[match.end() :], [*before, *pairs]
