"""Every command of the window, its key and its place in the menus: one table.

The menus, the command palette, the key map (``?``) and the table in the README are made from it.
Keys are spelled as Qt's portable text; ``Ctrl`` is the command key on a Mac.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Needs = Literal["", "bundle", "id", "span", "query", "range", "root", "past", "future", "done", "undone", "candidates",
                "candidate", "causes"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the user can have done.

    Attributes:
        id: what code calls it.
        text: in menus and the palette; one that ends in ``…`` asks something first.
        menu: path of the menu, ``View/Theme``.
        tip: what it does, in one sentence.
        keys: work everywhere in the window but in text fields.
        near: work where the waterfall has the focus, because other lists use them too.
        mouse: what the mouse does for the same.
        checkable: it is switched on and off.
        gap: a line stands above it in the menu.
        needs: what must be there for it to make sense.
        later: why it cannot be used yet.
    """

    id: str
    text: str
    menu: str
    tip: str
    keys: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    mouse: str = ""
    checkable: bool = False
    gap: bool = False
    needs: Needs = ""
    later: str = ""


MENUS: Final = ("File", "Edit", "View", "Go", "Analyse", "Help")

_FILE: Final = (
    Command("open", "Open files…", "File", "Open files or archives as one bundle", ("Ctrl+O",), mouse="drop"),
    Command("open-folder", "Open folder…", "File", "Open a folder as one bundle", ("Ctrl+Shift+O",)),
    Command("add", "Add to this bundle…", "File", "Read more files into the bundle that is open", needs="bundle"),
    Command("demo", "Open the demo", "File", "Open the incident that ships with the program"),
    Command("new-window", "New window", "File", "Another window, on nothing", ("Ctrl+N",), gap=True),
    Command("open-window", "Open in a new window…", "File", "Open files or archives in a window of their own",
            ("Ctrl+Shift+N",)),
    Command("reload", "Read again", "File", "Read the bundle again from disk; selection and zoom stay",
            ("F5", "Ctrl+R"), gap=True, needs="bundle"),
    Command("close", "Close bundle", "File", "Close the bundle that is open", ("Ctrl+W",), needs="bundle"),
    Command("export", "Export…", "File", "Export the root cause picture or the report", ("Ctrl+E",), gap=True,
            needs="id"),
    Command("columns", "Columns of a table…", "File", "Say what the columns of an unusual CSV or TSV file hold",
            gap=True),
    Command("settings", "Settings…", "File", "Theme, time zone, id fields, limits, redaction, rules", ("Ctrl+,",)),
    Command("close-window", "Close this window", "File", "Close this window; others stay", ("Ctrl+Shift+W",), gap=True),
    Command("quit", "Quit", "File", "Close all windows; the next start can go on with them", ("Ctrl+Q",)),
)  # fmt: skip

_EDIT: Final = (
    Command("undo", "Undo", "Edit", "Take back the last change of pins and notes", ("Ctrl+Z",), needs="done"),
    Command("redo", "Redo", "Edit", "Do again what was taken back", ("Ctrl+Shift+Z",), needs="undone"),
    Command("copy", "Copy", "Edit", "Copy the selected id, span, row or table as text", ("Ctrl+C",), gap=True,
            needs="bundle"),
    Command("copy-json", "Copy as JSON", "Edit", "Copy the selected span as JSON", needs="span"),
    Command("copy-markdown", "Copy as Markdown", "Edit", "Copy the selected span as Markdown", needs="span"),
    Command("copy-curl", "Copy as curl command", "Edit", "Copy the request of the selected span, to be sent again",
            needs="span"),
    Command("copy-picture", "Copy the picture", "Edit",
            "Copy the root cause picture, to be pasted into a chat or a ticket", ("Ctrl+Shift+C",), needs="id"),
    Command("copy-report", "Copy the report", "Edit", "Copy the report as Markdown", needs="id"),
    Command("find", "Find in this id…", "Edit", "Find spans of this id by text", ("/", "Ctrl+F"), gap=True, needs="id"),
    Command("find-next", "Find next", "Edit", "Go to the next span found", ("F3",), mouse="Enter", needs="id"),
    Command("find-previous", "Find previous", "Edit", "Go to the span found before", ("Shift+F3",),
            mouse="Shift+Enter", needs="id"),
    Command("query", "Query", "Edit", "Filter the whole bundle by a query", ("Ctrl+K",), gap=True, needs="bundle"),
    Command("query-clear", "Clear the query", "Edit", "Show all ids again", needs="query"),
    Command("filter-save", "Save the query as a filter…", "Edit/Saved filters", "Keep the query by a name", ("Ctrl+D",),
            needs="query"),
    Command("filters", "Saved filters…", "Edit/Saved filters", "Use, rename, change and remove saved filters"),
    Command("range-clear", "Clear the time range", "Edit", "Show all times again", needs="range"),
    Command("pin", "Pin", "Edit", "Pin the selected span, else the id", ("M",), gap=True, checkable=True,
            needs="id"),
    Command("note", "Note…", "Edit", "Write a note on the selected span, else on the id", ("N",), needs="id"),
)  # fmt: skip

_VIEW: Final = (
    Command("zoom-in", "Zoom in", "View", "Zoom in on time, at the cursor", ("W",), mouse="Ctrl+wheel", needs="id"),
    Command("zoom-out", "Zoom out", "View", "Zoom out of time, at the cursor", ("S",), mouse="Ctrl+wheel", needs="id"),
    Command("pan-left", "Earlier", "View", "Move the visible time to earlier", ("A",), mouse="Shift+wheel", needs="id"),
    Command("pan-right", "Later", "View", "Move the visible time to later", ("D",), mouse="Shift+wheel", needs="id"),
    Command("fit", "Fit all", "View", "Show the whole time of this id", ("0",), mouse="double-click the ruler",
            needs="id"),
    Command("zoom-selection", "Zoom to the selection", "View", "Show the time of the selected span", ("Z",),
            needs="span"),
    Command("unfold-level", "Unfold one level", "View", "Unfold one more level everywhere", ("[",), gap=True,
            needs="id"),
    Command("fold-level", "Fold one level", "View", "Fold the deepest level everywhere", ("]",), needs="id"),
    Command("utc", "Times in UTC", "View", "Show times in UTC instead of the local zone", checkable=True, gap=True),
    Command("group-siblings", "Group alike siblings", "View", "Draw calls of one operation in a row as one",
            checkable=True),
    Command("squeeze-idle", "Leave out idle time", "View",
            "Draw stretches in which spans only waited as breaks of the time axis", ("I",), checkable=True),
    Command("only-critical", "Only the critical path", "View/Rows",
            "Only spans on the critical path, and those above them",
            checkable=True),
    Command("only-errors", "Only errors", "View/Rows", "Only spans that failed, and those above them",
            checkable=True),
    Command("only-slow", "Only slow spans", "View/Rows", "Only spans slower than usual, and those above them",
            checkable=True),
    Command("only-matches", "Only matches", "View/Rows", "Only spans that are found, and those above them",
            checkable=True),
    Command("tab-logs", "Logs", "View/Bottom panel", "Show the logs of the selected span", ("1",)),
    Command("tab-events", "Events", "View/Bottom panel", "Show the events of the selected span", ("2",)),
    Command("tab-stack", "Stack trace", "View/Bottom panel", "Show the stack trace of the selected span", ("3",)),
    Command("tab-metrics", "Metrics", "View/Bottom panel", "Show the metrics of the bundle", ("4",)),
    Command("tab-compare", "Compare", "View/Bottom panel", "Show the comparison", ("5",)),
    Command("tab-statistics", "Statistics", "View/Bottom panel", "Show counts and times by service and operation",
            ("6",)),
    Command("tab-flame", "Flame graph", "View/Bottom panel", "Show call paths added up, the widest where time went",
            ("7",)),
    Command("tab-notes", "Notes", "View/Bottom panel", "Show all pins and notes on the bundle", ("8",)),
    Command("arrange", "Arrange panels", "View/Panels", "Show the title bars by which panels are moved",
            checkable=True),
    Command("reset-layout", "Reset the arrangement", "View/Panels", "Put all panels back where they were at first"),
    Command("theme-system", "Like the system", "View/Theme", "Light or dark, like the desktop", checkable=True),
    Command("theme-dark", "Dark", "View/Theme", "Dark colours", checkable=True),
    Command("theme-light", "Light", "View/Theme", "Light colours", checkable=True),
    Command("text-larger", "Larger", "View/Text size", "Larger text", ("Ctrl++", "Ctrl+=")),
    Command("text-smaller", "Smaller", "View/Text size", "Smaller text", ("Ctrl+-",)),
    Command("text-normal", "Normal", "View/Text size", "Text of 100 %", ("Ctrl+0",)),
    Command("full-screen", "Full screen", "View", "Fill the screen", ("F11",), checkable=True),
)  # fmt: skip

_GO: Final = (
    Command("back", "Back", "Go", "Back to the place before", ("Alt+Left",), needs="past"),
    Command("forward", "Forward", "Go", "Forward again", ("Alt+Right",), needs="future"),
    Command("id-next", "Next id", "Go", "The next id in the list", (".",), gap=True, needs="bundle"),
    Command("id-previous", "Previous id", "Go", "The id before in the list", (",",), needs="bundle"),
    Command("cause-next", "Next cause", "Go", "The ids of the next cause of the bundle", needs="causes"),
    Command("cause-previous", "Previous cause", "Go", "The ids of the cause before", needs="causes"),
    Command("id-window", "This id in a new window", "Go", "Show this id in a window of its own, beside this one",
            needs="id"),
    Command("error-next", "Next error", "Go", "The next span that failed", ("E",), gap=True, needs="id"),
    Command("error-previous", "Previous error", "Go", "The failed span before", ("Shift+E",), needs="id"),
    Command("origin", "Origin of this failure", "Go", "The span where this failure began", ("O",), needs="id"),
    Command("link", "Linked span", "Go", "The span that the selected one links to, or that links to it", ("Shift+L",),
            needs="span"),
    Command("row-down", "Next row", "Go", "The row below", ("J",), ("Down",), gap=True, needs="id"),
    Command("row-up", "Previous row", "Go", "The row above", ("K",), ("Up",), needs="id"),
    Command("fold", "Fold, or to the parent", "Go", "Fold the row, or go to its parent", ("H",), ("Left",), needs="id"),
    Command("unfold", "Unfold, or to the child", "Go", "Unfold the row, or go to its first child", ("L",), ("Right",),
            needs="id"),
    Command("peel", "Step out", "Go", "Take back one layer: find, pills, candidate, root, time range, query, selection",
            ("Esc",), gap=True),
)  # fmt: skip

_ANALYSE: Final = (
    Command("failure-path", "Failure path", "Analyse", "Draw the failure path and dim what is not on it", ("F",),
            checkable=True, needs="id"),
    Command("critical-path", "Critical path", "Analyse", "Draw the spans that decide how long it took", ("C",),
            checkable=True, needs="id"),
    Command("candidate-next", "Next candidate", "Analyse", "Draw the next candidate as if the failure began there",
            ("Shift+O",), needs="candidates"),
    Command("candidate-first", "Back to the first candidate", "Analyse", "Draw again what was found",
            needs="candidate"),
    Command("compare", "Compare with a healthy id", "Analyse", "Compare with the nearest healthy id", ("X",),
            needs="id"),
    Command("scope", "Graph: this id or the bundle", "Analyse", "What the call graph shows", ("G",), gap=True,
            needs="bundle"),
    Command("root", "Root at the selected span", "Analyse", "Show only the subtree of the selected span",
            mouse="double-click a service", needs="span"),
    Command("root-clear", "Whole trace again", "Analyse", "Show the whole trace again", needs="root"),
    Command("corrected", "Corrected clocks", "Analyse", "Shift hosts whose clocks disagree", checkable=True, gap=True),
    Command("keep-incident", "Keep this incident…", "Analyse",
            "Keep this cause, to be told when the same fault is met again", gap=True, needs="id"),
    Command("issues", "What was not read…", "Analyse", "Everything that was skipped or repaired, and why", gap=True,
            needs="bundle"),
)  # fmt: skip

_HELP: Final = (
    Command("keys", "Key map", "Help", "All keys", ("?",)),
    Command("commands", "Find anything…", "Help", "Find a command, id, span, service, operation or bundle",
            ("Ctrl+Shift+P", "F1")),
    Command("formats", "Formats read…", "Help", "The formats this program reads, and how each is recognised", gap=True),
    Command("log", "Program log…", "Help", "The log of faults of this program"),
    Command("about", "About Trace Explorer", "Help", "Versions and licences", gap=True),
)  # fmt: skip

COMMANDS: Final[tuple[Command, ...]] = (*_FILE, *_EDIT, *_VIEW, *_GO, *_ANALYSE, *_HELP)

BY_ID: Final = {command.id: command for command in COMMANDS}


def keys_in_words(command: Command) -> str:
    """All keys of a command: ``J or ↓``, ``Shift+E``, "" for none."""
    return " or ".join(spelled(key) for key in (*command.keys, *command.near))


def spelled(key: str) -> str:
    """A key as it stands on the keyboard: arrows as arrows, single letters small as they are typed."""
    arrows = {"Up": "↑", "Down": "↓", "Left": "←", "Right": "→"}
    head, plus, last = key.rpartition("+") if not key.endswith("+") else (key[:-2], "+", "+")
    last = arrows.get(last, last)
    return f"{head}{plus}{last}" if head else last.lower() if len(last) == 1 else last


def key_table() -> Iterator[str]:
    """The lines of a Markdown table of all commands that have keys."""
    yield "| menu | command | key | mouse |"
    yield "|---|---|---|---|"
    for command in COMMANDS:
        if command.keys:
            keys = keys_in_words(command).replace("|", "\\|")
            yield f"| {command.menu.partition('/')[0]} | {command.text.rstrip('…')} | {keys} | {command.mouse} |"
