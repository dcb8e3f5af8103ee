"""What the user has set, as a file in the config folder."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Final, Literal

from explorer.bundle.limits import Limits
from explorer.paths import config_dir, own_folder
from explorer.session import stored
from explorer.session.filters import Filters

VERSION: Final = 1
NAME: Final = "settings.json"

ThemeChoice = Literal["system", "dark", "light"]
Restore = Literal["offer", "always", "never"]
SCALES: Final = (80, 90, 100, 110, 125, 150, 175, 200)
"""Sizes of text, in percent."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, with their defaults.

    Attributes:
        theme: ``system`` follows the desktop.
        utc: times are shown in UTC, else in the local zone.
        scale: size of text in percent.
        id_fields: names of fields that hold the correlation id, strongest first.
        limits: bounds on what is read.
        redact: secrets are removed from what is exported.
        columns: file that says what the columns of unusual tables hold, "" for none.
        rules: folder of the user's own rules, "" for ``rules`` beside the settings.
        cache_bytes: what may be kept of bundles opened before.
        filters: queries kept by name.
        restore: whether the bundles of the last run are offered, opened or forgotten at the start.
    """

    theme: ThemeChoice = "system"
    utc: bool = True
    scale: int = 100
    id_fields: tuple[str, ...] = ()
    columns: str = ""
    limits: Limits = field(default_factory=Limits)
    redact: bool = True
    rules: str = ""
    cache_bytes: int = 8 << 30
    filters: Filters = ()
    restore: Restore = "offer"

    @property
    def rule_folder(self) -> Path | None:
        """Where the user's own rules are looked for; it need not exist. None: there is no place for them."""
        return Path(self.rules) if self.rules else own_folder("rules")

    def scaled(self, steps: int) -> Settings:
        """With text some steps larger or smaller."""
        nearest = min(range(len(SCALES)), key=lambda i: abs(SCALES[i] - self.scale))
        return replace(self, scale=SCALES[max(0, min(len(SCALES) - 1, nearest + steps))])


def settings_file(home: Path | None = None) -> Path:
    """Where they are kept. Raises ``OSError`` where there is no place for them."""
    return config_dir(home) / NAME


def load_settings(home: Path | None = None) -> tuple[Settings, tuple[str, ...]]:
    """The settings, and a sentence for each that could not be used."""
    try:
        found, problems = stored.read(settings_file(home), Settings, VERSION)
    except OSError as error:
        return Settings(), (f"Settings are not kept: {error}.",)
    usable, more = _in_bounds(found)
    return usable, (*problems, *more)


def _in_bounds(found: Settings) -> tuple[Settings, list[str]]:
    """With the defaults of numbers that nothing could be seen, or read, with; and a sentence for each of no use."""
    usual, problems = Settings(), []
    if not SCALES[0] <= found.scale <= SCALES[-1]:
        problems.append(
            f"scale in {NAME} is not used: {found.scale} is not from {SCALES[0]} to {SCALES[-1]}."
        )
        found = replace(found, scale=usual.scale)
    if found.cache_bytes < 0:
        problems.append(f"cache_bytes in {NAME} is not used: {found.cache_bytes} is less than 0.")
        found = replace(found, cache_bytes=usual.cache_bytes)
    low = [one.name for one in fields(Limits) if getattr(found.limits, one.name) < (one.name != "depth")]
    problems += [
        f"limits.{one} in {NAME} is not used: {getattr(found.limits, one)} is too low." for one in low
    ]
    if found.rules and not os.path.isdir(found.rules):
        problems.append(f"rules in {NAME} cannot be used: {found.rules} is no folder.")
    kept = {name: getattr(usual.limits, name) for name in low}
    return (replace(found, limits=replace(found.limits, **kept)) if low else found), problems


def save_settings(settings: Settings, home: Path | None = None) -> None:
    """Keep them. Raises :class:`~explorer.errors.InputError` or ``OSError`` where that is impossible."""
    stored.write(settings_file(home), settings, VERSION)
