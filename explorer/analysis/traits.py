"""What an error says about itself, as far as the walk along the calls needs to know: cancelled, timed out, refused …

Words and codes of protocols and libraries, not of systems; each distinct text of a bundle is looked at once.
Sources: gRPC status codes (grpc/doc/statuscodes.md), RFC 9110, nginx 499, Envoy response flags, errno names,
resilience4j, Polly, Hystrix, HikariCP, urllib3, Go net, Node.js system errors.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.model.schema import GRPC, FailureKind, Kind, SpanFlag
from explorer.model.store import Store

Traits = NDArray[np.uint16]


class Trait:
    """What the walk distinguishes, as bits (plain numbers: they are combined for every failed span)."""

    CANCELLED: Final = 1  # ended because somebody else stopped waiting
    TIMEOUT: Final = 2  # stopped waiting itself
    REFUSED: Final = 4  # no connection came about: refused, no route, no DNS, no TLS, no healthy upstream
    BROKEN: Final = 8  # the connection ended in between: reset, closed, EOF
    BREAKER: Final = 16  # a circuit breaker did not let the call out
    POOL: Final = 32  # waited for a connection or thread of its own pool
    LIMITED: Final = 64  # rate limit, quota
    MISUSE: Final = 128  # answered 4xx: the request was bad, says the callee
    ABSENT: Final = 256  # not found, already exists: often by design
    RELAYED: Final = (
        512  # says only that something behind it failed (5xx of a gateway, UNAVAILABLE, RetryError)
    )


REJECTED: Final = Trait.REFUSED | Trait.BREAKER | Trait.BROKEN
"""The callee did not answer at all."""

_WORDS: tuple[tuple[int, str], ...] = (
    (
        Trait.CANCELLED,
        (
            r"cancell?ed\b|cancellederror|cancellation|context canceled|aborterror"
            r"|client (?:disconnect|closed|gone|left)|downstream.{0,20}(?:disconnect|reset)|request aborted"
            r"|clientdisconnect"
        ),
    ),
    (
        Trait.TIMEOUT,
        (
            r"time[d\-_ ]?out|deadline.{0,20}exceeded|deadlineexceeded|timeouterror|timeoutexception|\bETIMEDOUT\b"
            r"|took too long|time limit|(?:no|not) (?:answer|respon|repl).{0,60}(?:within \d|in time)"
        ),
    ),
    (
        Trait.REFUSED,
        (
            r"connection ?refused|connectionrefused|\bECONNREFUSED\b|no route to host|\bEHOSTUNREACH\b|\bENETUNREACH\b"
            r"|network is unreachable|host unreachable|name resolution|\bENOTFOUND\b|getaddrinfo|no such host"
            r"|unknownhost|nodename nor servname|could not resolve|dns (?:error|lookup|resolution)|\bNXDOMAIN\b"
            r"|\bSERVFAIL\b|failed to connect|cannot connect|could not connect|connect(?:ion)? (?:failed|failure|error)"
            r"|unable to connect|no (?:healthy|available) (?:upstream|instance|host|server|endpoint)"
            r"|no instances? available"
            r"|connecterror|connectexception|max retries exceeded"
            r"|certificate|\bPKIX path|\bx509\b"
            r"|\bSSL|tls handshake|handshake fail|no (?:ready )?endpoints|no available server"
        ),
    ),
    (
        Trait.BROKEN,
        (
            r"connection (?:was )?(?:reset|closed|aborted|lost|terminated)|\bECONNRESET\b|broken ?pipe|\bEPIPE\b"
            r"|connectionreset|socket (?:hang up|closed)|unexpected eof|(?-i:\bEOF\b)|server disconnected"
            r"|remote end closed|stream (?:reset|closed|terminated)|prematurely closed|before headers|rst_stream"
        ),
    ),
    (
        Trait.BREAKER,
        (
            r"circuit.?(?:breaker|is open|open)|circuitbreaker|callnotpermitted|brokencircuit|short-?circuited"
            r"|breaker.{0,20}open|hystrix.{0,40}open|outlier ejection"
        ),
    ),
    (
        Trait.POOL,
        (
            r"pool.{0,40}(?:exhaust|timeout|timed out|limit|empty|full)|too many (?:connections|clients)|bulkhead"
            r"|connection is not available|queuepool|could not get a? ?(?:resource|connection) from|pool is closed"
            r"|rejectedexecution|thread pool|no (?:free|available) connection"
        ),
    ),
    (Trait.LIMITED, r"rate.?limit|too many requests|quota|throttl|resource_?exhausted|\b429\b"),
    (Trait.ABSENT, r"\bnot.?found\b|already.?exists|no such (?:key|object|entity)|does not exist"),
    (
        Trait.RELAYED,
        (
            r"bad gateway|upstream|service unavailable|serviceunavailable|internal server error|gateway time"
            r"|status(?: code)?:? ?5\d\d|^5\d\d$|returned 5\d\d|retryerror|dependency failed|downstream|unavailable"
        ),
    ),
)
_NUMBER = re.compile(r"(?<![A-Za-z\d])(?![45]\d\d(?!\d))\d+")
"""Numbers but HTTP's 4xx and 5xx: of messages that differ only in these, one is looked at."""
_PATTERNS = tuple((trait, re.compile(words, re.IGNORECASE)) for trait, words in _WORDS)

_HTTP: dict[int, int] = {
    404: Trait.ABSENT | Trait.MISUSE, 409: Trait.ABSENT | Trait.MISUSE, 410: Trait.ABSENT | Trait.MISUSE,
    412: Trait.ABSENT | Trait.MISUSE, 400: Trait.MISUSE, 401: Trait.MISUSE, 403: Trait.MISUSE, 405: Trait.MISUSE,
    406: Trait.MISUSE, 411: Trait.MISUSE, 413: Trait.MISUSE, 414: Trait.MISUSE, 415: Trait.MISUSE,
    422: Trait.MISUSE, 408: Trait.TIMEOUT, 429: Trait.LIMITED, 499: Trait.CANCELLED, 502: Trait.RELAYED,
    503: Trait.RELAYED, 504: Trait.RELAYED | Trait.TIMEOUT,
}  # fmt: skip
_RPC: dict[int, int] = {
    1: Trait.CANCELLED, 3: Trait.MISUSE, 4: Trait.TIMEOUT, 5: Trait.ABSENT | Trait.MISUSE,
    6: Trait.ABSENT | Trait.MISUSE, 7: Trait.MISUSE, 8: Trait.LIMITED, 9: Trait.MISUSE, 11: Trait.MISUSE,
    14: Trait.RELAYED, 16: Trait.MISUSE,
}  # fmt: skip


def of_text(text: str) -> int:
    """What a message or class name says."""
    return _of_template(_NUMBER.sub("0", text[:1000]))


@lru_cache(maxsize=1 << 14)
def _of_template(text: str) -> int:
    found = 0
    for trait, pattern in _PATTERNS:
        if pattern.search(text):
            found |= trait
    return found


def of_code(code: int) -> int:
    """What a protocol status (as in the column ``code``) says."""
    return _RPC.get(code - GRPC, 0) if code >= GRPC else _HTTP.get(code, 0)


def span_traits(store: Store) -> Traits:
    """uint16 (n,): traits of every span with evidence of an error, from its codes and the texts of its failures.

    An exception speaks before a bare code: a 503 whose exception is a ValueError is no rejection.
    """
    spans = store.spans
    traits = np.zeros(len(spans), np.uint16)
    table = store.failures
    for column in ("type", "message"):
        codes = table[column].astype(np.int64)
        known = {code: of_text(store.texts[code]) for code in np.unique(codes).tolist() if code}
        bits = np.array([known.get(code, 0) for code in codes.tolist()], np.uint16)
        strong = table["kind"] < FailureKind.CODE
        np.bitwise_or.at(traits, table["span"][strong], bits[strong])
    coded = np.flatnonzero(spans.code)
    for code in np.unique(spans.code[coded]).tolist():
        bits_of_code = of_code(code)
        if bits_of_code:
            rows = coded[spans.code[coded] == code]
            traits[rows] |= np.uint16(bits_of_code)
    return traits


def expected(store: Store, traits: Traits) -> NDArray[np.bool_]:
    """Bool (n,): failed spans that are no failure by design.

    A client that got 404 (or a conflict, or was cancelled) while its callee did not mark an error, and whose
    parent went on; the answer of a server with 404, 409, 410, 412 or 499 even where its library marks it.
    """
    spans = store.spans
    by_design = (traits & (Trait.ABSENT | Trait.CANCELLED)) != 0
    plain = ~_has_exception(store)
    server = (spans.kind == Kind.SERVER) & by_design & plain & _soft_code(store)
    parent_failed = (spans.parent >= 0) & (spans.failed & ~server)[np.maximum(spans.parent, 0)]
    client = (spans.kind != Kind.SERVER) & by_design & _soft_code(store) & ~parent_failed & plain
    return np.asarray(spans.failed & (server | client) & ~_unfinished(store))


def _soft_code(store: Store) -> NDArray[np.bool_]:
    soft = (404, 409, 410, 412, 499, GRPC + 1, GRPC + 5, GRPC + 6)
    return np.isin(store.spans.code, soft)


def _has_exception(store: Store) -> NDArray[np.bool_]:
    found = np.zeros(len(store.spans), bool)
    table = store.failures
    found[table["span"][table["kind"] == FailureKind.EXCEPTION]] = True
    return found


def _unfinished(store: Store) -> NDArray[np.bool_]:
    return np.asarray((store.spans.flags & np.uint16(SpanFlag.UNFINISHED)) != 0)
