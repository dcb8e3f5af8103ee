"""Tables as CSV (RFC 4180), for spreadsheets: no cell can become a formula there (OWASP, CSV injection)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_table(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Lines ended by CR LF; texts always in quotes, those that a spreadsheet would compute after an apostrophe."""
    lines = [",".join(_cell(cell) for cell in row) for row in (head, *rows)]
    return "".join(f"{line}\r\n" for line in lines)


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    safe = f"'{value}" if value.startswith(_FORMULA) else value
    return '"' + safe.replace('"', '""') + '"'
