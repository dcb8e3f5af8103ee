"""The post-mortem as Markdown: what is known filled in, what only people know left open.

All text from the bundle is escaped, so that it can form no link, image, heading or HTML (CommonMark 0.31).
"""

from __future__ import annotations

import re

from explorer.layout.visible import visible_line
from explorer.report.document import Document, Line, LogLine

_OPEN = "_To be filled in._"
_SPECIAL = re.compile(r"[\\`*{}\[\]<>#+!|~&]|(?<![^\W_])_|_(?![^\W_])")
"""An underscore within a word is none that emphasises (CommonMark 0.31, 6.2), and is best left to be copied."""


def markdown(document: Document) -> str:
    """The whole post-mortem."""
    parts = [
        f"# {_text(document.title)}",
        _text(document.subtitle),
        f"**{_text(document.supposed)}.**" if document.supposed else "",
        _summary(document),
        _section("Impact", [f"- {_text(line)}" for line in document.impact]),
        _section("Timeline", [_log(line) for line in document.timeline]),
        _section("Root cause", _cause(document)),
        _section("How it spread", _path(document)),
        _section("Evidence", [_line(line) for line in document.evidence]),
        _section(document.against, [_line(line) for line in document.ruled_out]),
        _section("Notes", [_line(line) for line in document.notes]),
        _section("Log lines on the path", [_log(line) for line in document.logs]),
        _section("Contributing factors", [f"- {_text(line)}" for line in document.factors] or [_OPEN]),
        _section("What went well", [_OPEN]),
        _section("Action items", [f"- [ ] {_OPEN}"]),
        _section("Reproduce", [f"- {_text(line.label)}: {_code(line.text)}" for line in document.reproduce]),
        "---",
        _text(f"{document.redaction} {document.clocks} Times in UTC. {document.provenance}"),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(document: Document) -> str:
    label = " · ".join(_text(part) for part in (document.category, document.subcategory) if part)
    about = ", ".join(
        _text(part) for part in (f"confidence {document.confidence}" if document.confidence else "", document.shared)
        if part
    )  # fmt: skip
    lines = [f"**{_text(document.sentence)}**"]
    if label:
        lines.append(f"Category: {label}" + (f" ({about})" if about else ""))
    return _section("Summary", lines, gap="\n\n")


def _cause(document: Document) -> list[str]:
    if not document.path:
        return [_text(document.sentence)]
    origin = document.path[0]
    where = " ".join(_code(part) for part in (origin.service, origin.operation) if part)
    noticed = ["", _text(document.detected)] if document.detected else []
    return [
        f"{_text(document.sentence)}",
        "",
        ": ".join(part for part in ("Origin", where, _text(origin.text)) if part),
        *noticed,
    ]


def _path(document: Document) -> list[str]:
    return [
        f"{number}. {''.join(f'{_code(name)} ' for name in (step.service, step.operation) if name)}"
        f"_{_text(step.role)}_{f' {step.way}' if step.way else ''}: {_text(step.text)}"
        + (f" at {_text(step.time)}" if step.time else "")
        for number, step in enumerate(document.path, 1)
    ]


def _section(title: str, lines: list[str], gap: str = "\n") -> str:
    return f"## {title}\n\n" + gap.join(lines) if lines else ""


def _line(line: Line) -> str:
    label = f"**{_text(line.label)}** " if line.label else ""
    return f"- {label}{_text(line.text)}" + (f" ({_code(line.source)})" if line.source else "")


def _log(line: LogLine) -> str:
    parts = (_code(line.time), _text(line.level), _text(line.service), _text(line.text))
    return "- " + " ".join(part for part in parts if part)


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", visible_line(text, 4096)).replace("://", ":\u200b//")


def _code(text: str) -> str:
    shown = visible_line(text, 4096)
    if not shown:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
