"""Stack traces of the JVM (Java, Kotlin, Scala): ``Throwable.printStackTrace``, logback, log4j."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.analysis.categories.classnames import split_class
from explorer.analysis.categories.stacktraces.frames import MAX_FRAMES, Frame, Language, Raised, message_of

_FRAME = re.compile(
    r"^\s*at (?:[\w.@-]+//?){0,2}(?P<function>[\w.$<>/-]+)"
    r"\((?P<where>[^()]*\.(?:java|kt|kts|scala|groovy|clj)(?::\d+)?|Native Method|Unknown Source|<generated>)\)"
)
_CAUSE = re.compile(r"^\s*(?P<how>Wrapped|Caused) by:\s*(?P<text>.*)$")
_MORE = re.compile(r"^\s*\.\.\. \d+ (?:more|common frames omitted)")
_SUPPRESSED = re.compile(r"^(?P<indent>\s+)Suppressed:")
_THREAD = re.compile(r'^(?:.*?Exception in thread "[^"]*"\s*)')
_LIBRARY = re.compile(
    r"^(?:javax?|jdk|sun|com\.sun|jakarta|kotlinx?|scala|groovy|clojure|akka|reactor|feign|okhttp3|retrofit2|okio|redis"
    r"|io\.(?:netty|grpc|micrometer|opentelemetry|lettuce|vertx|quarkus|undertow|github|reactivex|projectreactor|ktor)"
    r"|org\.(?:springframework|apache|hibernate|eclipse|jboss|postgresql|slf4j|aspectj|junit|elasticsearch|mariadb"
    r"|mongodb|opensearch|codehaus|glassfish|redisson|pytorch|tensorflow|jetbrains)"
    r"|com\.(?:fasterxml|google|zaxxer|mysql|netflix|amazonaws|datastax|mongodb|rabbitmq|microsoft|oracle|intellij)"
    r"|software\.amazon|ch\.qos|net\.(?:sf|bytebuddy))\."
)


def parse(lines: Sequence[str]) -> tuple[Raised, ...]:
    """The chain, outermost first, as ``Caused by`` orders it, ``Wrapped by`` the other way.

    Suppressed exceptions are left out.
    """
    out: list[Raised] = []
    head: list[str] = []
    frames: list[Frame] = []
    skipped = -1
    wrapped = False
    for line in lines:
        suppressed = _SUPPRESSED.match(line)
        if suppressed is not None:
            skipped = len(suppressed["indent"])
            continue
        if skipped >= 0 and len(line) - len(line.lstrip()) >= skipped and not _is_cause_at(line, skipped):
            continue
        skipped = -1
        cause, found = _CAUSE.match(line), _FRAME.match(line)
        if cause is not None:
            wrapped = wrapped or cause["how"] == "Wrapped"
            out.append(_raised(head, frames))
            head, frames = [cause["text"]], []
        elif found is not None:
            if len(frames) < MAX_FRAMES:
                frames.append(_frame(found))
        elif not frames and not _MORE.match(line):
            head.append(line)
    out.append(_raised(head, frames))
    if wrapped:
        out.reverse()
    return tuple(each for each in out if each.type or each.frames)


def _is_cause_at(line: str, indent: int) -> bool:
    return _CAUSE.match(line) is not None and len(line) - len(line.lstrip()) < indent


def _raised(head: Sequence[str], frames: Sequence[Frame]) -> Raised:
    # What precedes the class is often the log line that printed the trace.
    for at, line in enumerate(head):
        name, message = split_class(_THREAD.sub("", line))
        if name:
            return Raised(name, message_of([message, *head[at + 1 :]]), tuple(frames))
    return Raised("", message_of(head), tuple(frames))


def _frame(found: re.Match[str]) -> Frame:
    function, where = found["function"], found["where"]
    file, _, line = where.partition(":")
    known = _LIBRARY.match(function + ".")
    library = ".".join(function.split(".")[:2]) if known else ""
    named = file if "." in file else ""
    return Frame(function, named, int(line) if line.isdigit() else 0, not library, "", library)


LANGUAGE = Language("java", ("\tat ", "  at ", "\nat ", "Caused by: "), parse)
