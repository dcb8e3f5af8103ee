"""Stack traces of .NET (``Exception.ToString``): ``--->`` leads to the inner exception, whose frames come first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.analysis.categories.classnames import split_class
from explorer.analysis.categories.stacktraces.frames import MAX_FRAMES, Frame, Language, Raised, message_of

_FRAME = re.compile(
    r"^\s*at (?P<function>[\w.`<>|$+\[\],&~-]{1,400})\((?P<arguments>[^()\n]{0,800})\)"
    r"(?: in (?P<file>.+?):line (?P<line>\d+))?\s*$"
)
_ARROW = re.compile(r"\s*-{2,3}>\s*")
_END = re.compile(r"^\s*--- End of inner exception stack trace ---")
_SEPARATOR = re.compile(r"^\s*---")
_LIBRARY = re.compile(
    r"^(?:System|Microsoft|Npgsql|Newtonsoft|Polly|Grpc|StackExchange|Dapper|MySql|MySqlConnector|Serilog|MassTransit"
    r"|Confluent|MongoDB|RabbitMQ|AutoMapper|MediatR|Azure|Amazon|Google|Castle|NLog|Hangfire|Refit|RestSharp)\.|^lambda_method"
)
_UNHANDLED = re.compile(r"^\s*(?:Unhandled exception\.|Unhandled Exception:)\s*")


def parse(lines: Sequence[str]) -> tuple[Raised, ...]:
    """The chain, outermost first."""
    heads: list[list[str]] = [[]]
    frames: list[list[Frame]] = [[]]
    current = 0
    for line in lines:
        found = _FRAME.match(line)
        if found is not None:
            if len(frames[current]) < MAX_FRAMES:
                frames[current].append(_frame(found))
        elif _END.match(line):
            current = max(0, current - 1)
        elif not _SEPARATOR.match(line) or _ARROW.match(line):
            parts = _ARROW.split(line)
            if current == len(heads) - 1 and not frames[current]:
                heads[current].append(parts[0])
                for part in parts[1:]:
                    heads.append([part])
                    frames.append([])
                current = len(heads) - 1
    raised = (_raised(head, found) for head, found in zip(heads, frames, strict=True))
    return tuple(each for each in raised if each.type or each.frames)


def _raised(head: Sequence[str], frames: Sequence[Frame]) -> Raised:
    for at, line in enumerate(head):
        name, message = split_class(_UNHANDLED.sub("", line))
        if name:
            return Raised(name, message_of([message, *head[at + 1 :]]), tuple(frames))
    return Raised("", message_of(head), tuple(frames))


def _frame(found: re.Match[str]) -> Frame:
    function = found["function"]
    library = function.split(".")[0] if _LIBRARY.match(function) else ""
    return Frame(function, found["file"] or "", int(found["line"] or 0), not library, "", library)


LANGUAGE = Language("dotnet", (" at ", "\tat ", "--->"), parse)
