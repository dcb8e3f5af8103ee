"""How much a bundle may cost. Plain files of the user are not bounded, save one record and one document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what comes out of archives, and on what is held in memory at once.

    Attributes:
        archive_bytes: unpacked bytes of all archives together.
        ratio: unpacked bytes for each packed byte, looked at once ``ratio_after`` bytes came out.
        ratio_after: see ``ratio``.
        members: members of all archives together; empty frames of a compressed stream count too.
        depth: archives within archives; ``.tar.gz`` is one.
        record_bytes: one line of text.
        document_bytes: one JSON document or one binary member, which are held in memory whole.
    """

    archive_bytes: int = 64 << 30
    ratio: int = 200
    ratio_after: int = 16 << 20
    members: int = 1_000_000
    depth: int = 3
    record_bytes: int = 16 << 20
    document_bytes: int = 4 << 30
