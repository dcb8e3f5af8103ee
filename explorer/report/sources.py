"""Where a piece of evidence stands, as a person looks it up: file and line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import takewhile

from explorer.model.lines import line_numbers
from explorer.model.store import Store

Place = tuple[str, int]
"""File name and byte offset, -1 where only the file is known."""


def lines_at(store: Store, places: Sequence[Place]) -> dict[Place, int]:
    """Line number, from 1, of each place that can be read again."""
    number = {file.name: at for at, file in enumerate(store.files)}
    offsets: dict[str, set[int]] = defaultdict(set)
    for name, offset in places:
        if name in number and offset >= 0:
            offsets[name].add(offset)
    return {
        (name, offset): line
        for name, wanted in offsets.items()
        for offset, line in line_numbers(store.raw, number[name], wanted).items()
    }


def common_folder(store: Store) -> str:
    """The folder that all files lie in, with its slash: nobody needs to read it on every line."""
    folders = sorted(file.name.split("/")[:-1] for file in store.files) or [[]]
    same = takewhile(lambda pair: pair[0] == pair[1], zip(folders[0], folders[-1], strict=False))
    return "".join(f"{part}/" for part, _ in same)


def source_words(place: Place, lines: dict[Place, int], folder: str, *, is_line: bool = True) -> str:
    """``logs/0.log, line 18``; in a file of one line the byte, without a file ``""``.

    Args:
        is_line: False for what may lie anywhere in a document: of one that begins the file, only the file is told.
    """
    name, offset = place
    shown, line = name.removeprefix(folder), lines.get(place, 0)
    if not name or not line or (not offset and not is_line):
        return shown
    if line == 1 and offset:
        return f"{shown}, byte {offset}"
    return f"{shown}, line {line}"
