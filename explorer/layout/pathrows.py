"""The failure path as waterfall rows of its own: every other row folded, earlier tries drawn as one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.layout import numbers
from explorer.layout.folding import fold
from explorer.layout.waterfall import RowView, Scene, attempts, failure_words, row_view


@dataclass(frozen=True)
class PathRows:
    """Rows to draw and what was left out.

    Attributes:
        rows: in pre-order, indented by their place in the path.
        folded: spans not drawn; ``folded_errors``: failed ones among them that are no earlier try.
    """

    rows: tuple[RowView, ...]
    spans: int
    folded: int
    folded_errors: int


def path_rows(scene: Scene) -> PathRows:
    """The spans of the failure path within a scene; all rows' bars on the time of the whole trace."""
    spans = scene.store.spans
    shown = sorted(row for row in scene.step_of if scene.first <= row < scene.last)
    folding, view = fold(scene.first, scene.last, (), spans.size), scene.extent()
    rows: list[RowView] = []
    for row in shown:
        earlier = _earlier_tries(scene, row)
        depth = sum(1 for above in shown if above < row < above + int(spans.size[above]))
        made = replace(row_view(scene, folding, row, view), depth=depth, foldable=False, ticks=(), critical=())
        if earlier:
            rows.append(_tries(scene, made, earlier, view))
        rows.append(made)
    hidden = scene.last - scene.first - len(shown)
    errors = int(spans.failed[scene.first : scene.last].sum()) - int(spans.failed[shown].sum())
    in_tries = sum(spans.errors_in(one) for row in shown for one in _earlier_tries(scene, row))
    return PathRows(tuple(rows), len(shown), hidden, max(errors - in_tries, 0))


def _earlier_tries(scene: Scene, row: int) -> list[int]:
    """Rows of the tries before this one, if it is a retry and they are not on the path themselves."""
    parent = int(scene.store.spans.parent[row])
    tries = attempts(scene.store, parent) if parent >= 0 else {}
    number = tries.get(row, 0)
    return [other for other, n in tries.items() if n < number and other not in scene.step_of]


def _tries(scene: Scene, last: RowView, earlier: list[int], view: tuple[int, int]) -> RowView:
    span = max(view[1] - view[0], 1)
    begin, end = min(map(scene.start, earlier)), max(map(scene.end, earlier))
    count = len(earlier)
    which = "try 1" if count == 1 else f"tries 1 to {count}" if count > 2 else "tries 1 and 2"
    words = {failure_words(scene.store, row) for row in earlier}
    same = "failed the same way" if len(words) == 1 else "failed too"
    return replace(
        last, operation=f"{which} {same}", attempt=0, failed=False, step=None, stands_for=count,
        x0=(begin - view[0]) / span, x1=(end - view[0]) / span, duration=numbers.duration(end - begin),
        note=f"{count} × {next(iter(words))}" if len(words) == 1 else "", note_is_error=True, remark="",
    )  # fmt: skip
