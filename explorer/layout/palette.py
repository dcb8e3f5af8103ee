"""Colours as plain text: themes, services, categories. Red means error and nothing else.

The service colours keep apart under protan, deutan and tritan vision and reach 3:1 against the ground of
their theme (checked by a test); they are chosen by a hash of the name, so that a service has the same colour
everywhere and tomorrow, and collisions within a bundle are resolved in the order of the names.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a theme; all ``#rrggbb``.

    Attributes:
        ground, panel, raised: the page, side panels and header bands, group headers and chips.
        line: hairlines between regions. grid: lines inside a drawing.
        text, muted, faint: three strengths of text; ``faint`` is for what is switched off.
        accent, accent_ground: the one accent, and the ground of what is selected.
        error, error_ground: failure, and the ground of a failed node.
        warning: warnings, deploys and clocks.
        services: by colour number of :func:`service_colours`.
        categories: by category name.
    """

    name: str
    ground: str
    panel: str
    raised: str
    line: str
    grid: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_ground: str
    accent_text: str
    error: str
    error_ground: str
    warning: str
    ok: str
    services: tuple[str, ...]
    categories: Mapping[str, str]

    @property
    def page(self) -> str:
        """What exported pictures and reports lie on: paper in the light theme."""
        return self.panel if self.name == "light" else self.ground


_CATEGORIES: Final = (
    "system", "infrastructure", "data", "model", "application", "client", "capacity", "security",
    "configuration", "unknown",
)  # fmt: skip

DARK: Final = Theme(
    name="dark", ground="#15171c", panel="#1b1e25", raised="#232731", line="#2d323d", grid="#232830",
    text="#e6e8ee", muted="#98a0af", faint="#6f7889", accent="#6ea8fe", accent_ground="#24344f",
    accent_text="#0d1420", error="#ff6b57", error_ground="#3a201f", warning="#e8b84a", ok="#58b98c",
    services=("#5f5ef5", "#50a6b8", "#d36ff4", "#19d4f5", "#91a140", "#edae31", "#c39d97", "#b4597c",
              "#925dae", "#4f8a45", "#b8d7d5", "#dcd9b2"),
    categories=dict(zip(_CATEGORIES, ("#e77fa8", "#e8b84a", "#c08bf0", "#5ec2e8", "#7c93f0", "#9aa3b2",
                                      "#d8a06a", "#58c2ad", "#b3bd5a", "#868e9d"), strict=True)),
)  # fmt: skip

LIGHT: Final = Theme(
    name="light", ground="#f4f5f8", panel="#ffffff", raised="#eaedf3", line="#dfe3ea", grid="#e7eaf0",
    text="#1c2028", muted="#5b6474", faint="#7d8595", accent="#2563c9", accent_ground="#e3edfc",
    accent_text="#ffffff", error="#c8321f", error_ground="#fdecea", warning="#8a6100", ok="#1f7a4d",
    services=("#6638ba", "#204e3b", "#9750f5", "#157792", "#586814", "#9b8d2d", "#955f47", "#9e2c74",
              "#6066b9", "#14a071", "#7f8d98", "#613414"),
    categories=dict(zip(_CATEGORIES, ("#b83268", "#96660a", "#8e4fd0", "#1a749d", "#3f63d0", "#5b6474",
                                      "#a1581a", "#0f7d6c", "#5c6d17", "#626a78"), strict=True)),
)  # fmt: skip

THEMES: Final = {"dark": DARK, "light": LIGHT}


def service_colours(names: Iterable[str]) -> dict[str, int]:
    """Colour number of each service: by hash of its name, the next free one where that is taken.

    With more services than colours they repeat, still chosen by hash.
    """
    count = len(DARK.services)
    taken: set[int] = set()
    chosen: dict[str, int] = {}
    for name in sorted(set(names)):
        number = zlib.crc32(name.encode("utf-8", "replace")) % count
        if len(taken) < count:
            while number in taken:
                number = (number + 1) % count
            taken.add(number)
        chosen[name] = number
    return chosen
