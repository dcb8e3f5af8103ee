"""Answers on stdout: one JSON object, or a table for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import orjson

from explorer.layout.visible import visible_line


def print_json(value: object) -> None:
    """One JSON object, indented where a person reads it."""
    option = orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0
    try:
        text = orjson.dumps(value, option=option).decode()
    except TypeError:  # names of files that are no UTF-8, which orjson does not write
        text = json.dumps(value)
    sys.stdout.write(text + "\n")


def print_lines(lines: Sequence[str]) -> None:
    """Plain lines."""
    sys.stdout.write("".join(f"{visible_line(line, 4096)}\n" for line in lines))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Lines of an aligned table; ``right`` are the columns set flush right."""
    cells = [[visible_line(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = []
    for row in cells:
        parts = [cell.rjust(w) if i in right else cell.ljust(w)
                 for i, (cell, w) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
        lines.append("  ".join(parts).rstrip())
    return lines
