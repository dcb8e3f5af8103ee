"""Colours: contrast by WCAG 2.2, services apart for eyes that see fewer colours, the same colour tomorrow."""

from __future__ import annotations

import itertools
from dataclasses import fields

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.layout.palette import DARK, LIGHT, THEMES, Theme, service_colours

Floats = NDArray[np.float64]
# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB
_EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(name: str) -> Floats:
    parts = np.array([int(name[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(name: str) -> float:
    return float(linear(name) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: Floats) -> Floats:
    """CIE L*a*b* of linear RGB, D65."""
    xyz = (
        np.clip(rgb, 0, 1)
        @ np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]).T
        / [0.9505, 1.0, 1.089]
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_text_can_be_read(theme: Theme) -> None:
    for ground in (theme.ground, theme.panel, theme.raised, theme.accent_ground):
        assert contrast(theme.text, ground) >= 7
        assert contrast(theme.muted, ground) >= 4.5, (theme.muted, ground)
    for ground in (theme.ground, theme.panel):
        for name in (theme.error, theme.warning, theme.accent, *theme.categories.values()):
            assert contrast(name, ground) >= 4.5, (name, ground)
    assert contrast(theme.error, theme.error_ground) >= 4.5
    assert contrast(theme.accent_text, theme.accent) >= 4.5


TEXT, MARK = 4.5, 3.0
"""Least contrast of text and of what is no text (WCAG 2.2, 1.4.3 and 1.4.11)."""
GROUNDS = ("ground", "panel", "raised")
LEAST: dict[str, tuple[float, tuple[str, ...]]] = {
    "text": (7.0, (*GROUNDS, "accent_ground", "error_ground")),
    "muted": (TEXT, (*GROUNDS, "accent_ground", "error_ground")),
    "accent": (TEXT, (*GROUNDS, "accent_ground")),
    "accent_text": (TEXT, ("accent",)),
    "error": (TEXT, (*GROUNDS, "error_ground")),
    "warning": (TEXT, (*GROUNDS, "accent_ground")),
    "ok": (TEXT, GROUNDS),
    "faint": (MARK, GROUNDS),  # outlines and bars; as text only what is switched off (1.4.3 leaves that out)
}
"""What each colour must stand out from, and how much."""
NO_INK = {*GROUNDS, "accent_ground", "error_ground"}
"""What is only under others."""
ADORNMENT = {"line", "grid"}
"""Between regions that other things tell apart already: nothing is lost with them (1.4.11 leaves that out)."""


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_every_colour_stands_out_from_what_it_is_drawn_on(theme: Theme) -> None:
    plain = {field.name for field in fields(theme)} - {"name", "services", "categories"}
    assert plain == LEAST.keys() | NO_INK | ADORNMENT
    weak = [
        f"{name} on {ground}: {contrast(getattr(theme, name), getattr(theme, ground)):.2f} of {least}"
        for name, (least, grounds) in LEAST.items()
        for ground in grounds
        if contrast(getattr(theme, name), getattr(theme, ground)) < least
    ]
    assert weak == []


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_bars_stand_out(theme: Theme) -> None:
    for name in theme.services:
        assert contrast(name, theme.ground) >= 3, name
        assert contrast(name, theme.panel) >= 3, name


@pytest.mark.parametrize("eye", _EYES)
@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_services_stay_apart(theme: Theme, eye: str) -> None:
    seen = [lab(_EYES[eye] @ linear(name)) for name in theme.services]
    nearest = min(
        (float(np.linalg.norm(a - b)), i, j) for (i, a), (j, b) in itertools.combinations(enumerate(seen), 2)
    )
    assert nearest[0] >= 12, (eye, theme.services[nearest[1]], theme.services[nearest[2]], nearest[0])


def test_error_red_is_nobody_elses() -> None:
    for theme in (DARK, LIGHT):
        red = lab(linear(theme.error))
        for name in (*theme.services, theme.warning, theme.accent):
            assert float(np.linalg.norm(lab(linear(name)) - red)) > 25, name


def test_a_name_keeps_its_colour() -> None:
    alone = service_colours(["feature-store"])["feature-store"]
    assert (
        service_colours(["feature-store", "other"])["feature-store"] == alone
        or len(set(service_colours(["feature-store", "other"]).values())) == 2
    )
    assert service_colours(["b", "a"]) == service_colours(["a", "b"])


def test_collisions_are_resolved_while_colours_last() -> None:
    names = [f"service-{number}" for number in range(len(DARK.services))]
    assert len(set(service_colours(names).values())) == len(names)
    assert len(service_colours([f"s{number}" for number in range(100)])) == 100
