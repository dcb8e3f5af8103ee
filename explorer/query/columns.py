"""What a query is evaluated on: the few questions that rows of any sort must answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]  # int64, uint64 or float64
Coded = tuple[npt.NDArray[Any], Sequence[str]]


class Columns(Protocol):
    """Rows (spans, ids, log lines) as columns of one length.

    A text column is a pair: an integer code per row, and the table of distinct texts that the codes
    index; the code -1 means that the row has no such value. Conditions on text are asked of each
    distinct text once and then gathered.
    """

    @property
    def length(self) -> int:
        """How many rows."""

    @property
    def day_start_ns(self) -> int:
        """Midnight, in ns since 1970, of the day in which clock times are meant."""

    def strings(self, field: str) -> Coded | None:
        """The texts of a field; None where these rows have no such text.

        Of ``trace`` and ``span`` the table holds ids in their normal form. ``status`` is the row's own
        (error, ok, unset); ``outcome`` that of the id it belongs to (failing, degraded, ok).
        """

    def numbers(self, field: str) -> Numbers | None:
        """The numbers of a field, in ns where they are times; NaN where a row has none.

        Asked for ``duration``, ``self``, ``start``, for ``attr.NAME`` where an attribute is kept as
        numbers, and for ``span`` and ``trace`` as uint64 where ids are kept so and not as text.
        """

    def text_match(self, needle: str, exact: bool) -> Mask:
        """The rows in whose names, messages and attributes a text stands, whatever its case.

        Args:
            needle: in lower case.
            exact: it must not be part of a longer word.
        """

    def attribute(self, name: str) -> Coded | None:
        """The values of an attribute as text; None where no row has it."""
