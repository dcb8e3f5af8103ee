"""The processes that spans and logs come from, as the columns name them; kept from one run of records to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from explorer.decoding.traces.harvest import Harvest
from explorer.decoding.traces.resources import UNKNOWN_SERVICE, resource_of, shared_fields
from explorer.model.builder import Builder

_MOST: Final = 4096

Describe = Callable[[bytes], tuple[str, list[tuple[str, Any]]]]
"""The JSON of a process to its service, where that stands apart (else empty), and its attributes."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process as the columns name it.

    Attributes:
        service: code of the service for spans, which always have one.
        log_service: code of the service for logs; 0 where none is said.
        resource: index in the builder's resources.
        name: the service as said, empty for none.
        identity: labels that tell metric series of several instances apart.
        fields: correlation fields that hold for all spans of the process.
    """

    service: int
    log_service: int
    resource: int
    name: str
    identity: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]


class Memory:
    """What a reader of traces knows of a bundle: processes by their bytes, and how attributes are read."""

    def __init__(self, builder: Builder, describe: Describe, harvest: Harvest) -> None:
        self.builder = builder
        self.harvest = harvest
        self._describe = describe
        self._processes: dict[bytes, Process] = {}

    def process(self, raw: bytes) -> Process:
        """The process that these bytes describe."""
        known = self._processes.get(raw)
        if known is None:
            if len(self._processes) >= _MOST:
                self._processes.clear()
            known = self._processes[raw] = self._read(raw)
        return known

    def _read(self, raw: bytes) -> Process:
        service, pairs = self._describe(raw)
        resource = resource_of(pairs, service)
        identity = (("instance", resource.instance), ("pod", resource.pod), ("host", resource.host))
        return Process(
            service=self.builder.services[resource.service or UNKNOWN_SERVICE],
            log_service=self.builder.services[resource.service],
            resource=self.builder.resource_value(resource),
            name=resource.service,
            identity=tuple((label, value) for label, value in identity if value),
            fields=shared_fields(pairs),
        )


def memory_of(builder: Builder, reader: str, make: Callable[[Builder], Memory]) -> Memory:
    """The memory of a reader for a bundle, made when first asked for."""
    known = builder.memory.get(reader)
    if not isinstance(known, Memory):
        known = builder.memory[reader] = make(builder)
    return known
