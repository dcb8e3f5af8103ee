"""What is worked on later: messages of requests, in traces of their own that link back."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.incident.fleet import pod_of
from tests.incident.moments import MS, SECOND
from tests.incident.recorder import Recorder, Span

_BATCH = 7


def impressions(recorders: Sequence[Recorder], seed: str) -> list[Span]:
    """impression-log takes one message at a time and keeps the request's id."""
    spans: list[Span] = []
    for rec in recorders:
        for sent in _sent(rec, "impressions publish"):
            rng = random.Random(f"{seed} impression {sent.id}")
            pod = pod_of(rng, "impression-log")
            start = sent.end_us + round((0.3 + 1.4 * rng.random()) * SECOND)
            spans.append(
                Span(rng.getrandbits(128), rng.getrandbits(64) | 1, 0, pod, "impressions process", "consumer",
                     start, start + round((9 + 8 * rng.random()) * MS),
                     {"messaging.system": "kafka", "messaging.destination.name": "impressions",
                      "request_id": rec.request.id}, links=((sent.trace, sent.id),))
            )  # fmt: skip
    return spans


def audits(recorders: Sequence[Recorder], seed: str) -> list[Span]:
    """score-auditor takes several messages at once: one trace with a link to each."""
    sent = sorted(
        (one for rec in recorders for one in _sent(rec, "audit.scores publish")), key=lambda one: one.end_us
    )
    spans: list[Span] = []
    for nth in range(0, len(sent), _BATCH):
        batch = sent[nth : nth + _BATCH]
        rng = random.Random(f"{seed} audit {nth}")
        start = batch[-1].end_us + round((0.4 + rng.random()) * SECOND)
        spans.append(
            Span(rng.getrandbits(128), rng.getrandbits(64) | 1, 0, pod_of(rng, "score-auditor"), "audit.scores process",
                 "consumer", start, start + round((30 + 25 * rng.random()) * MS),
                 {"messaging.system": "kafka", "messaging.destination.name": "audit.scores",
                  "messaging.batch.message_count": len(batch)}, links=tuple((one.trace, one.id) for one in batch))
        )  # fmt: skip
    return spans


def _sent(rec: Recorder, name: str) -> list[Span]:
    return [span for span in rec.spans if span.name == name]
