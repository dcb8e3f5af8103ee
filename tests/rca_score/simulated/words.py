"""What made-up services say when they fail, and when they do not."""

from __future__ import annotations

from tests.rca_score.simulated.effects import Error

CODE = (
    ("NullPointerException", 'Cannot invoke "Price.amount()" because "price" is null'),
    ("KeyError", "'tier'"),
    ("IndexError", "list index out of range"),
    ("TypeError", "unsupported operand type(s) for +: 'int' and 'NoneType'"),
    ("IllegalStateException", "settlement already closed"),
    ("AssertionError", "total does not match its lines"),
    ("AttributeError", "'NoneType' object has no attribute 'region'"),
    ("ArithmeticException", "/ by zero"),
    ("UnhandledPromiseRejection", "Cannot read properties of undefined (reading 'id')"),
)
DB = (
    ("OperationalError", "deadlock detected", {"application", "infrastructure"}),
    (
        "OperationalError",
        "remaining connection slots are reserved for non-replication superuser connections",
        {"capacity", "infrastructure"},
    ),
    ("DatabaseError", 'could not extend file "base/16384": No space left on device', {"system"}),
    (
        "InternalError",
        "cannot execute UPDATE in a read-only transaction",
        {"infrastructure", "configuration"},
    ),
)
ODD = (
    Error("CardDeclined", "insufficient funds"),
    Error("OptimisticLockException", "row was updated by another transaction"),
    Error("ThrottledError", "partner asked to slow down"),
    Error("StaleObjectError", "attempted to update a stale object"),
    Error("SocketException", "Connection reset"),
    Error("", "", 500, 13),
)
LOUD = (
    "deprecated field used by client, ignoring",
    "metrics exporter queue full, dropping 14 items",
    "failed to refresh feature flags, using cached values",
    "cache miss for tenant config",
)
