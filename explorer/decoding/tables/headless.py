"""Tables that are written without a header, known by how their first row begins.

Source: PostgreSQL's documentation, "Using CSV-Format Log Output"; the columns have the names of its JSON log.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Final

_TEXT: Final = rb'(?:"(?:[^"]|"")*"|),'
_POSTGRES: Final = re.compile(
    rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [A-Z+\-\d:]{1,6},%b%b\d*,%b[0-9a-f]+\.[0-9a-f]+,\d+,%b"
    rb"[^,\n]*,[^,\n]*,\d*,[A-Z]+\d?,[0-9A-Z]{5}," % (_TEXT, _TEXT, _TEXT, _TEXT)
)
_COLUMNS: Final = tuple(
    "timestamp user dbname pid remote_host session_id line_num ps session_start vxid txid error_severity state_code"
    " message detail hint internal_query internal_position context statement cursor_position func application_name"
    " backend_type leader_pid query_id".split()
)
_FEWEST: Final = 22
"""Columns of version 8.3; later ones add what is behind them."""
_ROW: Final = 64 << 10


def headless(head: bytes) -> tuple[str, ...]:
    """The names of the columns of a table whose first row begins here, nothing where no such table is known."""
    if not _POSTGRES.match(head):
        return ()
    first = next(csv.reader(io.StringIO(head[:_ROW].decode("utf-8", "replace"), newline="")), [])
    return _COLUMNS[: len(first)] if _FEWEST <= len(first) <= len(_COLUMNS) else ()
