"""What is needed to see a failure again: image, model and data version, commit, parameters, a call to replay."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Final

from explorer.model.fields import normalise
from explorer.model.records import Attributes, Detail

_LABELS: Final[tuple[tuple[str, str], ...]] = (
    ("image", "container.image.id container.image.repo_digests container.image.name image.digest image"),
    ("service version", "service.version app.version release"),
    ("model", "model.name ml.model.name gen_ai.request.model llm.model_name mlflow.model.name model"),
    (
        "model version",
        "model.version ml.model.version model_version mlflow.model.version gen_ai.response.model",
    ),
    ("model run", "mlflow.run_id mlflow.run.id run.id run_id"),
    (
        "data",
        "dataset.version data.version dataset.snapshot feature.view.version dataset dataset.name feast.view",
    ),
    (
        "commit",
        "vcs.ref.head.revision vcs.revision git.commit.sha git.commit.id commit.sha git_commit scm.revision",
    ),
    ("seed", "random.seed seed"),
    ("runtime", "process.runtime.version telemetry.sdk.language process.runtime.name"),
    ("pod", "k8s.pod.name pod"),
    ("host", "host.name k8s.node.name hostname"),
)
_WANTED: Final = {normalise(name): (rank, label) for label, names in _LABELS
                  for rank, name in enumerate(names.split())}  # fmt: skip
_METHOD: Final = ("http.request.method", "http.method")
_FULL: Final = ("url.full", "http.url")
_BODY: Final = ("http.request.body", "http.request.body.text", "http.request.body.content")
_HEADER: Final = re.compile(r"http\.request\.header\.([A-Za-z0-9_-]{1,100})")
_TOKEN: Final = re.compile(r"[A-Z]{1,20}")
_HOST: Final = ("server.address", "net.host.name", "http.host", "host")
_PATH: Final = ("url.path", "http.target", "http.route")


def reproduce_lines(details: Iterable[Detail]) -> tuple[tuple[str, str], ...]:
    """(label, value) lines for the spans given, most telling span first; equal labels take the first value."""
    found: dict[str, tuple[int, str]] = {}
    for order, detail in enumerate(details):
        for name, value in (*detail.attributes, *detail.resource):
            known = _WANTED.get(normalise(name))
            if known and value not in (None, "", [], {}):
                rank = order * 100 + known[0]
                if known[1] not in found or rank < found[known[1]][0]:
                    found[known[1]] = rank, _text(value)
    return tuple((label, found[label][1]) for label, _ in _LABELS if label in found)


def replay(detail: Detail, request_id: str = "") -> str:
    """A ``curl`` command that repeats the request of an HTTP span, with the headers and the body that were recorded.

    "" where its URL is not known. Whatever was recorded stays text for the shell and for curl: it names no
    option, no file to send, and no pattern of URLs.
    """
    values = dict(detail.attributes)
    method = (_first(values, _METHOD) or "GET").upper()
    url = _url(values)
    if not url or not _TOKEN.fullmatch(method):
        return ""
    parts = ["curl"] if method == "GET" else ["curl", "-X", method]
    if re.search(r"[][{}]", url):
        parts.append("-g")
    headers = {"x-request-id": request_id} if request_id else {}
    for name, value in values.items():
        known = _HEADER.fullmatch(name)
        if known:
            headers[known[1].replace("_", "-").lower()] = _text(value)
    for name, value in headers.items():
        if not re.search(r"[\x00-\x1f]", value):
            parts += ["-H", f"{name}: {value}"]
    if body := _first(values, _BODY):
        parts += ["--data-raw", body]
    return shlex.join([*parts, url])


def _url(values: Mapping[str, object]) -> str:
    url = _first(values, _FULL)
    if not url:
        host, path = _first(values, _HOST), _first(values, _PATH)
        if not path.startswith("/"):
            return ""
        query = _first(values, ("url.query",))
        scheme = _first(values, ("url.scheme", "http.scheme")) or "http"
        port = _first(values, ("server.port", "net.host.port")) if host and ":" not in host else ""
        url = f"{scheme}://{host or 'HOST'}{f':{port}' if port else ''}{path}{f'?{query}' if query else ''}"
    return url if re.match(r"(?i)https?://[^\s]", url) and not re.search(r"[\x00-\x20]", url) else ""


def _first(values: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((str(values[name]) for name in names if values.get(name)), "")


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def attribute(attributes: Attributes, *names: str) -> str:
    """The first of the named attributes that is there, as text."""
    wanted = {normalise(name) for name in names}
    return next((_text(value) for name, value in attributes if normalise(name) in wanted), "")
