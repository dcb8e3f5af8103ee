"""How bundles are read, as the settings have it."""

from __future__ import annotations

from pathlib import Path

from explorer.decoding.tables.mapping import read_mappings
from explorer.model.options import ReadOptions
from explorer.session.settings import Settings


def read_options(settings: Settings) -> ReadOptions:
    """The options of reading. Raises :class:`~explorer.errors.UsageError` where ``columns`` is of no use."""
    tables = read_mappings(Path(settings.columns)) if settings.columns else ()
    return ReadOptions(id_fields=settings.id_fields, record_bytes=settings.limits.record_bytes, tables=tables)
