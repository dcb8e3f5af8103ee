"""The parts of the README that are made from the program: ``python -m tests.readme`` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

from explorer.gui.actions.table import key_table
from explorer.readers.registry import readers

README = Path(__file__).parents[1] / "README.md"


def formats_table() -> str:
    """A row for each format."""
    rows = [
        f"| `{reader.NAME}` | {_cell(reader.LABEL)} | {_cell(reader.RECOGNISED_BY)} |"
        for reader in readers().values()
    ]
    return "\n".join(["| format | what | recognised by |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def generated() -> dict[str, str]:
    """Name of each made part and what it must say."""
    return {"formats": formats_table(), "keys": "\n".join(key_table())}


def part(text: str, name: str) -> str:
    """What the README says between the marks of a part."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    return found[1].strip() if found else ""


def rewritten(text: str) -> str:
    """The README with every made part as it must be."""
    for name, content in generated().items():
        before, mark, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        text = f"{before}{mark}{content}\n{end}{after}"
    return text


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
