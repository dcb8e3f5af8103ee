"""The situations of acceptance, each in every form: as drawn, shuffled under other names, and read from files."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from explorer.analysis.causes import analyse
from explorer.ingest import ingest
from explorer.model.store import Store
from tests.analysis.acceptance.bundles import BUNDLES
from tests.analysis.acceptance.judging import NAMES, Judged, among_healthy, judged, other_names, wrong
from tests.analysis.acceptance.situations import CASES
from tests.analysis.rules import RULES
from tests.drawn import Drawing, draw, renamed, shuffled
from tests.drawn_files import FORMATS
from tests.drawn_store import store_of


def report() -> str:
    """How many are right by form, what is wrong, and the shares of categories, origins and paths that are right."""
    counted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    parts: list[Judged] = []
    misses: list[str] = []
    numbers = {case.number for case in CASES} | {bundle.number for bundle in BUNDLES}
    for form, number, found, miss in (*_single(), *_bundles()):
        counted[form] += 1
        right[form] += not miss
        parts += [found] if found is not None else []
        misses += [f"  wrong: {number} in form {form}: {miss}"] if miss else []
    lines = [f"acceptance: {len(numbers)} situations"]
    lines += [f"  {form:30}{right[form]:4} of {counted[form]} right" for form in counted]
    for name in ("category", "origin", "path"):
        told = [value for one in parts if (value := getattr(one, name)) is not None]
        lines.append(f"  {name + ' right':30}{sum(told) / len(told):8.2f}")
    return "\n".join([*lines, *misses])


def _single() -> Iterator[tuple[str, int, Judged | None, str]]:
    for case in CASES:
        drawing = draw(case.drawing)
        crowd = renamed(among_healthy(case, drawing, 3), NAMES)
        found = judged(case, store_of(shuffled(crowd)), NAMES)
        yield "shuffled, other names", case.number, found, "" if found.right else str(found)
        for form, store in _in_files(drawing) if case.alone and not drawing.marks else ():
            found = judged(case, store)
            yield form, case.number, found, "" if found.right else str(found)


def _bundles() -> Iterator[tuple[str, int, None, str]]:
    for bundle in BUNDLES:
        drawing = bundle.drawing()
        names = other_names(drawing)
        analysis = analyse(store_of(shuffled(renamed(drawing, names))), RULES)
        yield "shuffled, other names", bundle.number, None, wrong(bundle, analysis, names)
        for form, store in _in_files(drawing) if not (drawing.marks or drawing.findings) else ():
            yield form, bundle.number, None, wrong(bundle, analyse(store, RULES), {})


def _in_files(drawing: Drawing) -> Iterator[tuple[str, Store]]:
    for form, write in FORMATS.items():
        with tempfile.TemporaryDirectory() as folder:
            write(drawing, Path(folder))
            yield f"as {form} files", ingest([Path(folder)])
