"""The failure path as waterfall rows of its own: every other row folded, earlier tries drawn as one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.layout import numbers
from explorer.layout.rowviews import RowView, row_view
from explorer.layout.waterfall import Scene, attempts, failure_words


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
    view = scene.extent()
    made: list[tuple[int, RowView]] = []
    tried = 0
    for row in shown:
        depth = sum(1 for above in shown if above < row < above + int(spans.size[above]))
        one = replace(row_view(scene, row, view), depth=depth, foldable=False, ticks=(), critical=())
        made.append((row, one))
        for tries in _other_tries(scene, row):
            made.append((tries[0], _folded_tries(scene, one, tries, view)))
            tried += sum(spans.errors_in(other) for other in tries)
    hidden = scene.last - scene.first - len(shown)
    errors = int(spans.failed[scene.first : scene.last].sum()) - int(spans.failed[shown].sum())
    rows = tuple(one for _, one in sorted(made, key=lambda pair: pair[0]))
    return PathRows(rows, len(shown), hidden, max(errors - tried, 0))


def _other_tries(scene: Scene, row: int) -> list[list[int]]:
    """Rows of the failed tries of the same call before and after this one, that are not on the path themselves."""
    store, parent = scene.store, int(scene.store.spans.parent[row])
    tries = attempts(store, parent) if parent >= 0 else {}
    number = tries.get(row, 0)
    others = [other for other in tries if number and other not in scene.step_of and store.spans.failed[other]]
    runs = [[o for o in others if tries[o] < number], [o for o in others if tries[o] > number]]
    return [run for run in runs if run]


def _folded_tries(scene: Scene, like: RowView, tries: list[int], view: tuple[int, int]) -> RowView:
    """One dashed bar for several tries."""
    span = max(view[1] - view[0], 1)
    begin, end = min(map(scene.start, tries)), max(map(scene.end, tries))
    numbers_of = attempts(scene.store, int(scene.store.spans.parent[tries[0]]))
    first, last, count = numbers_of[tries[0]], numbers_of[tries[-1]], len(tries)
    which = f"try {first}" if count == 1 else f"tries {first} {'and' if count == 2 else 'to'} {last}"
    words = {failure_words(scene.store, row) for row in tries}
    same = "failed the same way" if words == {failure_words(scene.store, like.row)} else "failed too"
    return replace(
        like, operation=f"{which} {same}", attempt=0, failed=False, step=None, stands_for=count,
        x0=(begin - view[0]) / span, x1=(end - view[0]) / span, duration=numbers.duration(end - begin),
        note=f"{count} × {next(iter(words))}" if len(words) == 1 else "", note_is_error=True, remark="",
    )  # fmt: skip
