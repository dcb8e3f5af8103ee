"""What to export, in which colours, and where to."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QFormLayout, QWidget

from explorer.gui import text
from explorer.gui.dialogs.frame import Dialog
from explorer.report.export import Export, View

_WHAT: Final[tuple[tuple[str, View, str], ...]] = (
    ("Root cause picture (PNG)", "rca", ".png"), ("Root cause picture (SVG)", "rca", ".svg"),
    ("Post-mortem report (Markdown)", "rca", ".md"), ("Waterfall (PNG)", "waterfall", ".png"),
    ("Waterfall (SVG)", "waterfall", ".svg"), ("Call graph (PNG)", "graph", ".png"),
    ("Call graph (SVG)", "graph", ".svg"),
)  # fmt: skip
_THEMES: Final = ("light", "dark")
_SCALES: Final = (1.0, 2.0, 3.0, 4.0)
_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


class ExportDialog(Dialog):
    """Asks what, then where; ``chosen`` carries an :class:`~explorer.report.export.Export`."""

    chosen = Signal(object)

    def __init__(self, id_text: str, folder: str, *, redact: bool, parent: QWidget | None = None) -> None:
        super().__init__("Export", parent)
        self._id = id_text
        self._folder = folder
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.what, self.theme, self.scale = QComboBox(), QComboBox(), QComboBox()
        self.what.addItems([words for words, _, _ in _WHAT])
        self.theme.addItems(["Light", "Dark"])
        self.scale.addItems([f"{int(scale)}×" for scale in _SCALES])
        self.scale.setCurrentIndex(1)
        self.redact = QCheckBox("Remove tokens, keys, e-mails and card numbers")
        self.redact.setChecked(redact)
        shown = text.label(text.line(id_text, 80))
        form.addRow(text.label("Id"), shown)
        rows = (
            ("What", self.what),
            ("Colours", self.theme),
            ("Pixels", self.scale),
            ("Secrets", self.redact),
        )
        for words, widget in rows:
            widget.setAccessibleName(words)
            form.addRow(text.label(words), widget)
        self.body.addLayout(form)
        self.what.currentIndexChanged.connect(self._follow)
        self.add_button("Cancel", self.close)
        self.add_button("Choose where…", self._ask_where, "primary").setFocus()
        self._follow()

    def wanted(self, path: Path) -> Export:
        """The export that the fields describe, into that file."""
        _, view, ending = _WHAT[self.what.currentIndex()]
        if path.suffix.lower() != ending:
            path = path.with_name(path.name + ending)
        return Export(
            path, view, _THEMES[self.theme.currentIndex()], _SCALES[self.scale.currentIndex()],
            redact=self.redact.isChecked(),
        )  # fmt: skip

    def suggested(self) -> str:
        """A file name out of the id, with nothing in it that a file system could mind."""
        _, view, ending = _WHAT[self.what.currentIndex()]
        safe = "".join(sign if sign in _SAFE else "-" for sign in self._id)[:80].strip(".-") or "id"
        return f"{view}-{safe}{ending}"

    def _follow(self) -> None:
        ending = _WHAT[self.what.currentIndex()][2]
        self.theme.setEnabled(ending != ".md")
        self.scale.setEnabled(ending == ".png")

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, "Export to", self._folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(self.suggested())
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, name: str) -> None:
        wanted = self.wanted(Path(name))
        self.close()
        self.chosen.emit(wanted)
