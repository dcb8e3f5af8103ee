"""A few rows to ask queries of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from explorer.query import Coded, Mask, Numbers

DAY_NS = 20_000 * 86_400 * 10**9  # 2024-10-04


def coded(values: Sequence[str | None]) -> Coded:
    """A text column; None becomes the code -1."""
    table = sorted({value for value in values if value is not None})
    codes = [table.index(value) if value is not None else -1 for value in values]
    return np.array(codes, dtype=np.int32), table


@dataclass
class Rows:
    """Columns of literal values."""

    length: int
    texts: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    values: Mapping[str, Numbers] = field(default_factory=dict)
    attributes: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    day_start_ns: int = DAY_NS
    searched: Sequence[str] = ()

    def strings(self, field: str) -> Coded | None:
        return coded(self.texts[field]) if field in self.texts else None

    def numbers(self, field: str) -> Numbers | None:
        return self.values.get(field)

    def attribute(self, name: str) -> Coded | None:
        return coded(self.attributes[name]) if name in self.attributes else None

    def text_match(self, needle: str, exact: bool) -> Mask:
        if exact:
            whole = re.compile(rf"(?<!\w){re.escape(needle)}(?!\w)")
            return np.array(
                [whole.search(text.lower()) is not None for text in self.searched], dtype=np.bool_
            )
        return np.array([needle in text.lower() for text in self.searched], dtype=np.bool_)


def clock_ns(hour: int, minute: int, second: float = 0) -> int:
    """A time of the rows' day."""
    return DAY_NS + int((hour * 3600 + minute * 60 + second) * 10**9)


SPANS = Rows(
    6,
    texts={
        "service": ["edge", "ranking-api", "Ranking-API", "feature-store", None, "edge"],
        "operation": ["GET /recommend", "POST /v2/rank", "rank *", "GetOnlineFeatures", "", "GET /health"],
        "status": ["error", "error", "ok", "unset", "unset", "ok"],
        "outcome": ["failing", "failing", "failing", "degraded", "ok", "ok"],
        "kind": ["server", "client", "server", "server", "internal", "server"],
        "level": ["ERROR", "Warning", "info", "DEBUG", None, "odd"],
        "trace": ["4bf92f3577b34da6a3ce929d0e0e4736"] * 3 + ["00f067aa0ba902b7"] * 3,
        "error": [None, "ValueError: Input contains NaN", None, None, None, None],
        "id": ["rq-7F3a", "rq-7F3a", "rq-81b0", "RQ-81B0", "x", "y"],
    },
    values={
        "duration": np.array([1_284_000_000, 390_000_000, 200_000_000, 9_000_000, 0, 200_400_000], np.int64),
        "self": np.array([np.nan, 1e6, 2e6, 3e6, 4e6, 5e6]),
        "start": np.array([clock_ns(14, 7), clock_ns(14, 7, 31.5), clock_ns(14, 8), clock_ns(0, 0), 0, 1], np.int64),
        "span": np.array([0x00F067AA0BA902B7, 0x1, 0xABC0000000000000, 0xABCFFFFFFFFFFFFF, 2, 3], np.uint64),
    },
    attributes={
        "http.response.status_code": ["502", "500", "200", None, "404.0", "x"],
        "retry": ["true", "True", "false", None, None, None],
        "latency_ms": ["250", "90", "200 ms", "0.5s", "fast", None],
        "payload": ["4096", "4 KiB", "5000", "1MB", None, None],
        "app.kubernetes.io/name": ["a b", "a", None, None, None, None],
    },
    searched=["GET /recommend 502", "POST rank 15020", "rank", "no default for user_v4", "", "time out"],
)  # fmt: skip
