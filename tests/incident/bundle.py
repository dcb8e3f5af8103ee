"""The files of the incident, and the archive they are shipped in."""

from __future__ import annotations

import gzip
import io
import random
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tests.incident import cluster, exports, logfiles, metrics, otlp
from tests.incident.fleet import Pod
from tests.incident.journeys import travel
from tests.incident.moments import END, ROTATED, SECOND
from tests.incident.queues import audits, impressions
from tests.incident.recorder import Access, Log, Recorder, Span
from tests.incident.story import Request, plan

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NAME = "incident-2026-11-18"
_SEED = "2026-11-18"
_ELSEWHERE = {"auth": "zipkin", "impression-log": "jaeger", "score-auditor": "jaeger"}
_WINDOW_LOG = 24
SENT_TWICE = 12
"""Spans that the collector got twice."""


@dataclass(frozen=True)
class Incident:
    """All that was recorded. ``spans`` leaves out those that were lost on their way."""

    requests: tuple[Request, ...]
    spans: tuple[Span, ...]
    queued: tuple[Span, ...]
    logs: tuple[Log, ...]
    access: tuple[Access, ...]

    def of(self, system: str) -> list[Span]:
        """The spans that a system exported: ``otlp``, ``zipkin``, ``jaeger``."""
        return [
            span for span in (*self.spans, *self.queued) if _ELSEWHERE.get(span.pod.service, "otlp") == system
        ]

    def written_by(self, service: str) -> list[Log]:
        """The log records of a service."""
        return [log for log in self.logs if log.pod.service == service]


@cache
def incident() -> Incident:
    """The one incident."""
    recorders = [travel(request, _SEED) for request in plan(_SEED)]
    spans = [span for rec in recorders for span in rec.spans if not _lost(rec, span)]
    queued = [*impressions(recorders, _SEED), *audits(recorders, _SEED)]
    logs = [log for rec in recorders for log in rec.logs] + cluster.background(_SEED)
    access = [line for rec in recorders for line in rec.access]
    return Incident(
        tuple(rec.request for rec in recorders), tuple(spans), tuple(queued),
        tuple(sorted(logs, key=lambda log: (log.time_us, log.pod.name, log.text))),
        tuple(sorted(access, key=lambda line: (line.time_us, line.request))),
    )  # fmt: skip


def _lost(rec: Recorder, span: Span) -> bool:
    return rec.request.lost_span and span.name == "POST ranking-api"


@cache
def files() -> Mapping[str, bytes]:
    """Path in the archive to content."""
    told = incident()
    found = {
        "collector/otlp.jsonl": _joined(_collector(told)) + _CUT_BATCH,
        "zipkin/auth.json": exports.zipkin(told.of("zipkin")),
        "jaeger/consumers.json": exports.jaeger(told.of("jaeger")),
        **{f"logs/{name}": data for name, data in (*_app_logs(told), *_access_logs(told))},
        "logs/argocd/application-controller.log": logfiles.logfmt(cluster.rollouts()),
        **{f"prometheus/{name}": data for name, data in metrics.files(_entries(told), _SEED).items()},
        "reports/evidently-user_v4.json": cluster.evidently(),
        "dumps/model-server-2.cuda-snapshot.pickle": _pickle(),
    }
    return dict(sorted(found.items()))


_CUT_BATCH = (
    b'{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"edge-gat'
)
"""The collector was still writing when its file was copied."""


def _collector(told: Incident) -> list[bytes]:
    """Batches of spans with those of log records between them, and a few spans that were sent twice."""
    timed = [*otlp.span_batches(told.of("otlp")), *otlp.log_batches(told.written_by("edge-gateway"))]
    lines = [line for _, line in sorted(timed, key=lambda entry: entry[0])]
    again = [span for span in told.spans if span.pod.service == "ranking-api"][2400 : 2400 + SENT_TWICE]
    return [*lines, *(line for _, line in otlp.span_batches(again))]


def _entries(told: Incident) -> list[Span]:
    return [span for span in told.spans if span.pod.service == "edge-gateway" and not span.parent]


def _app_logs(told: Incident) -> Iterator[tuple[str, bytes]]:
    """Name and content of what the services wrote."""
    yield "elastic/model-server.ecs.json", b"\0" * 96 + b"\n" + logfiles.ecs(told.written_by("model-server"))
    by_pod: dict[Pod, list[Log]] = {}
    for log in told.logs:
        by_pod.setdefault(log.pod, []).append(log)
    for pod, logs in by_pod.items():
        if pod.service == "feature-store":
            yield logfiles.kubelet_path(pod), logfiles.python_text(logs)
        elif pod.service == "ranking-api":
            yield logfiles.docker_path(pod), logfiles.docker(logs)
        elif pod.service == "post-processor":
            yield logfiles.docker_path(pod), _with_cut_line(logfiles.docker(logs))


def _access_logs(told: Incident) -> Iterator[tuple[str, bytes]]:
    """Name and content of the sidecars' logs; the kubelet has packed the older half of the gateways'."""
    by_pod: dict[Pod, list[Access]] = {}
    for line in told.access:
        by_pod.setdefault(line.pod, []).append(line)
    for pod, lines in by_pod.items():
        name = logfiles.kubelet_path(pod, "istio-proxy")
        older = [line for line in lines if line.time_us < ROTATED]
        if older:
            yield f"{name}.20261118-135600.gz", _gzip(logfiles.envoy(older))
        yield name, logfiles.envoy(line for line in lines if line.time_us >= ROTATED)


def _with_cut_line(data: bytes) -> bytes:
    """The disk was full for a moment: a line ends half way."""
    lines = data.split(b"\n")
    at = len(lines) // 3
    return b"\n".join([*lines[:at], b'{"log":"{\\"timestamp\\": \\"2026-11-18T14:0', *lines[at:]])


def _joined(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def _pickle() -> bytes:
    """A memory snapshot of CUDA's allocator, as far as it goes: Python's pickle, which nothing here may load."""
    rng = random.Random(f"{_SEED} snapshot")
    return (
        b"\x80\x04\x95"
        + (9000).to_bytes(8, "little")
        + b"}\x94(\x8c\x08segments\x94]\x94"
        + rng.randbytes(3000)
    )


def tar() -> bytes:
    """The archive, not compressed."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in files().items():
            info = tarfile.TarInfo(f"{NAME}/{name}")
            info.size, info.mtime, info.mode = len(data), (END + 180 * SECOND) // SECOND, 0o644
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def compressed(data: bytes) -> bytes:
    """The archive as it is shipped."""
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: 19,
        zstd.CompressionParameter.window_log: _WINDOW_LOG,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
        zstd.CompressionParameter.checksum_flag: 1,
    }
    return bytes(zstd.compress(data, options=options))
