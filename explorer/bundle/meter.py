"""Counts what comes out of archives, and stops at the limits."""

from __future__ import annotations

from typing import NoReturn

from explorer.bundle.ledger import LimitReached
from explorer.bundle.limits import Limits


class Meter:
    """Counts the unpacked bytes and members of all archives of one walk.

    Attributes:
        stopped: a bound of the user's file being read is passed: nothing more of it will be read.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bytes = 0
        self._members = 0
        self._packed = 0
        self._unpacked = 0
        self.stopped = False

    def begin(self, packed: int) -> None:
        """The user's next file begins, of ``packed`` bytes on disk."""
        self._packed, self._unpacked = packed, 0
        self.stopped = False

    def unpacked(self, size: int, stream_in: int, stream_out: int) -> None:
        """``size`` more bytes came out of a stream that so far took ``stream_in`` and gave ``stream_out``.

        Each layer of nested archives counts its own bytes, so the sum is the work done, not only the text.

        Raises:
            LimitReached: too much altogether, or by far more than went in.
        """
        limits = self._limits
        self._bytes += size
        self._unpacked += size
        if self._bytes > limits.archive_bytes:
            self._stop("archive-too-large", "More comes out of the archives than the limit allows.")
        if limits.ratio_after <= self._unpacked > limits.ratio * self._packed:
            self._stop("ratio-exceeded", "Far more comes out of this file than a real bundle would hold.")
        if limits.ratio_after <= stream_out > limits.ratio * stream_in:
            raise LimitReached(
                "ratio-exceeded", "Far more comes out of this member than real text would give; it ends here."
            )

    def member(self) -> None:
        """One more member of an archive.

        Raises:
            LimitReached: there are too many.
        """
        self._members += 1
        if self._members > self._limits.members:
            self._stop("too-many-members", "The archives hold more members than the limit allows.")

    def _stop(self, code: str, text: str) -> NoReturn:
        self.stopped = True
        raise LimitReached(code, f"{text} The rest is not read; the limit can be raised in the settings.")
