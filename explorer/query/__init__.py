"""The query language of the window and the command line.

    service:ranking-api status:error duration>200ms -operation~"health|ready" ("NaN" or category:data)

Terms, from the tightest binding to the loosest::

    ( … )                brackets
    -term   not term     all that the term does not match
    a b     a and b      both
    a or b               either

so that ``a b or not c d`` is ``(a b) or ((not c) d)``.

========================  ===========================================================================
``word``  ``"a phrase"``  stands in a name, message or attribute, in any case; quoted, as whole words
                          an id alone, in any spelling, is that of a trace or span
``field:value``           the same in any case, ``*`` for anything; of ids the beginning; of texts
                          (operation, cause, error, log) a part; of numbers and times what rounds to it
``field=value``           exactly that
``field!=value``          something else
``field~regex``           the regular expression is found in it; ``!~`` it is not
``field>n``               also ``>= < <=``: for durations, times, severities and attributes
``field:*``               it is there
========================  ===========================================================================

Numbers take units: ns us ms s m h, KB MB GB, KiB MiB GiB. Times are a time of day, ``14:07:31``, or a
date with one, ``2026-11-18T14:07``. An attribute is ``attr.NAME``, its own name where that has a dot in
it, or its name in quotes. ``parse`` reads, ``evaluate`` applies, ``complete`` helps writing.
"""

from __future__ import annotations

from explorer.query.columns import Coded, Columns, Mask, Numbers
from explorer.query.completion import Completion, complete
from explorer.query.evaluation import evaluate, first_word, reads_bytes
from explorer.query.fields import FIELDS, Field
from explorer.query.parser import parse
from explorer.query.spelling import unparse
from explorer.query.syntax import Amount, And, Compare, Not, Or, Query, Word

__all__ = [
    "FIELDS",
    "Amount",
    "And",
    "Coded",
    "Columns",
    "Compare",
    "Completion",
    "Field",
    "Mask",
    "Not",
    "Numbers",
    "Or",
    "Query",
    "Word",
    "complete",
    "evaluate",
    "first_word",
    "parse",
    "reads_bytes",
    "unparse",
]
