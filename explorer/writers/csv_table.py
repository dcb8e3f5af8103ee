"""Tables as text: CSV (RFC 4180) in which no cell can become a formula (OWASP, CSV injection), and lines with tabs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_table(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Lines ended by CR LF; texts always in quotes, those that a spreadsheet would compute after an apostrophe."""
    lines = [",".join(_cell(cell) for cell in row) for row in (head, *rows)]
    return "".join(f"{line}\r\n" for line in lines)


def tab_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lines of cells between tabs, as the clipboard takes them; tabs and line breaks within a cell become blanks."""
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in (head, *rows))


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    safe = f"'{value}" if value.startswith(_FORMULA) else value
    return '"' + safe.replace('"', '""') + '"'
