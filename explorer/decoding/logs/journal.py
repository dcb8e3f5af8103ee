"""Entries of systemd's journal, whichever way they were exported.

Format: systemd docs JOURNAL_EXPORT_FORMATS.md and systemd.journal-fields(7): times in µs since the epoch as text,
``PRIORITY`` as syslog has it, values that are no UTF-8 as lists of byte numbers in JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from explorer.decoding.lenient import nanoseconds
from explorer.decoding.logs.entries import Entry
from explorer.decoding.logs.objects import Pairs

CURSOR: Final = "__CURSOR"
TIME: Final = "__REALTIME_TIMESTAMP"
TOO_LARGE: Final = "(a message too large to be exported)"
"""Stands for ``null``, which journalctl writes for values of more than 4096 bytes unless told ``--all``."""
_SERVICES: Final = ("CONTAINER_NAME", "SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "_COMM")
_DOCKER: Final = "CONTAINER_ID"
_PART, _LAST_PART = "CONTAINER_PARTIAL_MESSAGE", "CONTAINER_PARTIAL_LAST"
"""Docker's journald driver cuts lines of more than 16 KiB (moby daemon/logger/journald)."""
_INTERNAL: Final = (
    "CONTAINER_PARTIAL_",
    "__",
    "_BOOT_ID",
    "_MACHINE_ID",
    "_CAP_EFFECTIVE",
    "_STREAM_ID",
    "_SYSTEMD_INVOCATION_ID",
)


def journal_entry(told: Mapping[str, Any]) -> Entry | None:
    """The entry of a journal record; None where it has no time.

    Docker writes priority 3 for all of stderr: that is no level.
    """
    written = told.get(TIME)
    time = nanoseconds(written, 1000) if isinstance(written, str | int) and str(written).isdecimal() else None
    if time is None:
        return None
    plain = {name: _text(item) for name, item in told.items() if item is not None}
    service = next((plain[name] for name in _SERVICES if plain.get(name)), "").removesuffix(".service")
    outer: Pairs = [("service", service)] if service else []
    outer += [("host", plain["_HOSTNAME"])] if plain.get("_HOSTNAME") else []
    for name, text in plain.items():
        if name != "MESSAGE" and not name.startswith(_INTERNAL):
            in_docker = name == "PRIORITY" and _DOCKER in plain
            outer.append(("docker.priority" if in_docker else name, text))
    parts = (*_SERVICES, "_PID", "_HOSTNAME", _DOCKER, *(("PRIORITY",) if _DOCKER in plain else ()))
    stream = "\0".join(plain.get(name, "") for name in parts)
    missing = TOO_LARGE if "MESSAGE" in told else ""
    goes_on = plain.get(_PART) == "true" and plain.get(_LAST_PART) != "true"
    return Entry(plain.get("MESSAGE", missing), time, stream, outer, goes_on=goes_on)


def _text(item: Any) -> str:
    """A value as text; of several with one name the first."""
    if isinstance(item, list):
        if item and all(isinstance(one, int) and 0 <= one < 256 for one in item):
            return bytes(item).decode("utf-8", "replace")
        return _text(item[0]) if item else ""
    return item if isinstance(item, str) else str(item)
