"""Correlation fields of spans, as readers leave them."""

from __future__ import annotations

from explorer.model.builder import Builder


def span_field(builder: Builder, span: int, name: str, value: str) -> None:
    """Say that a span has such a field (request id, session, run)."""
    builder.span_fields.append(row=span, field=builder.texts[name], value=builder.texts[value])
