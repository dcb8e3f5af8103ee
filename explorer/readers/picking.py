"""Finds the few attributes that analysis needs without decoding all attributes of all spans.

Any span can carry a request id or a status code, yet decoding every attribute of a million spans costs
more than reading them. Spans of one service and operation carry the same attribute names nearly always, so
the first :data:`SAMPLE` spans of each (service, operation) are decoded whole; from then on only those whose
kind of span had a telling name are, or which failed. What is found is written straight into the builder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from explorer.model.builder import Builder
from explorer.model.fields import GROUP_ROLES, PEER_ORDER, ROW_ROLES, Role, normalise, role
from explorer.model.schema import GRPC, FailureKind

SAMPLE: Final = 8

Pairs = Iterable[tuple[str, object]]
_TELLING: Final = frozenset(
    {
        *ROW_ROLES,
        *GROUP_ROLES,
        Role.HTTP_STATUS,
        Role.GRPC_STATUS,
        Role.ERROR_TYPE,
        Role.ERROR_FLAG,
        Role.PEER,
    }
    | {Role.EXCEPTION_TYPE, Role.EXCEPTION_MESSAGE}
)


class Picked:
    """What the attributes of one span told."""

    __slots__ = (
        "code",
        "error",
        "error_type",
        "exception_message",
        "exception_type",
        "fields",
        "peer",
        "_peer_rank",
    )

    def __init__(self) -> None:
        self.code = 0
        self.peer = ""
        self.error: object = None
        self.error_type = ""
        self.exception_type = ""
        self.exception_message = ""
        self.fields: list[tuple[str, str]] = []
        self._peer_rank = len(PEER_ORDER)

    def take(self, name: str, value: object) -> None:
        """Take one attribute into account."""
        found = role(name)
        if found is None or value is None:
            return
        if found in ROW_ROLES or found in GROUP_ROLES:
            self.fields.append((name, str(value)))
        elif found is Role.HTTP_STATUS or found is Role.GRPC_STATUS:
            self._take_code(found, value)
        elif found is Role.PEER:
            flat = normalise(name)
            rank = PEER_ORDER.index(flat) if flat in PEER_ORDER else len(PEER_ORDER) - 1
            if rank < self._peer_rank and isinstance(value, str) and value:
                self.peer, self._peer_rank = value, rank
        elif found is Role.ERROR_FLAG:
            self.error = value
        elif found is Role.ERROR_TYPE:
            self.error_type = str(value)
        elif found is Role.EXCEPTION_TYPE:
            self.exception_type = str(value)
        elif found is Role.EXCEPTION_MESSAGE:
            self.exception_message = str(value)

    def _take_code(self, found: Role, value: object) -> None:
        try:
            number = int(str(value))
        except ValueError:
            number = _GRPC_NAMES.get(str(value).upper().removeprefix("STATUSCODE."), -1)
        if found is Role.GRPC_STATUS and 0 <= number <= 16:
            self.code = GRPC + number
        elif found is Role.HTTP_STATUS and 100 <= number <= 599:
            self.code = number

    def record_failure(self, builder: Builder, span: int) -> None:
        """Write the evidence of an error into the builder."""
        if self.exception_type or self.exception_message:
            builder.failure(span, FailureKind.EXCEPTION, self.exception_type, self.exception_message)
        if self.error_type:
            builder.failure(span, FailureKind.ERROR_TYPE, self.error_type, "")


_GRPC_NAMES: Final = {
    name: number
    for number, name in enumerate(
        "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED"
        " RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE"
        " DATA_LOSS UNAUTHENTICATED".split()
    )
}


def pick(pairs: Pairs) -> Picked:
    """All that the attributes of one span tell."""
    picked = Picked()
    for name, value in pairs:
        picked.take(name, value)
    return picked


class Picker:
    """Decides whose attributes are decoded; one for each run of reading."""

    def __init__(self, is_id_field: Callable[[str], bool]) -> None:
        self._is_id_field = is_id_field
        self._seen: dict[tuple[int, int], int] = {}
        self._telling: set[tuple[int, int]] = set()

    def wants(self, service: int, name: int) -> bool:
        """Whether a span of that service and operation must be decoded. A span that failed always must."""
        key = (service, name)
        if key in self._telling:
            return True
        seen = self._seen.get(key, 0)
        if seen >= SAMPLE:
            return False
        self._seen[key] = seen + 1
        return True

    def learn(self, service: int, name: int, pairs: Pairs) -> Picked:
        """Pick from a decoded span and remember whether its kind is telling."""
        picked = Picked()
        telling = False
        for key, value in pairs:
            telling = telling or role(key) in _TELLING or self._is_id_field(key)
            picked.take(key, value)
            if self._is_id_field(key) and (not picked.fields or picked.fields[-1][0] != key):
                picked.fields.append((key, str(value)))
        if telling:
            self._telling.add((service, name))
        return picked
