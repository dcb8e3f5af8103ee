"""Who the events of a trace come from: its processes as metadata events name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from explorer.decoding.lenient import loads, text_of
from explorer.decoding.traces.processes import Process
from explorer.model.builder import Builder
from explorer.model.ranks import rank_name
from explorer.model.records import Resource
from explorer.readers.chrome_trace.shapes import Event

_ADDRESS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}\Z|[0-9a-fA-F]*:[0-9a-fA-F:]+\Z")
_COMPONENT: Final = re.compile(r"([a-z_]+):([0-9a-f]{8,})\Z")


class Names:
    """What metadata events name: processes, their labels (``GPU 0``) and threads."""

    def __init__(self, metadata: Iterable[Event]) -> None:
        self.processes: dict[bytes, str] = {}
        self.labels: dict[bytes, str] = {}
        self.threads: dict[tuple[bytes, bytes], str] = {}
        for event in metadata:
            self._learn(event)

    def _learn(self, event: Event) -> None:
        said = args_of(event)
        pid = bytes(event.pid)
        if event.name == "process_name":
            self.processes[pid] = text_of(said.get("name"))
        elif event.name == "process_labels":
            self.labels[pid] = text_of(said.get("labels"))
        elif event.name == "thread_name":
            self.threads[pid, bytes(event.tid)] = text_of(said.get("name"))


class Processes:
    """The processes of one trace, as the columns name them.

    Args:
        builder: where resources go.
        names: what metadata events name.
        rank: of the process in distributed training, empty for none.
    """

    def __init__(self, builder: Builder, names: Names, rank: str) -> None:
        self._builder, self._names, self._rank = builder, names, rank
        self._known: dict[tuple[bytes, bytes], Process] = {}

    def of(self, event: Event) -> Process:
        """The process of an event."""
        key = bytes(event.pid), bytes(event.tid)
        known = self._known.get(key)
        if known is None:
            resource = self._resource(*key)
            services = self._builder.services
            code = services[resource.service]
            fields = (("rank", self._rank),) if self._rank else ()
            index = self._builder.resource_value(resource)
            known = self._known[key] = Process(code, code, index, resource.service, (), fields)
        return known

    def _resource(self, pid_raw: bytes, tid_raw: bytes) -> Resource:
        """A process by its name; Ray's by the component in the thread's place, its node's address in the process'."""
        pid, tid = scalar(pid_raw), scalar(tid_raw)
        host = pid if _ADDRESS.match(pid) else ""
        name, label = self._names.processes.get(pid_raw, ""), self._names.labels.get(pid_raw, "")
        component = _COMPONENT.match(tid)
        if component and not name:
            return Resource(service=component[1], instance=component[2], host=host)
        parts = [rank_name(self._rank) if self._rank else "", label or ("" if host else pid)]
        unnamed = f"process {pid}" if pid.lstrip("-").isdigit() or not pid else pid
        service = name or unnamed.strip()
        return Resource(service=service[:200], instance=" ".join(filter(None, parts))[:256], host=host)


def args_of(event: Event) -> dict[str, Any]:
    """The arguments of an event, empty for none and for broken ones."""
    try:
        value = loads(bytes(event.args)) if bytes(event.args) else None
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def scalar(raw: bytes) -> str:
    """A number or text as text."""
    try:
        return text_of(loads(raw)) if raw else ""
    except ValueError:
        return ""
