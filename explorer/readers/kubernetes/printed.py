"""What ``kubectl get`` (events, pods, nodes, deployments) and ``describe`` print, made the objects of the API again.

A table's columns begin where their headings do. Ages (``2m31s``, ``8s (x12 over 2m33s)``) count back from when the text
was written, which nothing but the file's own time tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from explorer.readers.kubernetes.described import Described

Object = dict[str, Any]

_EVENTS: Final = re.compile(
    rb"\s*(?:NAMESPACE +)?(?:LAST ?SEEN|FIRST ?SEEN) +[A-Z].*\bREASON\b.*\b(?:OBJECT|KIND|SOURCE)\b.*\bMESSAGE\b"
)
_PODS: Final = re.compile(rb"(?:NAMESPACE +)?NAME +READY +STATUS +RESTARTS +AGE\b")
_NODES: Final = re.compile(rb"NAME +STATUS +ROLES +AGE +VERSION\b")
_DEPLOYMENTS: Final = re.compile(rb"(?:NAMESPACE +)?NAME +READY +UP-TO-DATE +AVAILABLE +AGE\b")
_TABLES: Final = ((_EVENTS, "Event"), (_PODS, "Pod"), (_NODES, "Node"), (_DEPLOYMENTS, "Deployment"))
_DESCRIBED: Final = re.compile(rb"Name: +\S+\s*\n(?:Namespace|Labels|Roles|Priority|Annotations|Selector): ")
_SHORT_HEAD: Final = 200
_PARTS: Final = (b"\nEvents:", b"\nContainers:", b"\nStatus:", b"\nConditions:")
_HEADING: Final = re.compile(r"\b(?:(?:LAST|FIRST) ?SEEN|NOMINATED NODE|READINESS GATES|[A-Z-]+)\b")
_AGE: Final = re.compile(r"(?:(\d+)y)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?: ago)?$")
_UNITS: Final = (365 * 86_400, 86_400, 3600, 60, 1)
_SERIES: Final = re.compile(r"(?P<last>\S+) \(x(?P<count>\d+) over (?P<first>\S+)\)")
_RESTARTED: Final = re.compile(r"(?P<count>\d+)(?: \((?P<ago>\S+) ago\))?$")
_WELL: Final = frozenset({"Running", "Completed", "Succeeded", "Pending", "ContainerCreating", "PodInitializing",
                          "Terminating"})  # fmt: skip
_SHORT: Final = {
    "po": "Pod", "rs": "ReplicaSet", "replicaset": "ReplicaSet", "deploy": "Deployment", "sts": "StatefulSet",
    "statefulset": "StatefulSet", "ds": "DaemonSet", "daemonset": "DaemonSet", "cronjob": "CronJob", "no": "Node",
    "svc": "Service", "pvc": "PersistentVolumeClaim", "persistentvolumeclaim": "PersistentVolumeClaim",
    "persistentvolume": "PersistentVolume", "hpa": "HorizontalPodAutoscaler", "configmap": "ConfigMap",
    "horizontalpodautoscaler": "HorizontalPodAutoscaler",
}  # fmt: skip


def is_printed(head: bytes) -> bool:
    """Whether text begins as kubectl prints it."""
    if _DESCRIBED.match(head):
        return len(head) < _SHORT_HEAD or any(part in head for part in _PARTS)
    return any(pattern.match(head) for pattern, _ in _TABLES)


@dataclass(slots=True)
class Printed:
    """Text being read line by line.

    Attributes:
        file: index of its file.
        now_ns: when it was written, 0: unknown.
        table: of what the lines are rows, None for no table; ``described`` the object they describe.
        well: pods, nodes and deployments of which nothing is to be told.
    """

    file: int
    now_ns: int
    table: _Table | None = None
    described: Described | None = None
    well: int = 0
    found: list[Object] = field(default_factory=list)

    def feed(self, line: bytes) -> bool:
        """Take a line; False where it is not of such text. What it told is in ``found``."""
        text = line.decode("utf-8", "replace").rstrip("\r")
        if kind := next((kind for pattern, kind in _TABLES if pattern.match(line)), ""):
            self.close()
            self.table = _Table(text, kind)
            return True
        if text.startswith("Name:"):
            self.close()
            self.described = Described()
        if self.described is not None:
            if self.described.feed(text):
                return True
            self.close()
        cells = self.table.cells(text) if self.table is not None else None
        if self.table is None or cells is None:
            return False
        one = _ROWS[self.table.kind](cells, self.now_ns)
        self.well += one is None
        self.found += [one] if one is not None else []
        return True

    def close(self) -> None:
        """Tell the object that was described so far."""
        if self.described is not None:
            pod, events = self.described.told()
            self.found += [pod] if pod is not None else []
            self.found += [_event(cells, self.now_ns) for cells in events]
        self.table = self.described = None


_NEEDED: Final = {"Event": ("REASON",), "Deployment": ("NAME", "READY")}


class _Table:
    """The columns of a table, as its headings tell them."""

    def __init__(self, headings: str, kind: str) -> None:
        found = [(match.start(), match[0].replace(" ", "")) for match in _HEADING.finditer(headings)]
        self.kind = kind
        self._names = [name for _, name in found]
        self._begins = [begin for begin, _ in found]

    def cells(self, line: str) -> dict[str, str] | None:
        """The cells of a row by heading; None for what is no row: something stands across the begin of a column."""
        if any(line[begin - 1 : begin].strip() for begin in self._begins[1:]):
            return None
        ends = [*self._begins[1:], max(len(line), self._begins[-1])]
        parts = zip(self._names, self._begins, ends, strict=True)
        found = {name: line[begin:end].strip() for name, begin, end in parts}
        return found if all(found.get(name) for name in _NEEDED.get(self.kind, ("NAME", "STATUS"))) else None


def _pod(cells: dict[str, str], now_ns: int) -> Object | None:
    """A warning of a pod that is not well; None for one that is."""
    restarted = _RESTARTED.match(cells.get("RESTARTS", ""))
    if cells["STATUS"] in _WELL or restarted is None:
        return None
    message = f"{cells.get('READY', '')} ready, {restarted['count']} restarts"
    return _warning("Pod", cells, cells["STATUS"], message, restarted["ago"] or "", now_ns)


def _node(cells: dict[str, str], now_ns: int) -> Object | None:
    """A warning of a node that is not ready; None for one that is."""
    if "Ready" in cells["STATUS"].split(","):
        return None
    return _warning("Node", cells, cells["STATUS"], f"Node {cells['NAME']} is {cells['STATUS']}", "", now_ns)


def _deployment(cells: dict[str, str], now_ns: int) -> Object | None:
    """A warning of a deployment that lacks replicas; None for one that does not."""
    ready, _, wanted = cells["READY"].partition("/")
    if not ready.isdecimal() or not wanted.isdecimal() or int(ready) >= int(wanted):
        return None
    return _warning("Deployment", cells, "Unavailable", f"{cells['READY']} replicas ready", "", now_ns)


def _warning(kind: str, cells: dict[str, str], reason: str, message: str, age: str, now_ns: int) -> Object:
    about = {"NAMESPACE": cells.get("NAMESPACE", ""), "OBJECT": f"{kind}/{cells['NAME']}", "TYPE": "Warning"}
    return _event(about | {"REASON": reason, "MESSAGE": message, "LASTSEEN": age}, now_ns)


def _event(cells: dict[str, str], now_ns: int) -> Object:
    """An event of the API, of what was printed of it."""
    kind, _, name = cells.get("OBJECT", "").partition("/")
    if "OBJECT" not in cells:
        kind, name = cells.get("KIND", ""), cells.get("NAME", "").split(".", 1)[0]
    component, _, host = cells.get("SOURCE", "").strip("{} ").partition(", ")
    last, first, count = cells.get("LASTSEEN", ""), cells.get("FIRSTSEEN", ""), cells.get("COUNT", "")
    if match := _SERIES.match(last):
        last, first, count = match["last"], match["first"], match["count"]
    kind = _SHORT.get(kind.lower(), kind.partition(".")[0])
    found: Object = {
        "kind": "Event", "type": cells.get("TYPE", ""), "reason": cells["REASON"],
        "message": cells.get("MESSAGE", ""), "source": {"component": component, "host": host},
        "involvedObject": {
            "kind": kind[:1].upper() + kind[1:], "namespace": cells.get("NAMESPACE", ""), "name": name,
            "fieldPath": cells.get("SUBOBJECT", ""),
        },
    }  # fmt: skip
    for told, key in ((last, "lastTimestamp"), (first, "firstTimestamp")):
        if time := _time(told, now_ns):
            found[key] = time
    return found | ({"count": int(count)} if count.isdecimal() else {})


_ROWS: Final = {"Event": _event, "Pod": _pod, "Node": _node, "Deployment": _deployment}


def _time(text: str, now_ns: int) -> str | int:
    """The time of an age before now in ns, or a time as it stands; 0 where neither is written."""
    match = _AGE.match(text)
    if match is None:
        return text if text[:1].isdigit() or ", " in text else 0
    seconds = sum(int(part) * unit for part, unit in zip(match.groups(), _UNITS, strict=True) if part)
    return now_ns - seconds * 10**9 if any(match.groups()) and now_ns > 0 else 0
