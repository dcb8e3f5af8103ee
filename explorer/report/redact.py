"""Secrets out of text, before it is shown to others.

What is hidden: what anyone could use (tokens, keys, passwords, cookies) and what points at a person (e-mail
addresses, cards, accounts, telephones, client addresses, home folders). What is kept, because a report would
be of no use without it: ids of traces, spans and requests, hashes, image digests, times, versions, private
network addresses.

The same secret becomes the same ``<email#1>`` throughout, so that one person stays one person.
"""

from __future__ import annotations

import re
from functools import partial

from explorer.report.secret import KINDS, Rule
from explorer.report.secret_keys import KEYED, holds_an_id, kind_of_field, says_nothing
from explorer.report.secret_persons import PERSONS
from explorer.report.secret_tokens import TOKENS

_SCHEME = re.compile(r"(?:bearer|basic|token|digest|apikey|negotiate|ntlm)\s+", re.IGNORECASE)
_RULES = (*TOKENS, *KEYED, *PERSONS)
_IN_IDS = tuple(rule for rule in _RULES if rule.kind not in {"card", "ssn", "phone", "iban", "client", "mac"})


# Soft hyphens, zero-width and direction marks to nothing; full-width signs to those of ASCII.
_DISGUISES = {
    **dict.fromkeys(
        (0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
    ),
    **{0xFEE0 + sign: sign for sign in range(0x21, 0x7F)},
}


class Redactor:
    """Replaces secrets and remembers which stands for what; one for each document.

    Args:
        enabled: False hands all text back as it is.
    """

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._known: dict[tuple[str, str], str] = {}
        self._found: dict[str, int] = {}

    def text(self, text: str) -> str:
        """The text with a mark in the place of each secret. Time is linear in its length.

        Where invisible or full-width characters hide a secret, they are taken out of the text with it.
        """
        bare = text.translate(_DISGUISES)
        if bare != text and self.enabled:
            found = self._applied(_RULES, bare)
            if found != bare:
                return found
        return self._applied(_RULES, text)

    def field(self, name: str, value: str) -> str:
        """The value of a field or attribute; its name counts too (authorization, cookie, password …)."""
        if not self.enabled:
            return value
        kind = kind_of_field(name)
        if kind is None or says_nothing(value):
            return self._applied(_IN_IDS if holds_an_id(name) else _RULES, value)
        scheme = _SCHEME.match(value)
        start = scheme.end() if scheme else 0
        return value[:start] + self._mark(kind, value[start:])

    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many different secrets of each kind were replaced, kinds without any left out."""
        return tuple((kind, self._found[kind]) for kind in KINDS if kind in self._found)

    def replaced(self) -> tuple[tuple[str, str], ...]:
        """Each mark and the secret that it stands for, in the order in which they were met."""
        return tuple((mark, secret) for (_, secret), mark in self._known.items())

    def summary(self) -> str:
        """``2 e-mail addresses, 1 token``; ``nothing`` if nothing was replaced."""
        parts = [f"{count} {KINDS[kind][count > 1]}" for kind, count in self.counts()]
        return ", ".join(parts) or "nothing"

    def sentence(self) -> str:
        """What a footer says: what was replaced, that there was nothing, or that nobody looked."""
        if not self.enabled:
            return "Not redacted: secrets and personal data stand as they were recorded."
        return f"Redacted: {self.summary()}."

    def _applied(self, rules: tuple[Rule, ...], text: str) -> str:
        if not self.enabled:
            return text
        lowered = text.lower()
        for rule in rules:
            if not rule.needs or any(need in lowered for need in rule.needs):
                text = rule.pattern.sub(partial(self._replaced, rule), text)
        return text

    def _replaced(self, rule: Rule, match: re.Match[str]) -> str:
        if not rule.is_secret(match):
            return match.group()
        start, end = (place - match.start() for place in match.span("secret"))
        whole = match.group()
        return whole[:start] + self._mark(rule.kind, rule.same(match["secret"])) + whole[end:]

    def _mark(self, kind: str, secret: str) -> str:
        mark = self._known.get((kind, secret))
        if mark is None:
            self._found[kind] = self._found.get(kind, 0) + 1
            mark = self._known[kind, secret] = f"<{kind}#{self._found[kind]}>"
        return mark
