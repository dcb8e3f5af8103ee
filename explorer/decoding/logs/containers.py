"""What containers printed, as runtimes keep it: lines of JSON or text in streams, each line with a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.content import formats_of, is_json_log, read_content
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.lines import LineKind, Lines, LineValues
from explorer.decoding.logs.parts import Peeled
from explorer.decoding.logs.rows import emit_streams
from explorer.model.builder import Records


def emit_printed(peeled: Peeled, times: NDArray[np.int64], context: FileContext, records: Records) -> None:
    """Write the records of the lines into the builder; JSON that is no log is text.

    Args:
        times: at which the runtime got the lines.
    """
    peeled.each_timed = True
    context.refer_to(times)
    formats_of(peeled.lines, context)

    def values_of(lines: Lines) -> LineValues:
        values = read_content(lines, context, json_first=is_json_log(lines))
        values.kind[values.kind == LineKind.FOREIGN] = LineKind.UNKNOWN
        return values

    emit_streams(peeled, values_of, context.builder.block(records), context, records)
