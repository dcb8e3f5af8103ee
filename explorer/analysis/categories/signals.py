"""What is known of one error before it is judged: its signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "exception",
    "message",
    "error.type",
    "grpc",
    "http",
    "envoy",
    "k8s",
    "exit",
    "xid",
    "errno",
    "win32",
    "curl",
    "oracle",
    "mysql",
    "mssql",
    "mongodb",
    "log",
    "status",
    "quality",
    "hypothesis",
]

KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of text or one code that speaks about an error.

    Attributes:
        kind: what ``text`` is. ``exception``: a class name, its message in ``detail``; ``message``,
            ``log``, ``status``, ``quality``: free text; the others: a code (gRPC name or number, HTTP
            status, Envoy response flags, Kubernetes reason, exit code, NVIDIA Xid, a number of the operating system,
            of libcurl or of a database, name of a hypothesis).
        text: the class, text or code itself, as it was found.
        detail: text that came with it (message of the exception, of the Kubernetes event, of the status).
        layer: 0 for the innermost error; each wrapper around it adds one.
    """

    kind: Kind
    text: str
    detail: str = ""
    layer: int = 0
