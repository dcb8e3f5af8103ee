"""What to export, in which colours, and where to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QFormLayout, QWidget

from explorer.gui.dialogs.frame import Dialog
from explorer.gui.look import text
from explorer.report.export import Export, View

_PICTURES: Final = (("PNG", ".png"), ("SVG", ".svg"), ("PDF", ".pdf"))
_REPORTS: Final = (("HTML, one file", ".html"), ("Markdown", ".md"))
_WHAT: Final[tuple[tuple[str, View, tuple[tuple[str, str], ...]], ...]] = (
    ("Root cause picture", "rca", _PICTURES), ("Post-mortem report", "rca", _REPORTS),
    ("Waterfall", "waterfall", _PICTURES), ("Call graph", "graph", _PICTURES),
)  # fmt: skip
_THEMES: Final = (("Light", "light"), ("Dark", "dark"))
_FOLLOWS: Final = ("The reader's, light or dark", None)
_SCALES: Final = (1.0, 2.0, 3.0, 4.0)
_COPIED: Final = (".png", ".md")
_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


class ExportDialog(Dialog):
    """Asks what, then where; ``chosen`` carries an :class:`~explorer.report.export.Export`.

    So does ``copied``: it is wanted on the clipboard; and ``previewed``: the user wants to see what would be removed.
    """

    chosen, copied, previewed = Signal(object), Signal(object), Signal(object)

    def __init__(self, id_text: str, folder: str, *, redact: bool, parent: QWidget | None = None) -> None:
        super().__init__("Export", parent)
        self._id = id_text
        self._folder = folder
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.what, self.form, self.theme, self.scale = (QComboBox() for _ in range(4))
        self.what.addItems([words for words, _, _ in _WHAT])
        self.scale.addItems([f"{int(scale)}×" for scale in _SCALES])
        self.scale.setCurrentIndex(1)
        self.redact = QCheckBox("Remove tokens, keys, e-mails and card numbers")
        self.redact.setChecked(redact)
        shown = text.label(text.line(id_text, 80))
        form.addRow(text.label("Id"), shown)
        rows = (
            ("What", self.what),
            ("Format", self.form),
            ("Colours", self.theme),
            ("Pixels", self.scale),
            ("Secrets", self.redact),
        )
        for words, widget in rows:
            widget.setAccessibleName(words)
            form.addRow(text.label(words), widget)
        self.body.addLayout(form)
        self.what.currentIndexChanged.connect(self._follow_what)
        self.form.currentIndexChanged.connect(self._follow_form)
        self.add_button(
            "What is removed…", lambda: self.previewed.emit(self.wanted(Path("preview"))), left=True
        )
        self.add_button("Cancel", self.close)
        self.copy_button = self.add_button("Copy", self._copy)
        text.tooltip(
            self.copy_button, "To be pasted into a chat or a ticket: a PNG as a picture, Markdown as text"
        )
        self.add_button("Choose where…", self._ask_where, "primary").setFocus()
        self._follow_what()

    def wanted(self, path: Path) -> Export:
        """The export that the fields describe, into that file; another ending that fits, typed, counts."""
        _, view, forms = _WHAT[self.what.currentIndex()]
        if path.suffix.lower() not in {ending for _, ending in forms}:
            path = path.with_name(path.name + self._ending())
        scale = _SCALES[self.scale.currentIndex()] if path.suffix.lower() == ".png" else None
        return Export(path, view, self.theme.currentData(), scale, redact=self.redact.isChecked())

    def suggested(self) -> str:
        """A file name out of the id, with nothing in it that a file system could mind."""
        _, view, forms = _WHAT[self.what.currentIndex()]
        name = "post-mortem" if forms is _REPORTS else view
        safe = "".join(sign if sign in _SAFE else "-" for sign in self._id)[:80].strip(".-") or "id"
        return f"{name}-{safe}{self._ending()}"

    def _ending(self) -> str:
        return str(self.form.currentData())

    def _follow_what(self) -> None:
        forms = _WHAT[self.what.currentIndex()][2]
        if self.form.count() == 0 or self._ending() not in {ending for _, ending in forms}:
            _fill(self.form, forms)

    def _follow_form(self) -> None:
        ending = self._ending()
        self.theme.setEnabled(ending != ".md")
        self.scale.setEnabled(ending == ".png")
        self.copy_button.setEnabled(ending in _COPIED)
        themes = (_FOLLOWS, *_THEMES) if ending == ".html" else _THEMES
        if self.theme.count() != len(themes):
            _fill(self.theme, themes)

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, "Export to", self._folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(self.suggested())
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _copy(self) -> None:
        self.close()
        self.copied.emit(self.wanted(Path(f"copy{self._ending()}")))

    def _take(self, name: str) -> None:
        wanted = self.wanted(Path(name))
        self.close()
        self.chosen.emit(wanted)


def _fill(box: QComboBox, items: Iterable[tuple[str, str | None]]) -> None:
    """Other choices, each with its value as data; the first is chosen."""
    with QSignalBlocker(box):
        box.clear()
        for words, value in items:
            box.addItem(words, value)
    box.currentIndexChanged.emit(0)
