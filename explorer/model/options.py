"""What a user may state about the input before it is read."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.model.asking import Asking
from explorer.model.fields import normalise
from explorer.model.mapping import TableMapping


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a user may state about the input.

    Attributes:
        id_fields: names of fields that hold the correlation id, strongest first.
        year: year of times that name none; 0: taken from the member's modification time.
        record_bytes: the longest single record.
        asking: what alone is to be read.
        tables: what the columns of tables hold that do not say it themselves.
    """

    id_fields: tuple[str, ...] = ()
    year: int = 0
    record_bytes: int = 16 << 20
    asking: Asking = Asking()
    tables: tuple[TableMapping, ...] = ()

    def is_id_field(self, name: str) -> bool:
        """Whether the user named this field as the correlation id."""
        return bool(self.id_fields) and normalise(name) in {normalise(f) for f in self.id_fields}
