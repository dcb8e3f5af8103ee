"""Text out of a bundle must never be taken for HTML by Qt.

Labels, tool tips and message boxes of Qt guess whether a text is HTML, and HTML can ask for
files and servers. So whatever guesses is made in one module, the door, that sets plain text
or escapes. Everything else calls the door.

=====================================  ==================================================
not to be used outside the door        because
=====================================  ==================================================
setHtml, setMarkdown, …                they take HTML (Markdown has pictures, too)
QLabel, QMessageBox, QTextEdit, …      they guess (``Qt.mightBeRichText``)
elidedText                             it adds joiners, which would be shown as what they are
setToolTip, setWhatsThis, …            they guess; a text that stands in the source is fine
ToolTipRole                            the view guesses: only in files that use the door
=====================================  ==================================================
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.shared import ROOT

GUI = ROOT / "explorer" / "gui"
DOOR = "explorer.gui.look.text"

# The places that may do what the rules forbid, each with its reason.
ALLOWED = {
    "look/text.py": "the door: makes plain labels, escapes tool tips and messages",
}

NEVER = {
    "appendHtml", "elidedText", "insertHtml", "setHtml", "setMarkdown",
    "QErrorMessage", "QInputDialog", "QLabel", "QMessageBox", "QProgressDialog",
    "QStaticText", "QTextBrowser", "QTextEdit",
    "setInformativeText", "setTextFormat", "showText",
}  # fmt: skip
LITERALS_ONLY = {"setTabToolTip", "setToolTip", "setWhatsThis"}


def faults(source: str) -> Iterator[tuple[int, str]]:
    """Line and reason of each breach of the rules in the source of a module."""
    tree = ast.parse(source)
    imports = {name for node in ast.walk(tree) for name in imported(node)}
    knows_door = any(name.startswith(DOOR) for name in imports)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for name in NEVER & {last_name(base) for base in node.bases}:
                yield node.lineno, f"a subclass of {name}"
        elif isinstance(node, ast.Call):
            yield from faults_of_call(node)
        elif isinstance(node, ast.Attribute) and node.attr == "ToolTipRole" and not knows_door:
            yield node.lineno, f"ToolTipRole without {DOOR}"


def imported(node: ast.AST) -> Iterator[str]:
    """The dotted names that an import statement names."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        yield from (module + alias.name for alias in node.names)


def faults_of_call(node: ast.Call) -> Iterator[tuple[int, str]]:
    """The breaches in one call."""
    name = last_name(node.func)
    owner = last_name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    if name in NEVER or owner in NEVER:
        yield node.lineno, f"a call of {name}"
    elif name in LITERALS_ONLY and not all(is_literal(part) for part in texts_of(node)):
        yield node.lineno, f"{name} with a text that is not in the source"


def texts_of(node: ast.Call) -> list[ast.expr]:
    """The arguments that can be texts: numbers and places in a table cannot."""
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    return [value for value in values if not isinstance(value, ast.Constant) or isinstance(value.value, str)]


def is_literal(node: ast.expr) -> bool:
    """Whether it is a text in the source, also one to be translated: ``self.tr("Open")``."""
    if isinstance(node, ast.Call) and last_name(node.func) in {"tr", "translate"}:
        return all(is_literal(argument) for argument in node.args)
    return isinstance(node, ast.Constant)


def last_name(node: ast.expr) -> str:
    """``QtWidgets.QLabel`` to ``QLabel``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_no_text_of_a_bundle_is_taken_for_html() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}: {reason}"
        for path in sorted(GUI.rglob("*.py"))
        if path.relative_to(GUI).as_posix() not in ALLOWED
        for line, reason in faults(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("view.setHtml(report)", 1),
        ("view.setHtml('<b>fixed</b>')", 1),
        ("label = QtWidgets.QLabel(span.name)", 1),
        ("class Badge(QLabel): pass", 1),
        ("QMessageBox.warning(self, 'Title', text)", 1),
        ("button.setToolTip(span.name)", 1),
        ("button.setToolTip(f'open {span.name}')", 1),
        ("tabs.setTabToolTip(0, name)", 1),
        ("button.setToolTip('Open a bundle')", 0),
        ("button.setToolTip(self.tr('Open a bundle'))", 0),
        ("if role == Qt.ItemDataRole.ToolTipRole: pass", 1),
        ("from explorer.gui.look.text import tip\nif role == Qt.ItemDataRole.ToolTipRole: tip(name)", 0),
        ("from explorer.gui.look import fonts, text\nif role == Qt.ToolTipRole: text.tip(name)", 0),
        ("box.setTitle(name)", 0),
        ("painter.drawText(rect, 0, span.name)", 0),
    ],
)
def test_the_rules_see_what_they_should(source: str, count: int) -> None:
    assert len(list(faults(source))) == count
