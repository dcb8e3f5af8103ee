"""About the program, the formats it reads, and its log: texts to read and copy."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Final

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QComboBox, QWidget

from explorer import __version__
from explorer.gui.dialogs.frame import Dialog, copy
from explorer.gui.look import text
from explorer.paths import resource
from explorer.readers.registry import readers

_LICENCES: Final = """\
Trace Explorer is free software under the Apache License 2.0. It is offline: it never connects to anything.
The fonts Inter and JetBrains Mono are shipped under the SIL Open Font License 1.1.
Qt and PySide6 are used under the LGPL 3; the program works with any version of them that you put in their place."""
_USED: Final = (
    "PySide6-Essentials", "shiboken6", "numpy", "networkx", "orjson", "msgspec", "backports.zstd",
)  # fmt: skip
"""Packages that the program needs."""


class TextDialog(Dialog):
    """A longer text, to be read, selected and copied."""

    def __init__(self, title: str, body: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent, 720, 520)
        field = text.reading(body, self)
        field.setAccessibleName(title)
        self.body.addWidget(field, 1)
        self.add_button("Copy", lambda: copy(body), left=True)
        self.add_button("Close", self.close, "primary")


class PagesDialog(Dialog):
    """Several texts, one of them shown."""

    def __init__(self, title: str, pages: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(title, parent, 760, 560)
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("What to read")
        self.choice.addItems(list(pages))
        self.field = text.reading("", self)
        self.field.setAccessibleName(title)
        texts = list(pages.values())
        self.choice.currentIndexChanged.connect(
            lambda number: self.field.setPlainText(text.plain(texts[number]))
        )
        self.field.setPlainText(text.plain(texts[0]))
        self.body.addWidget(self.choice)
        self.body.addWidget(self.field, 1)
        self.add_button("Copy", lambda: copy(texts[self.choice.currentIndex()]), left=True)
        self.add_button("Close", self.close, "primary")


def about_pages() -> dict[str, str]:
    """Versions, then the licence of each part that ships with the program or that it uses."""
    pages = {"Versions and licences": _versions()}
    for path in sorted(resource("licenses").iterdir()):
        if path.is_file():
            pages[f"Shipped: {path.stem if path.suffix else 'Trace Explorer'}"] = path.read_text(
                "utf-8", "replace"
            )
    for name in _USED:
        if found := _texts(name):
            pages[f"Used: {name}"] = found
    return pages


def _versions() -> str:
    lines = [
        f"{'Trace Explorer':<20}{__version__:<12}Apache-2.0", f"{'Python':<20}{sys.version.split()[0]:<12}PSF-2.0",
        f"{'Qt':<20}{qVersion():<12}LGPL-3.0-only",
    ]  # fmt: skip
    for name in _USED:
        with contextlib.suppress(metadata.PackageNotFoundError):  # frozen without it
            about = metadata.metadata(name).json
            licence = str(about.get("license_expression") or about.get("license") or "").split("\n", 1)[0]
            lines.append(f"{name:<20}{about['version']:<12}{licence}")
    return "\n".join([*lines, "", _LICENCES, "", "The texts of all licences can be chosen above."])


def _texts(name: str) -> str:
    """The licence texts that a package brings with it, "" where it brings none."""
    try:
        files = metadata.files(name) or []
    except metadata.PackageNotFoundError:
        return ""
    named = [one for one in files if one.name.upper().startswith(("LICEN", "COPYING", "NOTICE"))]
    texts = []
    for one in named:
        with contextlib.suppress(OSError):
            texts.append(f"{one}\n\n{Path(str(one.locate())).read_text('utf-8', 'replace')}")
    return "\n\n".join(texts)


def formats_text() -> str:
    """Each format that is read, and how it is recognised."""
    parts = [f"{one.LABEL}  ({name})\n    {one.RECOGNISED_BY}" for name, one in readers().items()]
    return "\n\n".join(parts)
