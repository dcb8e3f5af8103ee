"""About the program, the formats it reads, and its log: texts to read and copy."""

from __future__ import annotations

import sys
from importlib import metadata
from typing import Final

import numpy as np
from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QWidget

from explorer import __version__
from explorer.gui import text
from explorer.gui.dialogs.frame import Dialog, copy
from explorer.paths import resource
from explorer.readers.registry import readers

_LICENCES: Final = """\
Trace Explorer is free software under the Apache License 2.0.
It uses Qt and PySide6 (LGPL 3), numpy, networkx, pyqtgraph, orjson, msgspec and zstandard under their own licences.
The fonts Inter and JetBrains Mono are shipped under the SIL Open Font License 1.1.
It is offline: it never connects to anything."""


class TextDialog(Dialog):
    """A longer text, to be read, selected and copied."""

    def __init__(self, title: str, body: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent, 720, 520)
        field = text.reading(body, self)
        field.setAccessibleName(title)
        self.body.addWidget(field, 1)
        self.add_button("Copy", lambda: copy(body), left=True)
        self.add_button("Close", self.close, "primary")


def about_text() -> str:
    """Versions and licences."""
    versions = {
        "Trace Explorer": __version__, "Python": sys.version.split()[0], "Qt": qVersion(),
        "PySide6": metadata.version("PySide6-Essentials"), "numpy": np.__version__,
    }  # fmt: skip
    lines = [f"{name:<16}{version}" for name, version in versions.items()]
    shipped = sorted(path.name for path in resource("licenses").iterdir() if path.is_file())
    return "\n".join([*lines, "", _LICENCES, "", f"Licence texts: {resource('licenses')}", *shipped])


def formats_text() -> str:
    """Each format that is read, and how it is recognised."""
    parts = [f"{one.LABEL}  ({name})\n    {one.RECOGNISED_BY}" for name, one in readers().items()]
    return "\n\n".join(parts)
