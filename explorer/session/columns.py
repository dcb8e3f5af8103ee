"""What a user states about the columns of a table: a first guess, what it would make of the file, keeping it."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from explorer.bundle.limits import Limits
from explorer.bundle.walk import walk
from explorer.decoding.stated import text_of_stated
from explorer.decoding.tables.columns import Role, kind_of, roles_of, time_of
from explorer.decoding.tables.mapping import NEEDED, ROLES, UNITS, mappings
from explorer.decoding.tables.rows import any_header, sample_of
from explorer.ingest import ingest
from explorer.model.fields import Role as FieldRole
from explorer.model.fields import role as field_role
from explorer.model.issue import Issues, lost
from explorer.model.mapping import TableKind, TableMapping
from explorer.model.options import ReadOptions
from explorer.paths import config_dir, created
from explorer.session.saving import save_text

HEAD_BYTES: Final = 256 << 10
"""As much of a table is looked at."""
SHOWN_ROWS: Final = 8

_ID: Final = re.compile(
    r"[0-9a-fA-F]{16}|[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)
_WORDS: Final = {Role.NAME: "operation", Role.KIND: "span_kind", Role.STATUS_MESSAGE: "status_message"}
_FIELDS: Final = {
    FieldRole.SEVERITY: "level", FieldRole.REQUEST_ID: "request_id", FieldRole.HOST: "host",
    FieldRole.CONTAINER: "container", FieldRole.SERVICE: "service",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a table: its name, its bytes up to a line's end, the names of its columns and its first rows."""

    name: str
    data: bytes
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a mapping makes of the first rows: counts, first and last time in ns (0: none), series by name."""

    spans: int = 0
    traces: int = 0
    logs: int = 0
    points: int = 0
    series: tuple[str, ...] = ()
    first: int = 0
    last: int = 0
    skipped: int = 0
    told: str = ""


def sample_of_file(paths: Sequence[Path], name: str, limits: Limits) -> Sample | None:
    """The beginning of the member of that name, None where there is none or it is no table.

    Args:
        paths: of the bundle; name: as issues call the member, "" for the first table.
    """
    for member in walk(paths, limits, Issues()):
        if name and member.name != name and not member.name.endswith(f"/{name}"):
            continue
        head = b""
        while len(head) < HEAD_BYTES and (piece := member.stream.read(HEAD_BYTES - len(head))):
            head += piece
        found = sample_of_bytes(member.name, head)
        if found is not None or name:
            return found
    return None


def sample_of_bytes(name: str, head: bytes) -> Sample | None:
    """A table from the beginning of its file."""
    data = head[: head.rfind(b"\n") + 1] if len(head) >= HEAD_BYTES else head
    header = any_header(data)
    if header is None:
        return None
    rows = sample_of(data, header, SHOWN_ROWS)
    return Sample(name, data, header.names, tuple(tuple(row) for row in rows))


def guess(sample: Sample) -> tuple[TableKind, dict[str, str]]:
    """What a row probably is, and the column of each role whose name tells it."""
    known = _by_content(sample) | roles_of(sample.names)
    stated = _likely_kind(sample, known)
    found = {_WORDS.get(role, role.value): sample.names[at] for role, at in known.items()}
    for name in sample.names:
        word = _FIELDS.get(field_role(name) or FieldRole.RANK)
        if word:
            found.setdefault(word, name)
    if stated != "spans" and "start" in found:
        found["time"] = found.pop("start")
    chosen: dict[str, str] = {}
    for role in ROLES[stated]:
        if role in found and found[role] not in chosen.values():
            chosen[role] = found[role]
    return stated, chosen


def _likely_kind(sample: Sample, known: Collection[Role]) -> TableKind:
    """What a row probably is: by the names of the columns, by a span's id, by how many columns hold numbers."""
    named = kind_of(sample.names)
    if named == "spans" or (named != "logs" and Role.SPAN in known):
        return "spans"
    numbers = len(number_columns(sample))
    return "metrics" if named != "logs" and numbers >= max(1, len(sample.names) - 2) else "logs"


def _by_content(sample: Sample) -> dict[Role, int]:
    """Columns of ids and times, as their cells look: ids of traces have 32 digits, those of spans 16."""
    found: dict[Role, int] = {}
    for i in range(len(sample.names)):
        cells = [row[i] for row in sample.rows if row[i]]
        if not cells:
            continue
        if all(_ID.fullmatch(cell) for cell in cells):
            widths = {len(cell.replace("-", "")) for cell in cells}
            role = Role.TRACE if widths == {32} else Role.SPAN if Role.SPAN not in found else Role.PARENT
            found.setdefault(role, i)
        elif all(time_of(cell) for cell in cells):
            found.setdefault(Role.START if Role.START not in found else Role.END, i)
    return found


def number_columns(sample: Sample) -> tuple[str, ...]:
    """Columns that hold numbers in all rows shown."""
    return tuple(
        name
        for i, name in enumerate(sample.names)
        if sample.rows
        and all(_is_number(row[i]) for row in sample.rows)
        and any(row[i] for row in sample.rows)
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell or "0")
    except ValueError:
        return False
    return True


def mapping(
    sample: Sample,
    kind: TableKind,
    chosen: Mapping[str, str],
    units: Mapping[str, str],
    time_format: str = "",
) -> TableMapping:
    """A mapping of what was chosen: of metrics without a column of values, each column of numbers is a series."""
    columns = tuple((role, chosen[role]) for role in ROLES[kind] if chosen.get(role))
    taken = {name for _, name in columns}
    values = tuple(name for name in number_columns(sample) if name not in taken)
    wide = kind == "metrics" and "value" not in dict(columns)
    stated = tuple((role, UNITS[unit]) for role, unit in units.items() if unit and role in dict(columns))
    return TableMapping(kind, columns, values if wide else (), stated, time_format)


def lacking(made: TableMapping) -> tuple[str, ...]:
    """The roles that a table of that kind needs and this one does not have, each as its choices."""
    there = {role for role, _ in made.columns} | ({"values"} if made.values else set())
    return tuple(" or ".join(choice) for choice in NEEDED[made.kind] if not there.intersection(choice))


def tried(sample: Sample, made: TableMapping) -> Tried:
    """What a mapping makes of the beginning of the table; it is read as it will be."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (PurePosixPath(sample.name).name or "table.csv")
        path.write_bytes(sample.data)
        store = ingest([path], options=ReadOptions(tables=(made,)))
        of_each = store.spans.start, store.logs.time, store.points["time"]
        times = next((one for one in of_each if len(one)), of_each[0])
        issue = next((one for one in store.issues if one.severity != "info"), None)
        return Tried(
            len(store.spans), len(store.traces.number) if len(store.spans) else 0, len(store.logs),
            len(store.points["time"]), tuple(dict.fromkeys(one.name for one in store.series)),
            int(times.min()) if len(times) else 0, int(times.max()) if len(times) else 0, lost(store.issues),
            issue.text if issue else "",
        )  # fmt: skip


def as_toml(made: TableMapping, about: str = "") -> str:
    """A mapping as a ``[[table]]`` that :func:`~explorer.decoding.tables.mapping.mappings` reads."""
    names = {ns: unit for unit, ns in UNITS.items()}
    lines = [f"# {' '.join(about.split())}"] if about else []
    lines += ["[[table]]", f"kind = {_quoted(made.kind)}"]
    lines += [f"{role} = {_quoted(name)}" for role, name in made.columns]
    if made.values:
        lines.append(f"values = [{', '.join(map(_quoted, made.values))}]")
    if made.units:
        lines.append(
            "units = { " + ", ".join(f"{role} = {_quoted(names[ns])}" for role, ns in made.units) + " }"
        )
    if made.time_format:
        lines.append(f"time_format = {_quoted(made.time_format)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def keep_columns(made: TableMapping, file: str, about: str = "") -> Path:
    """Write a mapping before those of the file, so that it is the one that counts; returns the file.

    Args:
        file: as the settings have it; "" for ``columns.toml`` beside them.

    Raises:
        UsageError: the file is there and of no use.
        InputError, OSError: it cannot be written.
    """
    path = Path(file) if file else config_dir() / "columns.toml"
    before = text_of_stated(path) if path.exists() else ""
    if before.strip():
        mappings(before, str(path))
    created(path.parent)
    save_text(path, as_toml(made, about) + (f"\n{before}" if before else ""))
    return path
