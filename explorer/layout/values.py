"""Values of metrics as people read them, in a few characters."""

from __future__ import annotations

import math
from typing import Final

_UNITS: Final = ((1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))
"""From which value on a unit is used, what it stands for, and its letter."""
_LARGEST: Final = 1e15
_SMALLEST: Final = 1e-5
"""Beyond, values are written with their power of ten."""


def measured(value: float, unit: str) -> str:
    """A value with its unit: ``0.42``, ``12 ms``, ``41 %``."""
    return f"{short(value)} {unit}".rstrip()


def short(value: float) -> str:
    """A metric's value in a few characters, three digits of it."""
    if not math.isfinite(value):
        return "no value" if math.isnan(value) else "∞" if value > 0 else "-∞"
    if 1e3 <= abs(value) < 9999.5:
        return f"{value:,.0f}"
    rounded = float(f"{value:.3g}")
    if abs(rounded) < _LARGEST:
        for least, worth, letter in _UNITS:
            if abs(rounded) >= least:
                return f"{rounded / worth:.3g}{letter}"
    return _powers(rounded, 3)


def value_ticks(low: float, high: float, about: int = 3) -> tuple[tuple[float, str], ...]:
    """Round values from low to high, about so many; all in one unit, with as many digits as tell them apart."""
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= raw * 0.999)
    values = _multiples(step, low, high)
    if len(values) < 2:  # one alone gives no scale
        step = step / 2 if f"{step:e}"[0] != "5" else step / 2.5
        values = _multiples(step, low, high)
    most = max((abs(value) for value in values), default=0.0)
    if not step >= _SMALLEST or most >= _LARGEST:
        return tuple((value, _powers(value, 6)) for value in values)
    _, worth, letter = next((unit for unit in _UNITS if most >= unit[0]), (0.0, 1.0, ""))
    digits = max(-math.floor(math.log10(step / worth) + 1e-9), 0)
    return tuple((value, f"{value / worth:,.{digits}f}{letter}" if value else "0") for value in values)


def _multiples(step: float, low: float, high: float) -> list[float]:
    return [
        number * step for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    ]


def _powers(value: float, digits: int) -> str:
    return f"{value:.{digits}g}".replace("e+", "e").replace("e-0", "e-")
