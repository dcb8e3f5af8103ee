"""Cells that hold more than one value: maps and lists, as JSON, or as ClickHouse and Python write them."""

from __future__ import annotations

import ast
from typing import Any

from explorer.decoding.lenient import loads

Pairs = list[tuple[str, Any]]


def decoded(cell: str) -> Any:
    """The map or list in a cell; None where there is none."""
    cell = cell.strip()
    if cell[:1] not in ("{", "["):
        return None
    try:
        return loads(cell.encode("utf-8", "replace"))
    except ValueError:
        try:
            return ast.literal_eval(cell)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None


def mapping_of(cell: str) -> Pairs:
    """Names and values of a cell that holds a map, also as a list of keys and values (BigQuery's repeated fields)."""
    value = decoded(cell)
    if isinstance(value, dict):
        return [(str(name), item) for name, item in value.items()]
    if isinstance(value, list) and all(isinstance(one, dict) and "key" in one for one in value):
        return [(str(one["key"]), one.get("value")) for one in value]
    return []


def list_of(cell: str) -> list[Any]:
    """The elements of a cell that holds a list, empty where it holds none."""
    value = decoded(cell)
    return value if isinstance(value, list) else []
