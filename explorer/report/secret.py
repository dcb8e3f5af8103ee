"""What a rule of redaction is, and the kinds of things that are hidden."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

# In the order in which a summary names them: one, several.
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "email": ("e-mail address", "e-mail addresses"),
        "token": ("token", "tokens"),
        "password": ("password", "passwords"),
        "key": ("private key", "private keys"),
        "cookie": ("cookie", "cookies"),
        "card": ("card number", "card numbers"),
        "iban": ("bank account", "bank accounts"),
        "ssn": ("social security number", "social security numbers"),
        "phone": ("phone number", "phone numbers"),
        "client": ("client address", "client addresses"),
        "mac": ("hardware address", "hardware addresses"),
        "user": ("user name", "user names"),
    }
)


def _always(_: re.Match[str]) -> bool:
    return True


def _as_is(secret: str) -> str:
    return secret


@dataclass(frozen=True, slots=True)
class Rule:
    """How to find secrets of one kind.

    Every pattern is linear: what it repeats is bounded, or begins only where a run of such characters
    does, so that no text is gone over again and again.

    Attributes:
        kind: one of :data:`KINDS`.
        pattern: with a group ``secret``, which alone is replaced.
        needs: texts in lower case of which one must occur in the lowered text, or the pattern is not tried.
        is_secret: what a pattern cannot say: checksums, what stands before.
        same: the form in which two spellings of a secret are equal.
    """

    kind: str
    pattern: re.Pattern[str]
    needs: tuple[str, ...] = ()
    is_secret: Callable[[re.Match[str]], bool] = _always
    same: Callable[[str], str] = _as_is


def before(match: re.Match[str], length: int = 32) -> str:
    """What stands before a match, in lower case, so many characters of it."""
    return match.string[max(0, match.start() - length) : match.start()].lower()
