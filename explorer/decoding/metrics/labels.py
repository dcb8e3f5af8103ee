"""What the labels and the name of a metric tell.

Naming rules: prometheus/docs/practices/naming.md and the OpenMetrics specification (suffixes); label names are those
of the Kubernetes service discovery and of kube-state-metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final, Literal

from explorer.decoding.logs.origin import workload_of
from explorer.model.records import Series

Kind = Literal["gauge", "counter", "histogram", "summary", "unknown"]

_SERVICE: Final = ("service", "service_name", "service.name", "app", "app_kubernetes_io_name", "application",
                   "destination_service_name", "destination_workload")  # fmt: skip
_WORKLOAD: Final = ("deployment", "statefulset", "daemonset", "job_name", "cronjob")
_POD: Final = ("pod", "pod_name", "exported_pod")
_SUBJECT: Final = ("exported_service", "exported_app", "exported_job")
_EXPORTERS: Final = ("kube-state-metrics", "node-exporter", "kubelet", "cadvisor", "blackbox")
_UNITS: Final = {
    "seconds": "s", "milliseconds": "ms", "bytes": "By", "ratio": "1", "percent": "%", "celsius": "Cel", "volts": "V",
    "amperes": "A", "joules": "J", "grams": "g", "meters": "m", "hertz": "Hz",
}  # fmt: skip
_COUNTS: Final = ("_count", "_bucket", "_gcount")
_SUFFIXES: Final = frozenset({"total", "sum", "created"})


def service_of(labels: Mapping[str, str]) -> str:
    """The service that labels name, most telling first; ``""`` for none.

    An exporter that speaks of others (kube-state-metrics) is not what its series and alerts are about.
    """
    told = [labels[name] for name in _SERVICE if labels.get(name)]
    job = labels.get("job", "")
    workload = next((labels[name] for name in _WORKLOAD if labels.get(name)), "")
    pod = next((labels[name] for name in _POD if labels.get(name)), "")
    subject = next((labels[name] for name in _SUBJECT if labels.get(name)), "")
    about = subject or workload or (workload_of(pod) if pod else "") or labels.get("container", "")
    if about and any(exporter in name for name in (*told[:1], job) for exporter in _EXPORTERS):
        return about
    if told:
        return told[0]
    return about or ("" if job.startswith("kubernetes-") else job)  # the names of whole scrape configurations


def name_by_file(file: str) -> str:
    """What the result of an expression goes by, which has no name of its own."""
    return PurePosixPath(file).name.split(".")[0] or "value"


def unit_of(name: str) -> str:
    """The unit that a name ends in, as UCUM; ``""`` for none, and for how many were measured in that unit."""
    if name.endswith(_COUNTS):
        return ""
    words = [word for word in name.lower().split("_") if word not in _SUFFIXES]
    return _UNITS.get(words[-1], "") if words else ""


def kind_of(name: str, labels: Mapping[str, str], stated: str = "") -> Kind:
    """The kind of one series.

    Args:
        name: of the sample, with its suffix.
        labels: its labels.
        stated: what ``# TYPE`` says of its family; ``""`` where nothing is said.
    """
    if name.endswith("_bucket") and "le" in labels:
        return "histogram"
    if name.endswith(("_count", "_sum", "_bucket")) and stated in ("histogram", "summary", ""):
        return "counter"
    if "quantile" in labels and stated in ("summary", ""):
        return "summary"
    if stated in ("counter", "gauge"):
        return "gauge" if name.endswith("_created") else stated  # type: ignore[return-value]
    return "counter" if name.endswith("_total") and not stated else "gauge" if stated else "unknown"


def series_of(name: str, labels: Mapping[str, str], stated: str = "", unit: str = "") -> Series:
    """A series by its name and labels; the label of the name itself is left out."""
    unit = "" if name.endswith(_COUNTS) else _UNITS.get(unit, unit)
    others = tuple(sorted((label, text) for label, text in labels.items() if label != "__name__"))
    return Series(name, others, unit or unit_of(name), kind_of(name, labels, stated), service_of(labels))
