"""Level words and numbers to OpenTelemetry severity numbers.

Numbers as in the OpenTelemetry log data model, appendix B (mapping of severity values): 1-4 TRACE, 5-8 DEBUG,
9-12 INFO, 13-16 WARN, 17-20 ERROR, 21-24 FATAL; 0 where there is none.
"""

from __future__ import annotations

from typing import Final

TRACE, DEBUG, INFO, WARN, ERROR, FATAL = 1, 5, 9, 13, 17, 21

_WORDS: Final = {
    TRACE: "trace trce trc finest verbose vrb verb all spam silly",
    2: "finer",
    DEBUG: "debug dbug dbg fine d deb debg",
    7: "http config konfiguration configurar configurazione configuração 配置 構成 구성 組態",
    INFO: "info information informational inf i default log success ok normal basic infos información informazioni"
    " informações 信息 情報 정보 資訊",
    10: "notice note",
    WARN: "warn warning wrn w warnings attention warni avertissement warnung advertencia avvertenza advertência"
    " 警告 경고",
    ERROR: "error err eror e severe failure fail failed erro exception grave schwerwiegend 严重 嚴重 重大 심각",
    18: "crit dpanic",
    19: "panic alert",
    FATAL: "fatal critical criti f ftl c off crtl emergency emerg terminate",
}
WORDS: Final = {word: number for number, words in _WORDS.items() for word in words.split()}

SYSLOG: Final = (24, 19, 18, ERROR, WARN, 10, INFO, DEBUG)
"""Syslog severities 0 (emergency) to 7 (debug), RFC 5424 table 2; also journald's ``PRIORITY``."""

_SHOUTED: Final = (
    "TRACE|DEBUG|INFO|INFORMATION|NOTICE|WARN|WARNING|ERROR|SEVERE|CRITICAL|CRIT|FATAL|ALERT|EMERG|EMERGENCY|PANIC"
    "|DPANIC|FINEST|FINER|FINE|CONFIG|SUCCESS|VERBOSE|EROR|ERR|DBG|INF|WRN|FTL|TRC|VRB|WARNI|CRITI"
)
_FORMS: Final = {form for word in _SHOUTED.split("|") for form in (word, word.lower(), word.capitalize())}
LEVEL_PATTERN: Final = (
    "(?:" + "|".join(sorted(_FORMS, key=lambda form: (-len(form), form))) + r")(?![A-Za-z0-9_])"
)
"""Matches a level word as frameworks write it: all capitals, none, or the first."""


class Severities(dict[str, int]):
    """Level as written to severity number, each spelling looked up once."""

    def __missing__(self, text: str) -> int:
        self[text] = number = word_severity(text)
        return number


def word_severity(text: str) -> int:
    """The number of a level word, in any case, perhaps padded or in brackets (``[WARN ]``); digits likewise."""
    word = text.strip(" \t[]()<>:|\"'*-").lower()
    found = WORDS.get(word)
    if found is not None:
        return found
    if word.lstrip("-").isdigit():
        return number_severity(int(word))
    head = word.split(".", 1)[0].split("+", 1)[0].split("-", 1)[0].rstrip("0123456789")
    return WORDS.get(head, 0)


def number_severity(number: float) -> int:
    """The number of a numeric level: bunyan and pino 10 (trace) to 60 (fatal), syslog (GELF) 0 to 7."""
    if 0 <= number <= 7:
        return SYSLOG[int(number)]
    if 10 <= number <= 69:
        return (TRACE, DEBUG, INFO, WARN, ERROR, FATAL)[int(number) // 10 - 1]
    return 0


def python_severity(number: float) -> int:
    """The number of a level of Python's logging: 10 (debug) to 50 (critical)."""
    return (0, DEBUG, INFO, WARN, ERROR, FATAL)[min(max(int(number) // 10, 0), 5)]


def status_severity(code: int, *, plain: bool = False) -> int:
    """The severity of an access log line, from its HTTP status.

    Args:
        code: 0 means that there was no response.
        plain: the proxy says that nothing was wrong (Envoy writes ``-`` for response flags): a TCP connection
            has no status either.
    """
    if code == 0:
        return INFO if plain else ERROR
    if code < 0 or code >= 500:
        return ERROR
    return WARN if code >= 400 else INFO
