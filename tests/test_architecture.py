"""The shape of the source: who may import whom, sizes, names, docstrings, what may lie where.

The layers themselves are contracts of import-linter in pyproject.toml.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from explorer.cli.demo import PICTURE, REPORT
from tests.shared import ROOT

PACKAGE = ROOT / "explorer"
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LARGEST_MEDIAN = 150

ALLOWED_AT_THE_TOP = {"README.md", "explorer", "pyproject.toml", "resources", "tests"}
MADE_BY_TOOLS = {"build", "dist", "trace_explorer.egg-info"}
MADE_BY_THE_DEMO = {PICTURE, REPORT}

NAMES_THAT_SAY_NOTHING = {"helper", "helpers", "manager", "managers", "misc", "util", "utils"}

# The third-party packages that each layer may import; one that is not named here, none.
MAY_USE = {
    "model": {"backports", "msgspec", "numpy"},
    "bundle": {"backports", "numpy"},
    "query": {"numpy"},
    "decoding": {"msgspec", "numpy", "orjson"},
    "readers": {"msgspec", "numpy", "orjson", "pyarrow"},
    "ingest": {"numpy"},
    "analysis": {"networkx", "numpy"},
    "layout": {"numpy", "orjson"},
    "report": {"numpy"},
    "writers": {"numpy", "orjson", "pyarrow"},
    "cache": {"numpy"},
    "check": {"numpy"},
    "gui": {"PySide6", "numpy", "orjson", "shiboken6"},
    "cli": {"numpy", "orjson"},
}

QT = {"PySide6", "shiboken6"}

# Lower-case names of Qt's virtual methods; the others are known by the capital letter within.
QT_METHODS = {"data", "event", "flags", "index", "paint", "parent", "shape", "sort", "validate"}


@cache
def sources(folder: Path) -> dict[Path, tuple[str, ast.Module]]:
    """Text and syntax tree of each Python file below the folder."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text("utf-8")
        found[path] = (text, ast.parse(text, str(path)))
    return found


def ours() -> dict[Path, tuple[str, ast.Module]]:
    """Text and syntax tree of each Python file of the project."""
    folders = (PACKAGE, ROOT / "tests", ROOT / "resources", ROOT / ".dev")
    return {path: source for folder in folders for path, source in sources(folder).items()}


def where(path: Path, node: ast.AST | None = None) -> str:
    """``explorer/paths.py:31``, for messages."""
    line = f":{node.lineno}" if isinstance(node, ast.stmt | ast.expr) else ""
    return f"{path.relative_to(ROOT).as_posix()}{line}"


def test_imports_follow_the_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status = lint_imports(no_cache=True, no_logo=True)
    assert status == EXIT_STATUS_SUCCESS, output.getvalue()


def test_each_layer_uses_only_the_libraries_it_may() -> None:
    wrong = []
    for path, (_, tree) in sources(PACKAGE).items():  # compression is standard from 3.14 on
        layer = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        allowed = MAY_USE.get(layer, set())
        for node, name in imported(tree):
            root = name.partition(".")[0]
            if root not in sys.stdlib_module_names | {"compression", "explorer"} | allowed:
                wrong.append(f"{where(path, node)} imports {root}")
    assert wrong == []


def imported(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Each import statement with the absolute names of the modules in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node, node.module or ""


def loaded_by(statement: str) -> set[str]:
    """The top-level names of all modules that a fresh interpreter has after the statement."""
    code = f"import sys; {statement}; print(*sorted({{m.partition('.')[0] for m in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    names = set(run.stdout.split())
    assert "explorer" in names
    return names


def test_the_command_line_starts_without_qt_and_networkx() -> None:
    assert loaded_by("import explorer.cli.main") & {*QT, "networkx"} == set()


def test_no_verb_imports_qt_before_it_needs_it() -> None:
    verbs = ", ".join(f"explorer.cli.{path.stem}" for path in (PACKAGE / "cli").glob("[!_]*.py"))
    assert loaded_by(f"import {verbs}") & QT == set()


def test_files_are_short() -> None:
    lengths = {where(path): text.count("\n") for path, (text, _) in ours().items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}
    own = [length for name, length in lengths.items() if name.startswith("explorer/") and length > 1]
    assert statistics.median(own) <= LARGEST_MEDIAN


def test_functions_are_short() -> None:
    long = {}
    for path, (_, tree) in ours().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{where(path, node)} {node.name}"] = length
    assert long == {}


def test_modules_are_named_for_what_they_hold() -> None:
    parts = {path: set(path.relative_to(ROOT).with_suffix("").parts) for path in ours()}
    assert [where(path) for path, names in parts.items() if names & NAMES_THAT_SAY_NOTHING] == []


def test_all_that_is_public_has_a_docstring() -> None:
    missing = []
    for path, (text, tree) in sources(PACKAGE).items():
        if text.strip() and not ast.get_docstring(tree):
            missing.append(where(path))
        qt = path.is_relative_to(PACKAGE / "gui")
        missing += [f"{where(path, node)} {node.name}" for node in undocumented(tree.body, qt=qt)]
    assert missing == []


def undocumented(body: list[ast.stmt], *, qt: bool) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    """The public classes, functions and methods without a docstring."""
    for node in body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_"):
            continue
        is_class = isinstance(node, ast.ClassDef)
        overrides_qt = qt and not is_class and (node.name in QT_METHODS or node.name != node.name.lower())
        if not overrides_qt and not is_repeated(node) and not ast.get_docstring(node):
            yield node
        if is_class:
            yield from undocumented(node.body, qt=qt)


def is_repeated(node: ast.ClassDef | ast.FunctionDef) -> bool:
    """Whether it is an overload, a setter or an override: the docstring stands elsewhere."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"overload", "override", "setter"})


def text_files() -> Iterator[tuple[Path, str]]:
    """Each text file that is checked in, save those written by others."""
    roots = [ROOT / name for name in ("explorer", "resources", "tests", ".dev", ".ci")]
    paths = [path for root in roots for path in root.rglob("*") if path.is_file()]
    for path in [*paths, ROOT / "pyproject.toml", ROOT / "README.md"]:
        if "__pycache__" in path.parts or "licenses" in path.parts or path == Path(__file__):
            continue
        with contextlib.suppress(UnicodeDecodeError):
            yield path, path.read_text("utf-8")


@pytest.mark.parametrize(
    ("what", "pattern", "names"),
    [
        ("work put off", r"\b(TO" + r"DO|FIX" + r"ME)\b", r"."),
        ("a place on somebody's machine", r"(?<![\w.])/(root|work)/", r"."),
        # In rules and samples it is what programs really print.
        ("a place on somebody's machine", r"(?<![\w.])/tmp/", r"\.py$|/[^.]+$|\.md$"),
        # Python before 3.11.5, as Debian 12 has it, forgets where such a group began (gh-106052).
        ("a group that gives nothing back", r"(?<!\\)\)[*+?]\+", r"/explorer/.*\.py$|/resources/formats/"),
    ],
)
def test_nothing_is_left_lying_about(what: str, pattern: str, names: str) -> None:
    found = [
        f"{where(path)}:{number}: {line.strip()[:80]}"
        for path, text in text_files()
        if re.search(names, path.as_posix())
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == [], what


def test_nothing_else_lies_at_the_top() -> None:
    names = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert names - MADE_BY_TOOLS - MADE_BY_THE_DEMO <= ALLOWED_AT_THE_TOP
