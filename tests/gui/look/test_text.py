"""The door for text, and the fonts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo, QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import explorer.gui
from explorer.gui.look import fonts, text
from explorer.gui.look.elided import Elided

EVIL = "<img src='file:///etc/passwd'> & \u202eabc\u200b\x1b[31m\x00"


def test_hidden_characters_are_spelled_out() -> None:
    assert text.plain(EVIL).endswith("⟨U+202E⟩abc⟨U+200B⟩⟨U+0000⟩"), "but the colours of a terminal"
    assert text.plain("\x1b[1;31mred\x1b[0m \x1b[2J") == "red ⟨U+001B⟩[2J"
    assert text.plain("\ud800") == "⟨U+D800⟩"
    assert text.plain("a\tb\r\nc") == "a\tb\nc"
    assert text.line("a\tb\nc") == "a b ⏎ c"


@pytest.mark.parametrize(
    ("given", "limit", "shown"), [("abcdef", 6, "abcdef"), ("abcdef", 4, "abc…"), ("", 0, "")]
)
def test_clipped(given: str, limit: int, shown: str) -> None:
    assert text.plain(given, limit) == shown


def test_label_is_plain(qtbot: QtBot) -> None:
    made = text.label(EVIL, "head")
    qtbot.addWidget(made)
    assert made.textFormat() == Qt.TextFormat.PlainText
    assert made.text().startswith("<img")
    text.set_label(made, "a\u202eb")
    assert made.text() == "a⟨U+202E⟩b"


def test_tooltip_is_escaped(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    text.tooltip(widget, EVIL)
    assert "<img" not in widget.toolTip()
    assert "&lt;img" in widget.toolTip()
    text.tooltip(widget, "")
    assert widget.toolTip() == ""


def test_reading_field_is_plain(qtbot: QtBot) -> None:
    field = text.reading("<b>x</b>")
    qtbot.addWidget(field)
    assert field.toPlainText() == "<b>x</b>"
    assert field.isReadOnly()


def test_the_shipped_fonts_are_used(qtbot: QtBot) -> None:
    assert fonts.load() == ()
    assert QFontInfo(fonts.ui()).family() == "Inter"
    assert QFontInfo(fonts.mono()).family() == "JetBrains Mono"
    assert [fonts.ui(role).pixelSize() for role in fonts.SIZES] == [17, 13, 12, 11]


def test_every_sign_of_the_window_is_in_the_shipped_font(qapp: QApplication) -> None:
    metrics = QFontMetrics(fonts.ui("body"))
    missing = {
        (path.name, sign)
        for path in Path(explorer.gui.__file__).parent.rglob("*.py")
        for quoted in re.findall(r'"([^"\n]*)"', path.read_text("utf-8"))
        for sign in quoted
        if ord(sign) > 0x2000 and not metrics.inFontUcs4(ord(sign))
    }
    assert missing == set()


def test_what_is_cut_within_joined_letters_gets_no_joiner(qapp: QApplication) -> None:
    measure = QFontMetrics(qapp.font())
    word = "مرحبا" * 12
    for mode in (Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideLeft):
        shown = text.elided(word, measure, measure.horizontalAdvance(word) // 3, mode)
        assert "…" in shown
        assert "\u200d" not in shown


def test_of_several_facts_the_last_give_way_and_none_is_cut(qtbot: QtBot) -> None:
    facts = ("47 spans", "7 services", "2.604 s", "20 logs")
    label = Elided(fonts.ui("body"))
    qtbot.addWidget(label)
    label.show_facts(facts)
    whole = label.sizeHint().width()
    said = []
    for width in range(whole, 0, -4):
        label.resize(width, 20)
        said.append(label.shown())
    assert said[0] == " · ".join(facts)
    assert set(said) == {" · ".join(facts[:count]) for count in range(5)}
