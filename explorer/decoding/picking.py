"""What the attributes of one span tell: codes, peers, errors, correlation fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from explorer.decoding.lenient import lines_of, text_of
from explorer.model.fields import GROUP_ROLES, PEER_ORDER, ROW_ROLES, Role, normalise, role
from explorer.model.schema import GRPC, FailureKind

Pairs = Iterable[tuple[str, object]]


class Picked:
    """What the attributes of one span told."""

    # Defaults of the class: there is one for every span that failed, and most attributes tell nothing.
    code = 0
    peer = ""
    error: object = None
    error_type = ""
    exception_type = ""
    exception_message = ""
    stack = ""
    message = ""
    fields: tuple[tuple[str, str], ...] = ()
    _peer_rank = len(PEER_ORDER)

    def take(self, name: str, value: object) -> None:
        """Take one attribute into account."""
        found = role(name)
        if found is None or value is None:
            return
        if found in ROW_ROLES or found in GROUP_ROLES:
            self.fields += ((name, str(value)),)
        elif found in _TEXTS:
            setattr(self, _TEXTS[found], str(value))
        elif found in _CODES:
            code = code_of(name, value)
            if code >= GRPC or self.code < GRPC:  # gRPC answers HTTP 200 whatever happened
                self.code = code or self.code
        elif found is Role.PEER:
            flat = normalise(name)
            rank = PEER_ORDER.index(flat) if flat in PEER_ORDER else len(PEER_ORDER) - 1
            if rank < self._peer_rank and isinstance(value, str) and value:
                self.peer, self._peer_rank = value, rank
        elif found is Role.ERROR_FLAG:
            self.error = value
        elif found is Role.STACK:
            self.stack = lines_of(value)

    def reasons(self) -> Iterator[tuple[FailureKind, str, str]]:
        """The evidence of an error: where from, type, message."""
        if self.exception_type or self.exception_message:
            yield FailureKind.EXCEPTION, self.exception_type, self.exception_message
        if self.message:
            yield FailureKind.MESSAGE, "", self.message
        text = text_of(self.error)
        if text.lower() not in _NO_MESSAGE:
            yield FailureKind.MESSAGE, "", text
        if self.error_type:
            yield FailureKind.ERROR_TYPE, self.error_type, ""
        if self.code >= 400 and self.code != GRPC:
            yield FailureKind.CODE, code_name(self.code), ""


_CODES: Final = frozenset({Role.HTTP_STATUS, Role.GRPC_STATUS})
_TEXTS: Final = {
    Role.ERROR_TYPE: "error_type",
    Role.EXCEPTION_TYPE: "exception_type",
    Role.EXCEPTION_MESSAGE: "exception_message",
}
"""What is kept as it is written, and where."""
_NO_MESSAGE: Final = frozenset({"", "true", "false", "1", "0", "error"})


def code_of(name: str, value: object) -> int:
    """A protocol status for the column ``code``: an HTTP status, GRPC + a gRPC status (number or name), 0 for none."""
    try:
        number = int(str(value))
    except ValueError:
        number = _GRPC_NAMES.get(str(value).upper().removeprefix("STATUSCODE."), -1)
    if role(name) is Role.GRPC_STATUS:
        return GRPC + number if 0 <= number <= 16 else 0
    return number if 100 <= number <= 599 else 0


def code_name(code: int) -> str:
    """A protocol status for people: ``HTTP 503``, ``gRPC UNAVAILABLE``, empty for none."""
    if code >= GRPC:
        return f"gRPC {_GRPC_TEXTS.get(code - GRPC, code - GRPC)}"
    return f"HTTP {code}" if code else ""


_GRPC_NAMES: Final = {
    name: number
    for number, name in enumerate(
        "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED"
        " RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE"
        " DATA_LOSS UNAUTHENTICATED".split()
    )
}
_GRPC_TEXTS: Final = {number: name for name, number in _GRPC_NAMES.items()}


def pick(pairs: Pairs) -> Picked:
    """All that the attributes of one span tell."""
    picked = Picked()
    for name, value in pairs:
        if role(name) is not None:  # few have a meaning
            picked.take(name, value)
    return picked
