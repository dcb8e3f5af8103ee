"""Every state worth a look: a name, a size, and how a window gets there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from explorer.analysis.results import Outcome
from explorer.gui.dialogs.ask import AskDialog
from explorer.gui.dialogs.asked import show_error
from explorer.gui.dialogs.commands import CommandsDialog
from explorer.gui.opening.telling import Reading
from explorer.gui.opening.work import Opened
from explorer.gui.state.options import Only
from explorer.gui.views.bottom import TITLES
from explorer.gui.views.spanset import BUNDLE
from explorer.model.progress import Progress
from explorer.session.notes import span_target
from explorer.session.place import Place, Visit
from tests.gallery import drawings
from tests.gallery.stage import Stage, settle

Size = tuple[int, int]
Play = Callable[[Stage], None]
DRAWN: Final[Size] = (1720, 1060)
SMALL: Final[Size] = (1280, 720)


@dataclass(frozen=True, slots=True)
class Scene:
    """A state of the window; ``play`` brings an empty one there."""

    name: str
    play: Play
    size: Size = DRAWN


def scenes(folder: Path) -> Iterator[Scene]:
    """All of them, in the order of the sheet; bundles made of files are written into ``folder``."""
    yield Scene("empty", lambda _: None)
    yield Scene("empty-first-run", lambda stage: stage.window.empty.show_session([], first_run=True))
    yield Scene("empty-resume", _offers)
    yield Scene("loading", _loading)
    yield Scene("incident", _shows(drawings.demo))
    yield Scene("incident-1280", _shows(drawings.demo), SMALL)
    yield Scene("incident-1024", _shows(drawings.demo), (1024, 600))
    yield Scene("incident-2560", _shows(drawings.demo), (2560, 1440))
    yield from _ids(folder)
    yield from _bundles(folder)
    yield from _views(folder)
    yield from _dialogs()


def _shows(found: Callable[[], Opened]) -> Play:
    return lambda stage: stage.show(found())


def _offers(stage: Stage) -> None:
    visits = [
        Visit(("/data/incident-2026-11-18.tar.zst",), "incident-2026-11-18.tar.zst", Place("req-3582ec16cd"))
    ] * 2
    stage.window.empty.show_session(visits, first_run=False)


def _loading(stage: Stage) -> None:
    overlay = stage.window.overlay
    overlay.begin("incident-2026-11-18.tar.zst")
    progress = Progress("traces/otlp-0007.jsonl", 3, 48_200_000, 91_204, 12_806, 4_410)
    overlay.follow(Reading(progress, 91_000_000))


def _ids(folder: Path) -> Iterator[Scene]:
    """One id of each outcome, of the incident."""
    yield Scene("id-healthy", _shows_outcome(Outcome.OK))
    yield Scene("id-degraded", _shows_outcome(Outcome.DEGRADED))
    yield Scene("id-logs-only", _shows_logs_only(folder))
    yield Scene("id-none", _show_none)


def _shows_outcome(outcome: Outcome) -> Play:
    def play(stage: Stage) -> None:
        found = drawings.demo()
        stage.show(found)
        row = found.analysis.ids.outcome.tolist().index(outcome)
        stage.window.board.ids.show_only("all")
        stage.window.state.select_id(found.store.correlation.rows[row].id)

    return play


def _shows_logs_only(folder: Path) -> Play:
    def play(stage: Stage) -> None:
        found = drawings.read(folder / "mixed", drawings.only_logs() | drawings.broken())
        stage.show(found)
        row = next(one for one in found.store.correlation.rows if not one.traces)
        stage.window.state.select_id(row.id)

    return play


def _show_none(stage: Stage) -> None:
    stage.show(drawings.demo())
    stage.window.state.select_id("")


def _bundles(folder: Path) -> Iterator[Scene]:
    for name, drawing in (
        ("five-spans", drawings.FIVE), ("no-errors", drawings.HEALTHY), ("long-names", drawings.NAMES),
        ("scripts", drawings.SCRIPTS), ("hostile-names", drawings.HOSTILE),
    ):  # fmt: skip
        yield Scene(name, _shows(partial(drawings.drawn, drawing)))
    yield Scene("long-names-1280", _shows(partial(drawings.drawn, drawings.NAMES)), SMALL)
    yield Scene("spans-100000", _shows(drawings.large))
    yield Scene("services-1000", _shows(drawings.services))
    for name, files in (
        ("only-logs", drawings.only_logs()), ("only-metrics", drawings.only_metrics()), ("broken", drawings.broken()),
    ):  # fmt: skip
        yield Scene(name, _shows(partial(drawings.read, folder / name, files)))


def _views(folder: Path) -> Iterator[Scene]:
    """The incident, shown in other ways."""
    for number, name in enumerate(TITLES):
        yield Scene(f"tab-{name.lower().replace(' ', '-')}", partial(_show_tab, number))
    yield Scene("flame-bundle", _flame)
    yield Scene("statistics-1280", partial(_show_tab, TITLES.index("Statistics")), SMALL)
    yield Scene("notes", partial(_notes, folder))
    yield Scene("notes-1280", partial(_notes, folder), SMALL)
    yield Scene("critical-path", _acts("critical-path", "failure-path"))
    yield Scene("folded", _acts("fold-level", "fold-level"))
    yield Scene("corrected", _acts("corrected"))
    yield Scene("graph-bundle", _acts("scope"))
    yield Scene("graph-ids", _graph_of_ids)
    yield Scene("graph-dense", _shows(drawings.dense))
    yield Scene("ids-by-version", _ids_by_version)
    yield Scene("ids-none-match", _ids_none_match)
    yield Scene("cursor", _cursor)
    yield Scene("only-errors", _limited("errors"))
    yield Scene("only-slow", _limited("slow"))
    yield Scene("only-matches", _matches)
    yield Scene("siblings-and-idle", _shows(partial(drawings.drawn, drawings.SIBLINGS)))
    yield Scene("idle-left-out", _squeezed)
    yield Scene("find", _find)
    yield Scene("arranging", _acts("arrange"))
    yield Scene("zoomed", _acts("zoom-selection"), SMALL)


def _acts(*commands: str) -> Play:
    """Use commands of the incident's window; a switch is switched back by the next scene."""

    def play(stage: Stage) -> None:
        stage.window.board.arrange(on=False)
        stage.show(drawings.demo())
        for command in commands:
            stage.window.actions_[command].trigger()

    return play


def _show_tab(number: int, stage: Stage) -> None:
    stage.show(drawings.demo())
    stage.window.board.bottom.show_tab(number)


def _flame(stage: Stage) -> None:
    _show_tab(TITLES.index("Flame graph"), stage)
    view = stage.window.board.bottom.flame
    view.spans.use(BUNDLE)
    settle()
    view.find_field.setText("rank")


def _notes(folder: Path, stage: Stage) -> None:
    """Pins and notes on some rows, and the list of them; kept in a folder of the gallery's own."""
    folder.mkdir(parents=True, exist_ok=True)
    stage.show(replace(drawings.demo(), paths=(folder / "incident-2026-11-18.tar.zst",)))
    stage.window.board.bottom.show_tab(TITLES.index("Notes"))
    state = stage.window.state
    store, row = state.store, state.span_row
    if store is not None and row >= 0:
        texts = (
            "Stale rows since 14:05.\nAsk the platform team for the rollout.",
            "",
            "The second try is no better",
        )
        notes = [
            replace(state.notebook.note(span_target(store, row + at)), pinned=at < 4, text=words)
            for at, words in zip((0, 3, 4), texts, strict=True)
        ]
        state.notebook.put("notes", *notes)


def _save_filter(stage: Stage) -> None:
    stage.show(drawings.demo())
    stage.window.state.set_query("service:ranking-api status:error")
    stage.window.actions_["filter-save"].trigger()


def _find(stage: Stage) -> None:
    stage.show(drawings.demo())
    stage.window.board.waterfall.open_find()
    stage.window.board.waterfall.find_bar.field.setText("rank")


def _matches(stage: Stage) -> None:
    _find(stage)
    stage.window.actions_["only-matches"].trigger()


def _limited(only: Only) -> Play:
    def play(stage: Stage) -> None:
        stage.show(drawings.demo())
        stage.window.state.set_options(only=frozenset((only,)))

    return play


def _squeezed(stage: Stage) -> None:
    stage.show(drawings.drawn(drawings.SIBLINGS))
    stage.window.state.set_options(squeezed=True, critical_on=True)


def _cursor(stage: Stage) -> None:
    """The mouse in the waterfall, 0.6 s after the id began."""
    stage.show(drawings.demo())
    state = stage.window.state
    stage.window.board.bottom.show_tab(0)
    if state.analysis is not None:
        state.set_cursor(int(state.analysis.ids.start[state.id_row]) + 600_000_000)


def _graph_of_ids(stage: Stage) -> None:
    stage.show(drawings.demo())
    stage.window.state.set_scope("ids")


def _ids_by_version(stage: Stage) -> None:
    stage.show(drawings.demo())
    stage.window.board.ids.group_by("version")
    stage.window.board.ids.sort_by("latest")


def _ids_none_match(stage: Stage) -> None:
    stage.show(drawings.demo())
    stage.window.board.ids.filter.setText("no id is called this")
    stage.window.board.ids.list.refill()


def _dialogs() -> Iterator[Scene]:
    for command in ("export", "settings", "issues", "keys", "commands", "about", "formats"):
        yield Scene(f"dialog-{command}", _acts(command), (1280, 800))
    yield Scene("dialog-note", _acts("note"), (1280, 800))
    yield Scene("dialog-filters", _acts("filters"), (1280, 800))
    yield Scene("dialog-filter-save", _save_filter, (1280, 800))
    yield Scene("dialog-error", _error, (1280, 800))
    yield Scene("dialog-palette", _palette, (1280, 800))
    yield Scene("dialog-ask", _ask, (1280, 800))


def _palette(stage: Stage) -> None:
    stage.show(drawings.demo())
    stage.window.actions_["commands"].trigger()
    settle()
    for dialog in stage.window.findChildren(CommandsDialog):
        dialog.field.setText("rank")


def _error(stage: Stage) -> None:
    said = "spans.jsonl cannot be read: Permission denied. What was open stays open."
    show_error("The bundle was not opened", said, "Traceback (most recent call last):\n  …", stage.window)


def _ask(stage: Stage) -> None:
    stage.show(drawings.demo())
    said = "more.zip can be read into the bundle that is open, or replace it."
    AskDialog("Open", said, ("Replace", "Add to this bundle", "In a new window"), stage.window).open()
