"""How Qt's own widgets look: Fusion, our palette, and one style sheet made from a theme.

Views paint themselves from the theme. Widgets ask for a look by the property ``look``:
``primary`` (the accent), ``toggle`` (checkable, accent outline while on), ``quiet`` (no frame until hovered),
``link`` (accent text), ``chip``; frames by ``panel``, ``card``, ``bar``, ``line``.
"""

from __future__ import annotations

from string import Template
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from explorer.gui.look.marks import marks
from explorer.layout.palette import Theme

_SHEET: Final = Template("""
QWidget { color: $text; }
QWidget:disabled { color: $faint; }
QMainWindow { background: $ground; }
QDialog { background: $panel; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QSplitter::handle { background: $line; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }

QLabel[look="muted"], Elided[look="muted"] { color: $muted; }
QLabel[look="faint"] { color: $faint; }
QLabel[look="error"] { color: $error; }
QLabel[look="accent"] { color: $accent; }
QLabel[look="warning"] { color: $warning; }
QLabel[look="section"] { color: $muted; font-weight: 600; }
QPushButton[look="warning"] { background: transparent; border: 1px solid transparent; padding: 2px 4px;
    color: $warning; }
QPushButton[look="warning"]:focus { border-color: $accent; }
QPushButton[look="chip"] { background: $raised; border: 1px solid transparent; border-radius: 5px; padding: 2px 7px;
    color: $muted; min-height: 18px; }
QPushButton[look="chip"]:checked { background: $accent_ground; color: $text; }
QPushButton[look="chip"]:focus { border-color: $accent; }
QPushButton[look="pill"] { background: $raised; border: 1px solid transparent; border-radius: 7px; padding: 0 7px;
    color: $muted; min-height: 14px; max-height: 14px; }
QPushButton[look="pill"]:hover { color: $text; }
QPushButton[look="pill"]:checked { background: $accent_ground; border-color: $accent; color: $text; }
QPushButton[look="pill"]:focus { border-color: $accent; }
QPushButton[look="pill"]:disabled { color: $faint; }
QToolButton[look="choice"] { color: $muted; }
QToolButton::menu-indicator { image: none; width: 0; }
QFrame[look="panel"], QFrame[look="bar"], QWidget[look="panel"] { background: $panel; border: none; }
QWidget[look="panel"] QScrollArea, QWidget[look="panel"] QScrollArea > QWidget,
QWidget[look="panel"] QScrollArea > QWidget > QWidget { background: transparent; }
QFrame[look="card"] { background: $panel; border: 1px solid $line; border-radius: 8px; }
QFrame[look="line"] { background: $line; border: none; }
QFrame[look="drop"] { background: transparent; border: 1px dashed $faint; border-radius: 12px; }
QFrame[look="drop"][over="true"] { background: $accent_ground; border: 1px dashed $accent; }

QPushButton { background: $panel; border: 1px solid $line; border-radius: 6px; padding: 4px 12px; min-height: 18px; }
QPushButton:hover { background: $raised; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $faint; }
QPushButton[look="toggle"]:checked { background: $accent_ground; border-color: $accent; color: $accent; }
QPushButton[look="toggle"]:checked:disabled { background: transparent; border-color: $line; color: $faint; }
QPushButton[look="toggle"]:checked:focus { border-color: $text; }
QPushButton[look="primary"] { background: $accent; border-color: $accent; color: $accent_text; font-weight: 600; }
QPushButton[look="primary"]:hover, QPushButton[look="primary"]:pressed { background: $accent_strong; }
QPushButton[look="primary"]:focus { border-color: $text; }
QPushButton[look="primary"]:disabled { background: $raised; border-color: $line; color: $faint; }
QPushButton[look="quiet"], QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px;
    padding: 2px 6px; }
QPushButton[look="quiet"]:hover, QToolButton:hover { background: $raised; }
QPushButton[look="status"] { background: transparent; border: 1px solid transparent; border-radius: 4px;
    padding: 2px 6px; color: $muted; }
QPushButton[look="status"]:hover { color: $text; }
QPushButton[look="status"]:focus { border-color: $accent; }
QPushButton[look="quiet"]:focus, QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $faint; }
QPushButton[look="link"] { background: transparent; border: 1px solid transparent; padding: 2px 4px; color: $accent; }
QPushButton[look="link"]:hover { text-decoration: underline; }
QPushButton[look="link"]:focus { border-color: $accent; }
QPushButton[look="link"]:disabled { color: $faint; }
QPushButton[look="row"] { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 6px 8px;
    text-align: left; }
QPushButton[look="row"]:hover { background: $raised; }
QPushButton[look="row"]:focus { border-color: $accent; }

QLineEdit, QSpinBox, QComboBox, QPlainTextEdit { background: $ground; border: 1px solid $line; border-radius: 6px;
    padding: 4px 8px; selection-background-color: $accent; selection-color: $accent_text; }
QLineEdit:focus, QSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: $accent; }
QPlainTextEdit[look="page"] { border: none; border-radius: 0; padding: 0 12px; }
QLineEdit[look="query"] { background: $raised; }
QLineEdit[wrong="true"] { border-color: $error; }
QSpinBox { padding: 0; min-height: 24px; }
QSpinBox::up-button, QSpinBox::down-button { width: 0; height: 0; border: none; }
QAbstractSpinBox QLineEdit { border: none; padding: 0; background: transparent; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$down"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; selection-background-color: $accent_ground;
    selection-color: $text; }
QCheckBox, QRadioButton { spacing: 8px; padding: 2px; border: 1px solid transparent; border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { border-color: $accent; }
QCheckBox::indicator { width: 12px; height: 12px; padding: 1px; border: 1px solid $faint; border-radius: 4px;
    background: $ground; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$tick"); }
QCheckBox::indicator:disabled { background: $raised; border-color: $line; }

QMenuBar { background: transparent; spacing: 0; }
QMenuBar::item { background: transparent; padding: 5px 8px; border-radius: 4px; color: $muted; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $raised; color: $text; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px 0; }
QMenu::item { padding: 5px 28px 5px 28px; }
QMenu::item:selected { background: $accent_ground; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 4px 0; }
QMenu::indicator { left: 8px; width: 12px; height: 12px; }

QAbstractItemView { background: $panel; alternate-background-color: $panel; border: none; outline: none;
    gridline-color: $grid; selection-background-color: $accent_ground; selection-color: $text; }
QListView[look="offers"] { background: $panel; border: 1px solid $line; padding: 2px 0; }
QTableView::item, QListView::item { padding: 2px 8px; border: none; }
QTableView[look="pairs"]::item { padding: 0 8px; }
QTableView::item:selected, QListView::item:selected { background: $accent_ground; color: $text; }
QHeaderView { background: $panel; border: none; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: 4px 11px; }
QTableView[look="pairs"] QHeaderView::section:vertical { padding: 0; border: none; }
QTableCornerButton::section { background: $panel; border: none; }

QScrollArea, QTableView, QListView, QTreeView { border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QDialog QScrollArea, QDialog QScrollArea > QWidget,
QScrollArea > QWidget > QWidget[look="page"] { background: transparent; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTabBar { background: transparent; border: none; }
QTabBar::tab { background: transparent; color: $muted; padding: 6px 9px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::scroller { width: 24px; }
QTabBar QToolButton { background: $panel; padding: 0; }
QTabBar QToolButton::left-arrow { image: url("$left"); width: 12px; height: 12px; }
QTabBar QToolButton::right-arrow { image: url("$right"); width: 12px; height: 12px; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QProgressBar { background: $raised; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QStatusBar { background: $panel; border-top: 1px solid $line; color: $muted; }
QStatusBar::item { border: none; }
""")


def palette(theme: Theme) -> QPalette:
    """Qt's palette in the colours of the theme, for what the style sheet does not reach."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.ground, QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.panel, QPalette.ColorRole.AlternateBase: theme.raised,
        QPalette.ColorRole.Text: theme.text, QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.panel, QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.error, QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text, QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.accent_text, QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.LinkVisited: theme.accent, QPalette.ColorRole.Light: theme.raised,
        QPalette.ColorRole.Midlight: theme.raised, QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Dark: theme.line, QPalette.ColorRole.Shadow: theme.ground,
        QPalette.ColorRole.Accent: theme.accent,
    }  # fmt: skip
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.faint))
    return made


def sheet(theme: Theme) -> str:
    """The style sheet of the theme."""
    names = ("ground", "panel", "raised", "line", "grid", "text", "muted", "faint", "accent", "accent_ground",
             "accent_text", "error", "warning")  # fmt: skip
    colours = {name: getattr(theme, name) for name in names}
    strong = QColor(theme.accent)
    colours["accent_strong"] = (strong.lighter(112) if theme.name == "dark" else strong.darker(115)).name()
    return _SHEET.substitute(colours | marks(theme))


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the whole application in a theme."""
    app.setPalette(palette(theme))
    app.setStyleSheet(sheet(theme))


def system_theme() -> str:
    """``light`` or ``dark``, as the desktop has it; ``dark`` where it does not say."""
    hints = QGuiApplication.styleHints()
    return "light" if hints.colorScheme() == Qt.ColorScheme.Light else "dark"


def demand_scheme(choice: str) -> None:
    """Have title bars and native dialogs be ``light``, ``dark``, or as the ``system`` has it."""
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    hints = QGuiApplication.styleHints()
    hints.setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))


def look(widget: QWidget, name: str, value: str | bool = "") -> None:
    """Give a widget a look (``look(button, "primary")``), or change another property of the sheet."""
    if value == "":
        widget.setProperty("look", name)
    else:
        widget.setProperty(name, value)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):  # else it is dressed when it is shown
        widget.style().unpolish(widget)
        widget.style().polish(widget)
