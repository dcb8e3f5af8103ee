"""What the reader keeps between runs: the processes met, and how the attributes of each kind of span are read."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.model.builder import Builder
from explorer.readers.otlp_json.values import resource_attributes, telling_attributes
from explorer.readers.traces.harvest import Harvest
from explorer.readers.traces.resources import UNKNOWN_SERVICE, resource_of, shared_fields

_MOST = 4096


@dataclass(frozen=True, slots=True)
class Process:
    """A resource as the columns name it.

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
    """Processes by the bytes of their resource, and the harvest; one for each bundle."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.harvest = Harvest(builder, telling_attributes)
        self._processes: dict[bytes, Process] = {}

    @staticmethod
    def of(builder: Builder, name: str) -> Memory:
        """The memory of this reader for a bundle, made when first asked for."""
        known = builder.memory.get(name)
        if not isinstance(known, Memory):
            known = builder.memory[name] = Memory(builder)
        return known

    def process(self, raw: bytes) -> Process:
        """The process that the bytes of a ``Resource`` describe."""
        known = self._processes.get(raw)
        if known is None:
            if len(self._processes) >= _MOST:
                self._processes.clear()
            known = self._processes[raw] = self._read(raw)
        return known

    def _read(self, raw: bytes) -> Process:
        pairs = resource_attributes(raw)
        resource = resource_of(pairs)
        identity = (("instance", resource.instance), ("pod", resource.pod), ("host", resource.host))
        return Process(
            service=self.builder.services[resource.service or UNKNOWN_SERVICE],
            log_service=self.builder.services[resource.service],
            resource=self.builder.resource_value(resource),
            name=resource.service,
            identity=tuple((label, value) for label, value in identity if value),
            fields=shared_fields(pairs),
        )
