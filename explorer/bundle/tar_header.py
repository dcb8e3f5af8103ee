"""Headers of tar archives: old, ustar, GNU and pax (POSIX.1-2008, pax; GNU tar manual, Basic Tar Format).

The ones of the standard library are not used: those of Python 3.11.2 and 3.11.7 walk in circles when a
size is negative (CVE-2025-8194) and take all the memory that a pax header asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from explorer.bundle.ledger import Damage
from explorer.bundle.magic import tar_sum_fits

BLOCK: Final = 512
LARGEST: Final = 1 << 62
"""No size above this is believed."""

REGULAR: Final = b"0"
DIRECTORY: Final = b"5"
LINKS: Final = frozenset({b"1", b"2"})
DEVICES: Final = frozenset({b"3", b"4", b"6"})
SPARSE: Final = b"S"
LONG_NAME: Final = b"L"
PAX: Final = b"x"
PASSED_OVER: Final = frozenset({b"g", b"K", b"V", b"N", b"D", b"A"})
"""Global pax records, long link names, volume labels, lists of names, access lists: no data of a member."""


@dataclass(frozen=True, slots=True)
class TarHeader:
    """One member as its header and the pax records before it describe it.

    Attributes:
        kind: the type flag; old archives' NUL and what nobody knows count as regular, as POSIX wants it.
        size: bytes of data that follow.
        mtime_ns: nanoseconds since 1970.
    """

    name: bytes
    kind: bytes
    size: int
    mtime_ns: int


_SPECIAL: Final = LINKS | DEVICES | PASSED_OVER | {DIRECTORY, SPARSE, LONG_NAME, PAX}


def tar_header(block: bytes) -> TarHeader:
    """Read one header block.

    Raises:
        Damage: it is none, or its size is impossible.
    """
    if len(block) < BLOCK or not tar_sum_fits(block):
        raise Damage(
            "unreadable-archive", "A tar header is damaged; what follows is searched for the next one."
        )
    size = _number(block[124:136])
    if size is None or not 0 <= size <= LARGEST:
        raise Damage(
            "impossible-size", "A tar header gives an impossible size; the next one is searched for."
        )
    name = block[:100].partition(b"\0")[0]
    prefix = block[345:500].partition(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    kind = PAX if block[156:157] == b"X" else block[156:157]  # Solaris
    if kind == b"\0" and name.endswith(b"/"):  # before there were type flags
        kind = DIRECTORY
    if kind not in _SPECIAL:
        kind = REGULAR
    return TarHeader(
        prefix + b"/" + name if prefix else name,
        kind,
        0 if kind in LINKS | DEVICES | {DIRECTORY} else size,
        _clipped((_number(block[136:148]) or 0) * 1_000_000_000),
    )


def has_more_map(block: bytes, first: bool) -> bool:
    """Whether another block of the map of a sparse file follows this header or map block (GNU)."""
    return block[482 if first else 504] == 1 if len(block) == BLOCK else False


def with_pax(header: TarHeader, records: dict[bytes, bytes]) -> TarHeader:
    """The header with what pax records say instead.

    Raises:
        Damage: their size is impossible.
    """
    if any(key.startswith(b"GNU.sparse.") for key in records):
        header = replace(header, kind=SPARSE)
    if b"path" in records:
        header = replace(header, name=records[b"path"])
    if b"size" in records and header.kind in {REGULAR, SPARSE}:
        digits = records[b"size"]
        if not digits.isdigit() or len(digits) > 19 or int(digits) > LARGEST:
            raise Damage(
                "impossible-size", "A tar header gives an impossible size; the next one is searched for."
            )
        header = replace(header, size=int(digits))
    if b"mtime" in records:
        header = replace(header, mtime_ns=_pax_time(records[b"mtime"]))
    return header


def pax_records(data: bytes) -> dict[bytes, bytes]:
    r"""The records ``length key=value\n`` of a pax header, as far as they are sound."""
    records: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        digits = data[at : at + 20].partition(b" ")[0]
        if not digits.isdigit():
            break
        end = at + int(digits)
        key, equals, value = data[at + len(digits) + 1 : end - 1].partition(b"=")
        if not equals or end > len(data) or data[end - 1 : end] != b"\n":
            break
        records[key] = value
        at = end
    return records


def _number(field: bytes) -> int | None:
    """An octal number, or a big one in base 256 (GNU); None if it is neither."""
    if field[:1] and field[0] & 0x80:
        value = int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
        return value - (1 << (8 * len(field) - 1)) if field[0] & 0x40 else value
    digits = field.strip(b" \0")
    if digits.strip(b"01234567"):
        return None
    return int(digits, 8) if digits else 0


def _pax_time(text: bytes) -> int:
    seconds, _, fraction = text.partition(b".")
    if not seconds.removeprefix(b"-").isdigit() or (fraction and not fraction.isdigit()):
        return 0
    return _clipped(int(seconds[:20]) * 1_000_000_000 + int((fraction + b"0" * 9)[:9]))


def _clipped(time_ns: int) -> int:
    return time_ns if 0 <= time_ns < 1 << 63 else 0
