"""Words that speak of bad data, in attribute names and log lines: null, NaN, missing, stale, wrong shape.

A vocabulary of the field (data validation, feature stores, serving), not of any system. Attribute names are
read word by word: ``feast.null_ratio`` says ``null`` and ``ratio``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from explorer.analysis.wording import share_word

_BAD = {
    "null": "null", "nulls": "null", "nan": "NaN", "nans": "NaN", "missing": "missing", "miss": "missing",
    "misses": "missing", "empty": "empty", "inf": "infinite", "infinite": "infinite", "stale": "stale",
    "imputed": "imputed", "invalid": "invalid", "dropped": "dropped", "coerced": "coerced", "corrupt": "corrupt",
    "corrupted": "corrupt", "outlier": "outliers", "outliers": "outliers", "malformed": "malformed",
    "rejected": "rejected", "mismatch": "mismatched", "mismatched": "mismatched", "nonfinite": "not finite",
}  # fmt: skip
_OLD = frozenset({"age", "staleness", "lag", "freshness", "outdated"})
_RATIO = frozenset({"ratio", "rate", "share", "fraction", "pct", "percent", "percentage", "frac"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PAIR = re.compile(r"\b([A-Za-z][\w.]{2,40})\s*[=:]\s*(-?\d+(?:\.\d+)?%?|nan|null|true)\b", re.IGNORECASE)
_TEXT = re.compile(
    r"\bnan\b|\bnulls?\b|\bmissing\b|no (?:default|value|entry|record)|\bempty\b|\bimput|\bcoerc|\bstale|\bschema\b"
    r"|mismatch|malformed|corrupt|truncat|out of range|\binf(?:inite|inity)?\b|\binvalid\b|unparse?able"
    r"|non-?finite|\bskew(?:ed)?\b|\bdrift|wrong (?:shape|type|dtype)|default(?:ed|ing)? to|unknown (?:category|token)",
    re.IGNORECASE,
)
_FAULT = re.compile(
    r"\bnan\b|\bnull\b|\bnone\b|nonetype|missing|\bshape|dimension|dtype|schema|pars(?:e|ing)|decod|deseriali|unmarshal"
    r"|unexpected|\binvalid\b|keyerror|\bempty\b|corrupt|\binf(?:inity|inite)?\b|out of range|\bjson\b|malformed"
    r"|convert|\bcast\b|valueerror|typeerror|indexerror|validation|not finite|divi(?:de|sion) by zero|nullpointer"
    r"|undefined|outofbounds|arithmetic|no such (?:column|field|feature)|feature",
    re.IGNORECASE,
)
_ONE_DIGIT = str.maketrans("123456789", "0" * 9)
_OF = re.compile(r"\b(\d[\d,]*) (?:of|out of|/) (\d[\d,]*)\b|\b(\d+(?:\.\d+)?) ?%")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A statement about bad data: a few words for people, what is wrong, and the share concerned (NaN: unknown)."""

    text: str
    word: str
    share: float
    number: float


@lru_cache(maxsize=1 << 12)
def _words_of(name: str) -> tuple[tuple[str, ...], str]:
    """The words of an attribute's name, and what is bad in them."""
    words = tuple(word.lower() for word in _WORD.findall(name))
    return words, next((_BAD[word] for word in words if word in _BAD), "")


def of_attribute(name: str, value: object) -> Complaint | None:
    """What an attribute says about bad data, None for nothing."""
    words, bad = _words_of(name)
    if isinstance(value, str) and value.lower() in ("nan", "null") and not bad:
        word = "NaN" if value.lower() == "nan" else "null"
        return Complaint(f"{words[-1] if words else name} is {word}", word, math.nan, math.nan)
    if isinstance(value, float) and math.isnan(value):
        return Complaint(f"{words[-1] if words else name} is NaN", "NaN", math.nan, math.nan)
    if not bad:
        return None
    if isinstance(value, bool):
        return Complaint(f"{name}", bad, math.nan, 1.0) if value else None
    number = number_of(value)
    if number is None or number <= 0:
        return None
    if _RATIO.intersection(words):
        share = number / 100 if number > 1 else number
        return Complaint(f"{share_word(share)} {bad}", bad, share, share) if share >= 0.05 else None
    return Complaint(f"{number:g} {bad}", bad, math.nan, number)


def speaks_of_data(name: str) -> bool:
    """Whether an attribute's name says how bad or how old data is."""
    words, bad = _words_of(name)
    return bool(bad) or bool(_OLD.intersection(words))


def of_line(text: str, *, warned: bool) -> Complaint | None:
    """What a log line says about bad data. Below a warning only a named figure counts (``nan_count=3``)."""
    for name, value in _PAIR.findall(text[:2000]):
        found = of_attribute(name, _plain(value))
        if found is not None:
            return Complaint(text, found.word, found.share, found.number)
    word = _bad_word(text[:2000].translate(_ONE_DIGIT)) if warned else ""
    return Complaint(text, word, share_in(text), math.nan) if word else None


@lru_cache(maxsize=1 << 12)
def _bad_word(text: str) -> str:
    """What a text says of data, of which no word has a digit: lines that differ in their numbers say the same."""
    match = _TEXT.search(text)
    return match[0].lower() if match is not None else ""


def share_in(text: str) -> float:
    """The share a text states (``212 of 512``, ``41 %``), NaN for none."""
    for part, whole, percent in _OF.findall(text[:2000]):
        if percent:
            return float(percent) / 100
        if float(whole.replace(",", "")) > 0:
            return float(part.replace(",", "")) / float(whole.replace(",", ""))
    return math.nan


def is_about_data(text: str) -> bool:
    """Whether an error could come of bad data handed to it."""
    return bool(_FAULT.search(text[:2000]))


def _plain(value: str) -> object:
    if value.endswith("%"):
        return float(value[:-1]) / 100
    return True if value.lower() == "true" else value if value.lower() in ("nan", "null") else float(value)


def number_of(value: object) -> float | None:
    """The number a value states, also where a format keeps all values as text; None for none."""
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(str(value).rstrip("%")) if isinstance(value, str) else None
    except ValueError:
        return None
