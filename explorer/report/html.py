"""The post-mortem as one HTML file: no scripts, nothing fetched, in the colours of its reader's system, printable.

All text from the bundle is escaped and what is invisible in it spelled out; a policy in the page forbids what the
page has no need of, should anything slip through.
"""

from __future__ import annotations

import html as escaping
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from explorer import __version__
from explorer.layout.palette import THEMES, Theme
from explorer.layout.visible import visible_line
from explorer.paths import resource
from explorer.report.document import Document, Line, LogLine, PathLine

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_OPEN: Final = "To be filled in."


Section = Literal["spread", "time"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing in the report.

    Attributes:
        section: where it stands: how it spread, or when.
        alternative: what it shows, for who cannot see it.
        svg: by theme, one or both.
    """

    section: Section
    alternative: str
    svg: Mapping[str, str]


def html(document: Document, pictures: Sequence[Picture], theme: str | None, scale: float) -> str:
    """The whole page.

    Args:
        theme: the one to show; None follows the reader's system, and prints light.
        scale: how many times its size all is shown.
    """
    title = _text(document.title)
    body = "\n".join(part for part in _parts(document, pictures) if part)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="Trace Explorer {__version__}">\n'
        f"<style>\n{_style(document, theme, scale)}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _parts(document: Document, pictures: Sequence[Picture]) -> Iterable[str]:
    marked = f'\n<p class="supposed">{_text(document.supposed)}.</p>' if document.supposed else ""
    head = f'<h1>{_text(document.title)}</h1>\n<p class="sub">{_parted(document.subtitle)}</p>{marked}'
    yield f"<header>\n{head}\n</header>"
    yield _section("Summary", _summary(document))
    yield _section("Impact", _list(document.impact))
    yield _section("Timeline", _table(("Time", "What", "Service", ""), document.timeline))
    yield _section("Root cause", _cause(document))
    spread = (_figures("spread", pictures), _path(document.path), _figures("time", pictures))
    yield _section("How it spread", "\n".join(part for part in spread if part))
    beside = [
        _section("Evidence", _lines(document.evidence)),
        _section(document.against, _lines(document.ruled_out)),
    ]
    yield "\n".join(['<div class="columns">', *beside, "</div>"]) if all(beside) else "".join(beside)
    yield _section("Notes", _lines(document.notes))
    yield _section("Log lines on the path", _table(("Time", "Level", "Service", "Message"), document.logs))
    yield _section("Contributing factors", _list(document.factors) or _open("Contributing factors"))
    yield _section("What went well", _open("What went well"))
    yield _section("Action items", _open("Action items"))
    yield _section("Reproduce", _lines(document.reproduce, "again"))
    about = f"{document.redaction} {document.clocks} Times in UTC."
    yield (
        f"<footer>\n<p>{_text(about)}</p>\n<p>{_text(document.provenance)}</p>\n"
        f"<p>Trace Explorer {__version__} · made offline</p>\n</footer>"
    )


def _section(title: str, inner: str) -> str:
    name = title.lower().replace(" ", "-")
    return (
        f'<section aria-labelledby="{name}">\n<h2 id="{name}">{title}</h2>\n{inner}\n</section>'
        if inner
        else ""
    )


def _summary(document: Document) -> str:
    chip = " · ".join(part.replace("-", " ") for part in (document.category, document.subcategory) if part)
    confidence = f"confidence {document.confidence}" if document.confidence else ""
    about = " · ".join(part for part in (confidence, document.shared) if part)
    head = (
        f'<p><span class="chip">{_text(chip)}</span><span class="sub">{_text(about)}</span></p>\n'
        if chip
        else ""
    )
    return f'<div class="cause">\n{head}<p class="sentence">{_text(document.sentence)}</p>\n</div>'


def _cause(document: Document) -> str:
    if not document.path:
        return f"<p>{_text(document.sentence)}</p>"
    origin = document.path[0]
    where = " ".join(f"<code>{_text(part)}</code>" for part in (origin.service, origin.operation) if part)
    noticed = f"\n<p>{_text(document.detected)}</p>" if document.detected else ""
    said = ": ".join(part for part in ("Origin", where, _text(origin.text)) if part)
    return f"<p>{_text(document.sentence)}</p>\n<p>{said}</p>{noticed}"


def _path(path: Sequence[PathLine]) -> str:
    def item(step: PathLine) -> str:
        role = f"{step.role} {step.way}".strip()
        at = f' <span class="at mono">{_text(step.time)}</span>' if step.time else ""
        return (
            f"<li><strong>{_apart(step.service)}</strong> {_apart(step.operation)} "
            f'<span class="role">{_text(role)}</span>: {_apart(step.text)}{at}</li>'
        )

    return "<ol>\n" + "\n".join(map(item, path)) + "\n</ol>" if path else ""


def _figures(section: Section, pictures: Sequence[Picture]) -> str:
    """Both themes' drawings stand in the page; its style shows one."""
    found = []
    for one in pictures:
        if one.section == section:
            drawings = "\n".join(
                f'<div class="{name}">{svg[svg.index("<svg") :]}</div>' for name, svg in one.svg.items()
            )
            label = _text(one.alternative)
            found.append(f'<figure role="group" tabindex="0" aria-label="{label}">\n{drawings}\n</figure>')
    return "\n".join(found)


def _list(lines: Sequence[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{_text(line)}</li>" for line in lines) + "\n</ul>" if lines else ""


def _lines(lines: Sequence[Line], look: str = "") -> str:
    def row(line: Line) -> str:
        source = f' <span class="source mono">{_text(line.source)}</span>' if line.source else ""
        said = f"<code>{_text(line.text)}</code>" if look else _text(line.text)
        return f"<dt>{_text(line.label)}</dt><dd>{said}{source}</dd>"

    return f'<dl class="{look or "lines"}">\n' + "\n".join(map(row, lines)) + "\n</dl>" if lines else ""


def _table(head: Sequence[str], lines: Sequence[LogLine]) -> str:
    if not lines:
        return ""
    cells = "".join(f'<th scope="col">{name or "&#8203;"}</th>' for name in head)
    rows = "\n".join(
        f'<tr><td class="mono">{_text(line.time)}</td><td class="{_level(line.level)}">{_text(line.level)}</td>'
        f"<td>{_text(line.service)}</td><td>{_text(line.text)}</td></tr>"
        for line in lines
    )
    return f"<table>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _level(text: str) -> str:
    return text if text in {"ERROR", "FATAL", "WARN"} else "plain"


def _open(title: str) -> str:
    """A place to write in: browsers save what was typed with the page."""
    return (
        f'<div class="open" contenteditable="true" role="textbox" aria-multiline="true" aria-label="{title}" '
        f'data-hint="{_OPEN}"></div>'
    )


def _style(document: Document, theme: str | None, scale: float) -> str:
    css = resource("report.css").read_text("utf-8")
    css += f":root {{ font-size: {15 * scale:g}px; }}\n" if scale != 1 else ""
    if theme is not None:
        return css + _colours(":root", THEMES[theme], document)
    light = _colours(":root", THEMES["light"], document)
    dark = _colours(":root", THEMES["dark"], document)
    return (
        f"{css}{light}.dark {{ display: none; }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{\n{dark}"
        ".dark { display: block; }\n.light { display: none; }\n}\n"
    )


def _colours(selector: str, theme: Theme, document: Document) -> str:
    tone = theme.categories.get(document.category, theme.line)
    values = {
        "page": theme.page, "raised": theme.raised, "line": theme.line,
        "text": theme.text, "muted": theme.muted, "accent": theme.accent, "error": theme.error,
        "warning": theme.warning, "tone": tone,
    }  # fmt: skip
    return f"{selector} {{ {' '.join(f'--{name}: {value};' for name, value in values.items())} }}\n"


def _apart(text: str) -> str:
    """A name whose direction of writing leaves what stands around it alone."""
    return f"<bdi>{_text(text)}</bdi>"


def _parted(text: str) -> str:
    """Names and figures with points between them."""
    return " · ".join(map(_apart, text.split(" · ")))


def _text(text: str) -> str:
    return escaping.escape(visible_line(text, 4096))
