"""How OpenMetrics has a line of a sample written, to the blank: what departs from it is told, and read all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_NUMBER: Final = r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|(?i:inf(?:inity)?|nan))"
_TIME: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_TEXT: Final = r'"(?:[^"\\\n]|\\.)*"'
_LABEL: Final = rf"(?:[a-zA-Z_]\w*|{_TEXT})={_TEXT}"
_LABELS: Final = rf"\{{(?:(?:{_LABEL}|{_TEXT})(?:,{_LABEL})*)?\}}"
_SAMPLE: Final = re.compile(
    rf"(?:[a-zA-Z_:][\w:]*)?(?P<labels>{_LABELS})? {_NUMBER}(?: {_TIME})?"
    rf"(?: # (?P<exemplar>{_LABELS}) {_NUMBER}(?: {_TIME})?)?\r?"
)
_ONE: Final = re.compile(rf'(?P<name>[a-zA-Z_]\w*|{_TEXT})="(?P<value>(?:[^"\\\n]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\.")
_COMMENT: Final = re.compile(r"# (?:HELP|TYPE|UNIT|EOF)")
_MAY_END_SO: Final = re.compile(r"# (?:HELP |UNIT \S+ \Z)")
_EXEMPLAR_SIGNS: Final = 128


def slips(line: str) -> Iterator[str]:
    """What OpenMetrics has otherwise in a line, each in words; nothing for a line that is as it should be.

    Args:
        line: without its line break.
    """
    if line != line.strip(" \t"):
        if not _MAY_END_SO.match(line):
            yield "blanks stand before or behind a line"
        if _COMMENT.match(line.strip(" \t")):
            return
    if line.startswith("#"):
        if line.startswith("# UNIT ") and line.count(" ") < 3:
            yield "a comment lacks its text"
        return
    match = _SAMPLE.fullmatch(line)
    if match is None:
        yield "a sample is written otherwise: its commas, quotes, blanks or numbers"
        return
    for group in (match["labels"], match["exemplar"]):
        names = [one["name"] for one in _ONE.finditer(group or "")]
        if len({*names}) < len(names):
            yield "a label stands twice"
    signs = (one["name"] + _ESCAPED.sub("x", one["value"]) for one in _ONE.finditer(match["exemplar"] or ""))
    if len("".join(signs)) > _EXEMPLAR_SIGNS:
        yield "the labels of an exemplar are longer than 128 signs"
