"""The settings, on one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from explorer.gui.dialogs.frame import Dialog
from explorer.gui.look import text
from explorer.gui.look.style import look
from explorer.session.settings import SCALES, Restore, Settings, ThemeChoice, settings_file

_MIB: Final = 1 << 20
_GIB: Final = 1 << 30
_THEMES: Final[dict[ThemeChoice, str]] = {"system": "Like the system", "dark": "Dark", "light": "Light"}
_RESTORE: Final[dict[Restore, str]] = {
    "offer": "Offer what was open last", "always": "Open what was open last", "never": "Begin with nothing",
}  # fmt: skip


class SettingsDialog(Dialog):
    """Shows settings; ``saved`` carries the new ones, ``cleared`` asks to forget bundles read before."""

    saved = Signal(object)
    cleared = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("Settings", parent, 640, 680)
        self._settings = settings
        self._sections: list[tuple[list[QWidget], QFormLayout]] = []
        self.search = QLineEdit(self)
        self.search.setAccessibleName("Find a setting")
        self.search.setPlaceholderText("Find a setting")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.show_only)
        self.body.addWidget(self.search)
        page = QWidget()
        look(page, "page")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 12, 0)
        self._column.setSpacing(8)
        self._make_appearance()
        self._make_reading()
        self._make_export()
        self._column.addStretch(1)
        area = QScrollArea(self)
        area.setAccessibleName("Settings")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        self.body.addWidget(area, 1)
        self.add_button("Defaults", lambda: self.show_settings(Settings()), "quiet", left=True)
        self.add_button("Cancel", self.close)
        self.add_button("Save", self._save, "primary")
        self.show_settings(settings)

    def show_only(self, words: str) -> None:
        """Show the settings whose name, heading or tip holds all words."""
        wanted = words.lower().split()
        for heads, form in self._sections:
            about = " ".join(head.text() for head in heads if isinstance(head, QLabel))
            shown = 0
            for row in range(form.rowCount()):
                found = all(word in f"{about} {_said(form, row)}".lower() for word in wanted)
                form.setRowVisible(row, found)
                shown += found
            for head in heads:
                head.setVisible(shown > 0)

    def show_settings(self, settings: Settings) -> None:
        """Fill the fields."""
        self.theme.setCurrentIndex(get_args(ThemeChoice).index(settings.theme))
        self.scale.setCurrentIndex(SCALES.index(settings.scaled(0).scale))
        self.utc.setChecked(settings.utc)
        self.id_fields.setText(", ".join(settings.id_fields))
        self.columns.setText(settings.columns)
        self.archive.setValue(settings.limits.archive_bytes // _GIB)
        self.ratio.setValue(settings.limits.ratio)
        self.members.setValue(settings.limits.members)
        self.nesting.setValue(settings.limits.depth)
        self.record.setValue(settings.limits.record_bytes // _MIB)
        self.document.setValue(settings.limits.document_bytes // _MIB)
        self.redact.setChecked(settings.redact)
        self.rules.setText(settings.rules)
        self.cache.setValue(settings.cache_bytes // _GIB)
        self.restore.setCurrentIndex(get_args(Restore).index(settings.restore))

    def entered(self) -> Settings:
        """The settings as the fields have them."""
        limits = replace(
            self._settings.limits, archive_bytes=self.archive.value() * _GIB, ratio=self.ratio.value(),
            members=self.members.value(), depth=self.nesting.value(), record_bytes=self.record.value() * _MIB,
            document_bytes=self.document.value() * _MIB,
        )  # fmt: skip
        names = self.id_fields.text().replace(",", " ").split()
        return Settings(
            theme=get_args(ThemeChoice)[self.theme.currentIndex()], utc=self.utc.isChecked(),
            scale=SCALES[self.scale.currentIndex()], id_fields=tuple(dict.fromkeys(names)), limits=limits,
            columns=self.columns.text().strip(), redact=self.redact.isChecked(), rules=self.rules.text().strip(),
            cache_bytes=self.cache.value() * _GIB, restore=get_args(Restore)[self.restore.currentIndex()],
        )  # fmt: skip

    def _save(self) -> None:
        entered = self.entered()
        self.close()
        self.saved.emit(entered)

    def _make_appearance(self) -> None:
        form = self._section("Appearance")
        self.theme = _choice([_THEMES[name] for name in get_args(ThemeChoice)])
        self.scale = _choice([f"{percent} %" for percent in SCALES])
        self.utc = QCheckBox("Show times in UTC instead of the local zone")
        _add(form, "Theme", self.theme)
        _add(form, "Text size", self.scale)
        _add(form, "Times", self.utc)
        self.restore = _choice([_RESTORE[name] for name in get_args(Restore)])
        _add(form, "At the start", self.restore)

    def _make_reading(self) -> None:
        form = self._section("Reading", "What you change here counts from the next time a bundle is read.")
        self.id_fields = QLineEdit()
        self.id_fields.setPlaceholderText("order_id, x-transaction-id")
        _add(form, "Correlation id fields", self.id_fields, "Fields that hold the id, strongest first")
        self.columns = QLineEdit()
        self.columns.setPlaceholderText("columns.toml")
        row = _beside(self.columns, "Choose…", self._choose_columns)
        _add(form, "Columns of tables", row, "A file that says what the columns of unusual CSV hold",
             field=self.columns)  # fmt: skip
        self.archive = _number(1, 4096, " GiB")
        self.ratio = _number(2, 100_000, " : 1")
        self.members = _number(1, 100_000_000, " files")
        self.nesting = _number(1, 32, " archives")
        self.record = _number(1, 1024, " MiB")
        self.document = _number(1, 1 << 20, " MiB")
        _add(form, "Out of archives, at most", self.archive)
        _add(form, "Packing ratio, at most", self.ratio)
        _add(form, "Files in archives, at most", self.members)
        _add(form, "Archives in archives", self.nesting)
        _add(form, "One line, at most", self.record)
        _add(form, "One document, at most", self.document)
        self.rules = QLineEdit()
        self.rules.setPlaceholderText(str(settings_file().with_name("rules")))
        _add(form, "Own rules", _beside(self.rules, "Choose…", self._choose_rules), field=self.rules)
        self.cache = _number(1, 4096, " GiB")
        row = _beside(self.cache, "Clear", self.cleared.emit)
        _add(form, "Kept of bundles read before", row, field=self.cache)

    def _make_export(self) -> None:
        form = self._section("Export")
        self.redact = QCheckBox("Remove tokens, keys, e-mails and card numbers")
        _add(form, "Secrets", self.redact)

    def _section(self, title: str, about: str = "") -> QFormLayout:
        if self._column.count():
            self._column.addSpacing(16)
        heads: list[QWidget] = [text.label(title, "head")]
        if about:
            heads.append(text.label(about))
            look(heads[1], "muted")
        for head in heads:
            self._column.addWidget(head)
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._column.addLayout(form)
        self._sections.append((heads, form))
        return form

    def _choose_columns(self) -> None:
        dialog = QFileDialog(self, "What the columns of tables hold", self.columns.text(), "TOML (*.toml)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.columns.setText(str(Path(name))))
        dialog.open()

    def _choose_rules(self) -> None:
        dialog = QFileDialog(self, "Folder of your own rules", self.rules.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: self.rules.setText(str(Path(name))))
        dialog.open()


def _said(form: QFormLayout, row: int) -> str:
    """Name and tip of a setting."""
    item = form.itemAt(row, QFormLayout.ItemRole.LabelRole)
    name = item.widget() if item is not None else None
    buddy = name.buddy() if isinstance(name, QLabel) else None
    return f"{name.text()} {buddy.toolTip()}" if isinstance(name, QLabel) and buddy is not None else ""


def _add(form: QFormLayout, words: str, widget: QWidget, tip: str = "", field: QWidget | None = None) -> None:
    name = text.label(words)
    name.setMinimumWidth(176)
    name.setBuddy(field or widget)
    (field or widget).setAccessibleName(words)
    text.tooltip(field or widget, tip)
    form.addRow(name, widget)


def _beside(field: QWidget, words: str, slot: Callable[[], object]) -> QWidget:
    """A field with a button at its right."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    button = QPushButton(words)
    button.setAccessibleName(words.rstrip("…"))
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: slot())
    line.addWidget(field, 1)
    line.addWidget(button)
    return row


def _choice(words: list[str]) -> QComboBox:
    made = QComboBox()
    made.addItems(words)
    return made


def _number(least: int, most: int, unit: str) -> QSpinBox:
    made = QSpinBox()
    made.setRange(least, most)
    made.setSuffix(unit)
    made.setGroupSeparatorShown(True)
    made.lineEdit().setTextMargins(6, 0, 6, 0)  # the style sheet's padding does not reach it
    return made
