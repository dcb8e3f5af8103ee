"""One long value, laid out to be read: JSON, SQL, a conversation, or text as it was written."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from explorer.gui.dialogs.frame import Dialog, copy
from explorer.gui.look import text
from explorer.gui.painting.ink import colour
from explorer.layout import numbers
from explorer.layout.palette import Theme
from explorer.layout.pretty import Kind, pretty

_WORDS: Final[dict[Kind, str]] = {
    "json": "JSON",
    "sql": "SQL",
    "conversation": "Conversation",
    "text": "Text",
}
_NAMES: Final[dict[Kind, re.Pattern[str]]] = {
    "json": re.compile(r'^\s*("(?:[^"\\]|\\.)*")(?=: )'),
    "sql": re.compile(r"^\s*([A-Za-z]+(?: (?:by|into|join|from|all|outer|conflict)\b)*)", re.IGNORECASE),
    "conversation": re.compile(r"^(\w+):$"),
}
"""What of a line is set off by colour: its first group."""
_SHOWN: Final = 4_000_000


class ValueDialog(Dialog):
    """Shows a value; what is copied is the value as it was recorded."""

    def __init__(self, name: str, value: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(text.line(name, 120), parent, 720, 560)
        self._value, self._pretty = value, pretty(name, value)
        self.caption = text.label("", "small", self)
        self.caption.setProperty("look", "muted")
        self.as_written = QCheckBox("as written", self)
        self.as_written.setVisible(self._pretty.kind != "text")
        self.as_written.toggled.connect(lambda *_: self._show())
        head = QHBoxLayout()
        head.addWidget(self.caption, 1)
        head.addWidget(self.as_written)
        self.body.addLayout(head)
        self.text = text.reading("", self, _SHOWN)
        self.text.setAccessibleName("Value")
        self._tint = _Tint(self.text.document(), theme)
        self.body.addWidget(self.text, 1)
        self.add_button("Copy", lambda: copy(self._value), left=True)
        self.add_button("Close", self.close, "primary").setFocus()
        self._show()

    def _show(self) -> None:
        kind: Kind = "text" if self.as_written.isChecked() else self._pretty.kind
        size = numbers.plural(len(self._value), "character")
        text.set_label(self.caption, f"{_WORDS[kind]} · {size}")
        self._tint.names = _NAMES.get(kind)
        self.text.setPlainText(text.plain(self._value if kind == "text" else self._pretty.text, _SHOWN))


class _Tint(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self.names: re.Pattern[str] | None = None
        self._form = QTextCharFormat()
        self._form.setForeground(colour(theme.accent))

    def highlightBlock(self, line: str) -> None:
        """Colour the name that a line begins with."""
        found = self.names.match(line) if self.names else None
        if found:
            self.setFormat(found.start(1), found.end(1) - found.start(1), self._form)
