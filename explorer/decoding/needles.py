"""Words to look for, as texts have them and as files spell them: any case, and JSON's escapes."""

from __future__ import annotations

import json
import re
from typing import Final

import orjson

_PLAIN: Final = re.compile(r"[a-z0-9 !#$%()*,\-.:;?@\[\]^_`{|}~]+")
"""Signs that no writer of JSON escapes; in lower case."""
_SHORT: Final = {'"': '"', "\\": "\\", "/": "/", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}


class Needle:
    """Words that a text holds or not.

    Attributes:
        spellings: bytes in lower case (of ASCII letters) of which one stands in whatever holds the words, in any of
            the spellings that files have for them.
        certain: where these bytes stand within a text that has no escapes around them, the text holds the words.
        tame: they can stand in a number or a literal of JSON, and nothing else there looks like them.
    """

    def __init__(self, text: str, *, exact: bool = False) -> None:
        """Words, not empty, in lower case; ``exact``: not within a longer word."""
        self.text = text
        runs: list[str] = _PLAIN.findall(text)
        longest = max(runs, key=len, default="")
        if len(longest) > 2 or (longest and longest == text):
            self.spellings: tuple[bytes, ...] = (longest.encode(),)
        else:
            rarest = max(text)
            self.spellings = tuple(dict.fromkeys(spelling.lower() for spelling in _spellings(rarest)))
        self.certain = longest == text and not exact
        self.tame = re.fullmatch(r"[a-z0-9+.-]+", text) is not None
        self._word = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)") if exact else None

    def within(self, text: str) -> bool:
        """Whether a text holds the words."""
        lowered = text.lower()
        return self.text in lowered and (self._word is None or self._word.search(lowered) is not None)


def unescaped(token: bytes) -> str:
    """The text of a JSON string without its quotes; as it stands where it is broken."""
    try:
        return str(orjson.loads(b'"%b"' % token))
    except orjson.JSONDecodeError:
        pass
    text = token.decode("utf-8", "replace")
    try:
        return str(json.loads(f'"{text}"', strict=False))  # half a surrogate pair, or a bare line end
    except ValueError:
        return text


def _spellings(sign: str) -> list[bytes]:
    """How files spell one sign, in upper or lower case: as it stands, by its short escape, by its number."""
    found = []
    for one in dict.fromkeys((sign, sign.upper(), sign.lower(), sign.title())):
        units = one.encode("utf-16-be", "surrogatepass")
        numbers = "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
        found += [one.encode("utf-8", "surrogatepass"), numbers.encode()]
        if one in _SHORT:
            found.append(b"\\" + _SHORT[one].encode())
    return found
